"""The trackers that ours is compared with, given the same detections and thresholds."""

import importlib
import importlib.util
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.config.paths import Paths
from app.domain.detection import Detections
from ml.environment import load_ultralytics
from ml.evaluate.track import NamedBoxes
from ml.track.settings import TrackerSettings

Step = Callable[[Any], NamedBoxes]
"""Takes the next frame in the peer's own form; returns what it names."""


@dataclass(frozen=True, slots=True)
class PeerTracker:
    """A tracker of others. `prepared` turns frames into what `start()` steps through.

    The turning is not part of the cost, for it is no work of theirs.
    """

    name: str
    prepared: Callable[[Sequence[Detections]], list[Any]]
    start: Callable[[float], Step]
    note: str = ""


def peer_tracker() -> PeerTracker:
    """Return roboflow's ByteTrack, or ultralytics' where that is not installed."""
    if importlib.util.find_spec("trackers") is None:
        # Before anything imports it: it writes its settings where it is told to.
        load_ultralytics(Paths.default().models)
        return PeerTracker(
            "ultralytics BYTETracker",
            _as_results,
            _ultralytics,
            "roboflow's trackers is the peer of the goal, but not installed:"
            " pip install --no-deps trackers==2.6.1 supervision==0.26.1"
            " pydeprecate defusedxml",
        )
    return PeerTracker("roboflow trackers ByteTrack", _as_supervision, _roboflow)


def _as_supervision(frames: Sequence[Detections]) -> list[Any]:
    sv = importlib.import_module("supervision")
    return [
        sv.Detections(xyxy=f.boxes_px, confidence=f.scores, class_id=f.classes)
        for f in frames
    ]


def _roboflow(rate_hz: float) -> Step:
    logging.getLogger("trackers").setLevel(logging.ERROR)
    ours = TrackerSettings()
    tracker = importlib.import_module("trackers").ByteTrackTracker(
        frame_rate=rate_hz,
        # Counted in frames of 30 a second, so these are seconds as well.
        lost_track_buffer=round(30 * ours.max_gap_s),
        track_activation_threshold=ours.birth_score,
        high_conf_det_threshold=ours.sure_score,
        minimum_consecutive_frames=ours.birth_hits,
    )

    def step(frame: Any) -> NamedBoxes:
        named = tracker.update(frame)
        known = named.tracker_id >= 0
        return NamedBoxes(named.tracker_id[known].astype(np.int64), named.xyxy[known])

    return step


def _as_results(frames: Sequence[Detections]) -> list[Any]:
    from ultralytics.engine.results import Boxes

    shape = (1080, 1920)
    columns = [
        np.column_stack([f.boxes_px, f.scores, f.classes]).astype(np.float32)
        for f in frames
    ]
    return [Boxes(rows, shape) for rows in columns]


def _ultralytics(rate_hz: float) -> Step:
    from ultralytics.trackers.byte_tracker import BYTETracker

    ours = TrackerSettings()
    tracker = BYTETracker(
        SimpleNamespace(
            track_high_thresh=ours.sure_score,
            track_low_thresh=ours.unsure_score,
            new_track_thresh=ours.birth_score,
            track_buffer=round(rate_hz * ours.max_gap_s),
            match_thresh=0.8,
            fuse_score=True,
        )
    )

    def step(frame: Any) -> NamedBoxes:
        rows = np.asarray(tracker.update(frame), np.float32).reshape(-1, 8)
        return NamedBoxes(rows[:, 4].astype(np.int64), rows[:, :4])

    return step
