"""Gives road users an identity over time, in the manner of ByteTrack.

Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV
2022: sure detections are matched first, then the unsure ones may prolong what is still
unmatched. Here the motion model runs in stream time instead of frames.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.detection import Detections, TrackedBox, Tracks
from app.domain.forecast import Forecast
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.units import ns_from_seconds, seconds_from_ns
from app.domain.vehicle import VehicleClass
from ml.track.associate import Rows, assign, similarity
from ml.track.motion import BoxFilters

_TENTATIVE = 0
# Classes that a detector confuses from frame to frame are one kind of road user.
_KIND = np.zeros(len(VehicleClass), np.int32)
_KIND[VehicleClass.PERSON] = 0
_KIND[[VehicleClass.BICYCLE, VehicleClass.MOTORCYCLE]] = 1
_KIND[[VehicleClass.CAR, VehicleClass.BUS, VehicleClass.TRUCK]] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """When tracks begin, go on and end.

    A detection is sure from `sure_score`; a track begins with one of `birth_score`
    and is published at its `birth_hits`-th hit. `max_gap_s` is how long an unseen
    track is guessed at before it ends.
    """

    sure_score: float = 0.35
    unsure_score: float = 0.1
    birth_score: float = 0.4
    birth_hits: int = 2
    max_gap_s: float = 1.0
    min_likeness: float = 0.2
    min_unsure_likeness: float = 0.25
    max_margin: float = 0.8
    duplicate_likeness: float = 0.7


class ByteTracker:
    """The tracker of one camera; implements `app.ports.Tracker`."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        """Start without tracks."""
        self._settings = settings or TrackerSettings()
        self._last_id = 0
        self._clear()

    def _clear(self) -> None:
        self._time_ns: int | None = None
        self._filters = BoxFilters()
        self._ids: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._hits: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._seen_ns: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._in_sight: npt.NDArray[np.bool_] = np.empty(0, np.bool_)
        self._scores: npt.NDArray[np.float32] = np.empty(0, np.float32)
        self._votes: npt.NDArray[np.float32] = np.empty(
            (0, len(VehicleClass)), np.float32
        )
        self._boxes: npt.NDArray[np.float32] = np.empty((0, 4), np.float32)

    def reset(self) -> None:
        """Forget all tracks; their identities are not used again."""
        self._clear()

    def update(self, detections: Detections, time: CaptureTime) -> Tracks:
        """Take the detections of the next frame, in order of stream time."""
        self._advance(time.stream_ns)
        overdue = self._end(self._overdue())
        tracks, columns = self._match(detections)
        self._confirm(tracks, detections, columns)
        self._begin(detections, columns)
        ended = overdue + self._end(self._hopeless())
        return Tracks(self._published(), tuple(TrackId(i) for i in ended))

    def forecast(self) -> Forecast:
        """Return where the published vehicles are and how they move; a snapshot."""
        rows = np.flatnonzero(self._ids != _TENTATIVE)
        return Forecast(
            stream_ns=self._time_ns or 0,
            track_ids=tuple(map(TrackId, self._ids[rows].tolist())),
            boxes_px=self._boxes[rows],
            velocities_px_s=self._filters.centre_velocity_px_s[rows],
            scores=self._scores[rows],
            classes=self._votes[rows].argmax(axis=1).astype(np.int32),
            predicted=~self._seen_now()[rows],
        )

    def _advance(self, now_ns: int) -> None:
        if self._time_ns is not None and len(self._filters):
            interval_s = seconds_from_ns(max(0, now_ns - self._time_ns))
            self._filters.predict(interval_s)
        self._in_sight = self._seen_now()
        self._time_ns = now_ns
        self._boxes = self._filters.boxes

    def _match(self, detections: Detections) -> tuple[Rows, Rows]:
        settings = self._settings
        if not len(detections) or not len(self._ids):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        sure = detections.scores >= settings.sure_score
        unsure = ~sure & (detections.scores >= settings.unsure_score)
        likeness = similarity(self._boxes, self._margins(), detections.boxes_px)
        allowed = self._kinds()[:, None] == _KIND[detections.classes][None, :]
        # Of two equally near detections the surer one is the better guess.
        weighed = likeness * (0.5 + 0.5 * detections.scores)[None, :]
        least = settings.min_likeness
        near = allowed & (likeness >= least)
        rows, columns = assign(weighed, near & sure, 0.0)
        left = np.ones(len(self._ids), np.bool_)
        left[rows] = False
        left &= self._ids != _TENTATIVE
        second = allowed & unsure & left[:, None]
        more = assign(likeness, second, settings.min_unsure_likeness)
        return np.hstack([rows, more[0]]), np.hstack([columns, more[1]])

    def _margins(self) -> npt.NDArray[np.float32]:
        sizes = self._boxes[:, 2:] - self._boxes[:, :2]
        limit = self._settings.max_margin * sizes
        vague = 2 * self._filters.centre_sigma_px
        return np.asarray(np.minimum(vague, limit), np.float32)

    def _kinds(self) -> npt.NDArray[np.int32]:
        return np.asarray(_KIND[self._votes.argmax(axis=1)], np.int32)

    def _confirm(self, rows: Rows, detections: Detections, columns: Rows) -> None:
        boxes, scores = detections.boxes_px[columns], detections.scores[columns]
        self._filters.correct(rows, boxes)
        self._boxes[rows] = boxes
        self._scores[rows] = scores
        self._hits[rows] += 1
        self._seen_ns[rows] = self._time_ns or 0
        self._votes[rows, detections.classes[columns]] += scores
        self._filters.coast(np.flatnonzero(self._in_sight & ~self._seen_now()))
        grown_up = rows[
            (self._ids[rows] == _TENTATIVE)
            & (self._hits[rows] >= self._settings.birth_hits)
        ]
        self._name(np.sort(grown_up))

    def _name(self, rows: Rows) -> None:
        self._ids[rows] = self._last_id + 1 + np.arange(rows.size)
        self._last_id += int(rows.size)

    def _begin(self, detections: Detections, taken: Rows) -> None:
        fresh = detections.scores >= self._settings.birth_score
        fresh[taken] = False
        rows = np.flatnonzero(fresh)
        votes = np.zeros((rows.size, len(VehicleClass)), np.float32)
        votes[np.arange(rows.size), detections.classes[rows]] = detections.scores[rows]
        self._filters.add(detections.boxes_px[rows])
        self._boxes = np.vstack([self._boxes, detections.boxes_px[rows]])
        self._scores = np.hstack([self._scores, detections.scores[rows]])
        self._votes = np.vstack([self._votes, votes])
        self._ids = np.hstack([self._ids, np.full(rows.size, _TENTATIVE, np.int64)])
        self._hits = np.hstack([self._hits, np.ones(rows.size, np.int64)])
        now = np.full(rows.size, self._time_ns or 0, np.int64)
        self._seen_ns = np.hstack([self._seen_ns, now])
        self._in_sight = np.hstack([self._in_sight, np.ones(rows.size, np.bool_)])
        if self._settings.birth_hits <= 1:
            self._name(np.flatnonzero(self._ids == _TENTATIVE))

    def _seen_now(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._seen_ns == (self._time_ns or 0), np.bool_)

    def _overdue(self) -> npt.NDArray[np.bool_]:
        gap_ns = ns_from_seconds(self._settings.max_gap_s)
        unseen_ns = (self._time_ns or 0) - self._seen_ns
        return np.asarray(unseen_ns > gap_ns, np.bool_)

    def _hopeless(self) -> npt.NDArray[np.bool_]:
        """Mark tentative tracks that were missed, and guesses that are not needed."""
        guessed = ~self._seen_now()
        lost = guessed & (self._ids == _TENTATIVE)
        gone = guessed & (self._boxes[:, 2:] <= 0).any(axis=1)
        return np.asarray(lost | gone | self._shadowed(guessed), np.bool_)

    def _shadowed(self, guessed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Mark guessed tracks that lie on a seen one of the same kind."""
        result = np.zeros(len(guessed), np.bool_)
        rows, others = np.flatnonzero(guessed), np.flatnonzero(~guessed)
        if rows.size and others.size:
            flat = np.zeros((rows.size, 2), np.float32)
            overlap = similarity(self._boxes[rows], flat, self._boxes[others])
            kinds = self._kinds()
            overlap[kinds[rows][:, None] != kinds[others][None, :]] = 0
            result[rows] = overlap.max(axis=1) > self._settings.duplicate_likeness
        return result

    def _end(self, rows: npt.NDArray[np.bool_]) -> list[int]:
        if not rows.any():
            return []
        ended = [int(i) for i in self._ids[rows] if i != _TENTATIVE]
        kept = ~rows
        self._filters.keep(kept)
        self._ids, self._hits = self._ids[kept], self._hits[kept]
        self._seen_ns, self._scores = self._seen_ns[kept], self._scores[kept]
        self._in_sight = self._in_sight[kept]
        self._votes, self._boxes = self._votes[kept], self._boxes[kept]
        return ended

    def _published(self) -> tuple[TrackedBox, ...]:
        rows = np.flatnonzero(self._ids != _TENTATIVE)
        return tuple(
            TrackedBox(
                track_id=TrackId(track_id),
                box=PixelBox(*box),
                score=score,
                vehicle_class=VehicleClass(vehicle_class),
                predicted=guessed,
            )
            for track_id, box, score, vehicle_class, guessed in zip(
                self._ids[rows].tolist(),
                self._boxes[rows].tolist(),
                self._scores[rows].tolist(),
                self._votes[rows].argmax(axis=1).tolist(),
                (~self._seen_now()[rows]).tolist(),
                strict=True,
            )
        )
