"""Traffic whose truth is known, and what a detector of some skill makes of it."""

import bz2
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.detection import Detections, Tracks
from app.domain.units import ns_from_seconds
from app.domain.vehicle import VehicleClass
from app.simulator.truth import Truth
from ml.evaluate.track import NamedBoxes

_START = datetime(2026, 3, 1, tzinfo=UTC)
_MIN_VISIBLE = 0.3
_MIN_HEIGHT_PX = 14.0
_CAR_LIKE = (VehicleClass.CAR, VehicleClass.BUS, VehicleClass.TRUCK)


@dataclass(frozen=True, slots=True, eq=False)
class TrueFrame:
    """What is on the road at one moment; a row for each road user.

    `visible` (n,): share that nothing hides, 0..1.
    """

    time_s: float
    named: NamedBoxes
    classes: npt.NDArray[np.int32]
    visible: npt.NDArray[np.float64]

    @property
    def capture_time(self) -> CaptureTime:
        """When it was seen."""
        return capture_time(self.time_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """How a detector errs. Spreads are shares of the box height, rates per box."""

    jitter: float = 0.03
    missed: float = 0.05
    gaps_per_s: float = 0.1
    gap_s: float = 0.5
    twins: float = 0.02
    false_per_frame: float = 0.3
    confused: float = 0.05


def capture_time(time_s: float) -> CaptureTime:
    """Return the capture time of a moment of a clip."""
    stream_ns = ns_from_seconds(time_s)
    return CaptureTime(
        stream_ns=stream_ns,
        monotonic_ns=stream_ns,
        wall=_START + timedelta(seconds=time_s),
    )


def named_boxes(tracks: Tracks) -> NamedBoxes:
    """Return the boxes that were seen, without those that were guessed."""
    seen = [box for box in tracks if not box.predicted]
    boxes = [
        (b.box.left_px, b.box.top_px, b.box.right_px, b.box.bottom_px) for b in seen
    ]
    return NamedBoxes(
        np.array([box.track_id for box in seen], np.int64),
        np.array(boxes, np.float32).reshape(-1, 4),
    )


def simulated(truth: Truth, every: int = 2) -> list[TrueFrame]:
    """Return every n-th frame of a simulated clip; what is hidden or tiny is not on."""
    rows: dict[int, list[tuple[int, VehicleClass, float, tuple[float, ...]]]] = {}
    for vehicle in truth.vehicles:
        for sample in vehicle.samples:
            tall = sample.bottom_px - sample.top_px >= _MIN_HEIGHT_PX
            if tall and sample.visible >= _MIN_VISIBLE and sample.frame % every == 0:
                row = (vehicle.id, vehicle.vehicle_class, sample.visible, sample[1:5])
                rows.setdefault(sample.frame, []).append(row)
    return [
        _frame(frame / truth.fps, rows.get(frame, []))
        for frame in range(0, truth.frame_count, every)
    ]


def open_traffic_cam(path: Path) -> list[TrueFrame]:
    """Return the frames of an OpenTrafficCam track file (.ottrk)."""
    content = json.loads(bz2.decompress(path.read_bytes()))
    video = content["metadata"]["video"]
    rows: dict[int, list[tuple[int, VehicleClass, float, tuple[float, ...]]]] = {}
    for seen in content["data"]["detections"]:
        # By the picture, x and y are the upper left corner.
        left, top = seen["x"], seen["y"]
        box = (left, top, left + seen["w"], top + seen["h"])
        row = (seen["track-id"], _class_of(seen["class"]), 1.0, box)
        rows.setdefault(seen["frame"] - 1, []).append(row)
    return [
        _frame(frame / video["recorded_fps"], rows.get(frame, []))
        for frame in range(video["number_of_frames"])
    ]


def crowd(
    count: int, seconds: float = 6.0, rate_hz: float = 25.0, seed: int = 3
) -> list[TrueFrame]:
    """Return vehicles that drive along parallel lanes, `count` in every frame."""
    rng = np.random.default_rng(seed)
    columns = int(np.ceil(np.sqrt(1.8 * count)))
    width = rng.uniform(40, 90, count)
    half = np.stack([width, width * rng.uniform(0.6, 0.9, count)]) / 2
    cell = np.divmod(np.arange(count), columns)
    x = cell[1] * 1900 / columns + rng.uniform(0, 20, count)
    y = cell[0] * 1000 / np.ceil(count / columns) + 40
    speed = rng.uniform(-60, 60, count)
    frames = []
    for i in range(round(seconds * rate_hz)):
        centre = np.stack([x + speed * i / rate_hz, y])
        boxes = np.concatenate([centre - half, centre + half]).T.tolist()
        rows = [(k, VehicleClass.CAR, 1.0, box) for k, box in enumerate(boxes)]
        frames.append(_frame(i / rate_hz, rows))
    return frames


def seen_by(
    frames: Sequence[TrueFrame], skill: Skill, seed: int = 1
) -> Iterator[Detections]:
    """Yield what a detector of this skill sees in each frame, seeded."""
    rng = np.random.default_rng(seed)
    blind_until: dict[int, float] = {}
    last_s = frames[0].time_s if frames else 0.0
    for frame in frames:
        interval_s, last_s = frame.time_s - last_s, frame.time_s
        found = np.flatnonzero(rng.random(len(frame.visible)) < _chance(frame, skill))
        names = frame.named.ids.tolist()
        for name in names:
            if rng.random() < skill.gaps_per_s * interval_s:
                blind_until[name] = frame.time_s + rng.exponential(skill.gap_s)
        seeing = [blind_until.get(names[k], -1.0) <= frame.time_s for k in found]
        yield _noisy(frame, found[np.array(seeing, np.bool_)], skill, rng)


def _chance(frame: TrueFrame, skill: Skill) -> npt.NDArray[np.float64]:
    return np.asarray((1 - skill.missed) * np.clip(frame.visible * 1.6, 0, 1))


def _noisy(
    frame: TrueFrame,
    found: npt.NDArray[np.intp],
    skill: Skill,
    rng: np.random.Generator,
) -> Detections:
    boxes, classes = frame.named.boxes_px[found], frame.classes[found].copy()
    heights = boxes[:, 3:] - boxes[:, 1:2]
    boxes = boxes + rng.normal(0, skill.jitter, boxes.shape) * heights
    scores = rng.beta(5, 2.2, len(found)) * np.clip(frame.visible[found] + 0.2, 0, 1)
    confused = np.isin(classes, _CAR_LIKE) & (rng.random(len(found)) < skill.confused)
    classes[confused] = rng.choice(_CAR_LIKE, confused.sum())
    twins = np.flatnonzero(rng.random(len(found)) < skill.twins)
    shift = rng.normal(0, 0.2, (len(twins), 4)) * heights[twins]
    false = _false(rng.poisson(skill.false_per_frame), rng)
    return Detections(
        boxes_px=_upright(np.vstack([boxes, boxes[twins] + shift, false])),
        scores=np.hstack(
            [scores, scores[twins] * 0.8, rng.uniform(0.1, 0.6, len(false))]
        ).astype(np.float32),
        classes=np.hstack(
            [classes, classes[twins], np.full(len(false), VehicleClass.CAR)]
        ).astype(np.int32),
    )


def _false(count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    corner = rng.uniform((0, 0), (1200, 660), (count, 2))
    return np.hstack([corner, corner + rng.uniform(20, 80, (count, 2))])


def _upright(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    low = np.minimum(boxes[:, :2], boxes[:, 2:])
    high = np.maximum(boxes[:, :2], boxes[:, 2:])
    return np.hstack([low, high]).astype(np.float32)


def _frame(
    time_s: float,
    rows: Sequence[tuple[int, VehicleClass, float, Sequence[float]]],
) -> TrueFrame:
    ids = np.array([row[0] for row in rows], np.int64)
    boxes = np.array([row[3] for row in rows], np.float32).reshape(-1, 4)
    return TrueFrame(
        time_s,
        NamedBoxes(ids, boxes),
        np.array([row[1] for row in rows], np.int32),
        np.array([row[2] for row in rows], np.float64),
    )


def _class_of(name: str) -> VehicleClass:
    """Return the product's class of one of OpenTrafficCam's."""
    if name == "pedestrian":
        return VehicleClass.PERSON
    if "bicyclist" in name or "bike" in name:
        return VehicleClass.BICYCLE
    if "motorcyclist" in name or "scooter" in name:
        return VehicleClass.MOTORCYCLE
    if name.startswith("truck"):
        return VehicleClass.TRUCK
    return VehicleClass.BUS if name == "bus" else VehicleClass.CAR
