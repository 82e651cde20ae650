"""Gives road users an identity over time, in the manner of ByteTrack.

Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV
2022: sure detections are matched first, then the unsure ones may prolong what is still
unmatched. Here the motion model runs in stream time instead of frames, and what has
come to rest is waited for longer.
"""

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.detection import Detections, TrackedBox, Tracks
from app.domain.forecast import Forecast
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.units import ns_from_seconds, seconds_from_ns
from app.domain.vehicle import VehicleClass
from ml.track.associate import Pairs, Planes, Rows, assign, overlapping
from ml.track.motion import BoxFilters
from ml.track.settings import TrackerSettings
from ml.track.table import KIND, TENTATIVE, TrackTable

Mask = npt.NDArray[np.bool_]

_CLASSES = tuple(VehicleClass)
_NOTHING = Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.float32))
_AT_HOME = 0.8
"""A box of which this share lies where the vehicle stood is still there."""
_HOME_GAIN = 0.02


class ByteTracker:
    """The tracker of one camera; implements `app.ports.Tracker`."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        """Start without tracks."""
        self._settings = settings or TrackerSettings()
        self._last_id = 0
        self.reset()

    def reset(self) -> None:
        """Forget all tracks; their identities are not used again."""
        self._time_ns = 0
        self._filters = BoxFilters()
        self._tracks = TrackTable()

    def update(self, detections: Detections, time: CaptureTime) -> Tracks:
        """Take the detections of the next frame, in order of stream time."""
        planes = np.ascontiguousarray(detections.boxes_px.T)
        self._advance(time.stream_ns)
        ended = self._end(self._overdue())
        pairs = self._pairs(detections, planes)
        rows, columns = self._match(pairs, detections)
        self._confirm(rows, columns, detections, planes)
        ended += self._end_hopeless()
        self._begin(self._fresh(pairs, rows, columns, detections), detections, planes)
        return Tracks(self._published(), ended)

    def forecast(self) -> Forecast:
        """Return where the published vehicles are and how they move; a snapshot."""
        tracks = self._tracks
        rows = np.flatnonzero(tracks.ids != TENTATIVE)
        velocity = self._filters.centre_velocity_px_s[:, rows]
        velocity[:, self._resting()[rows]] = 0.0
        return Forecast(
            stream_ns=self._time_ns,
            track_ids=tuple(map(TrackId, tracks.ids[rows].tolist())),
            boxes_px=tracks.boxes[:, rows].T,
            velocities_px_s=velocity.T,
            scores=tracks.scores[rows],
            classes=tracks.classes[rows].astype(np.int32),
            predicted=~self._seen_now()[rows],
        )

    def _advance(self, now_ns: int) -> None:
        tracks = self._tracks
        tracks.in_sight[:] = self._seen_now()
        interval_s = seconds_from_ns(max(0, now_ns - self._time_ns))
        self._time_ns = now_ns
        if len(tracks):
            # What stands out of sight is waited for where it stood.
            moves = (tracks.in_sight == 1) | ~self._resting()
            self._filters.predict(moves * np.float32(interval_s))
            tracks.boxes[:] = self._filters.boxes

    def _pairs(self, detections: Detections, planes: Planes) -> Pairs:
        tracks, settings = self._tracks, self._settings
        if not len(detections) or not len(tracks):
            return _NOTHING
        pairs = overlapping(tracks.boxes, self._margins(), planes)
        least = np.where(
            self._resting() & (tracks.in_sight == 0),
            np.float32(settings.min_rest_likeness),
            np.float32(settings.min_likeness),
        )
        return pairs.where(
            (tracks.kinds[pairs.rows] == KIND[detections.classes[pairs.columns]])
            & (pairs.likeness >= least[pairs.rows])
        )

    def _margins(self) -> npt.NDArray[np.float32]:
        boxes = self._tracks.boxes
        limit = self._settings.max_margin * (boxes[2:] - boxes[:2])
        return np.asarray(np.minimum(limit, 2 * self._filters.centre_sigma_px))

    def _match(self, pairs: Pairs, detections: Detections) -> tuple[Rows, Rows]:
        settings, scores = self._settings, detections.scores[pairs.columns]
        sure = scores >= settings.sure_score
        # Of two equally near detections the surer one is the better guess, of two
        # tracks the one that has proved itself.
        proved = self._tracks.ids[pairs.rows] != TENTATIVE
        weighed = (
            pairs.likeness * (0.5 + 0.5 * scores) * (0.8 + np.float32(0.2) * proved)
        )
        rows, columns = assign(Pairs(pairs.rows, pairs.columns, weighed).where(sure))
        unsure = ~sure & (scores >= settings.unsure_score)
        if not unsure.any():
            return rows, columns
        left = self._tracks.ids != TENTATIVE
        left[rows] = False
        near = pairs.likeness >= settings.min_unsure_likeness
        more = assign(pairs.where(unsure & near & left[pairs.rows]))
        return np.concatenate([rows, more[0]]), np.concatenate([columns, more[1]])

    def _confirm(
        self, rows: Rows, columns: Rows, detections: Detections, planes: Planes
    ) -> None:
        tracks, boxes, scores = self._tracks, planes[:, columns], detections.scores
        self._filters.correct(rows, boxes)
        tracks.boxes[:, rows] = boxes
        tracks.scores[rows] = scores[columns]
        tracks.hits[rows] += 1
        tracks.seen_ns[rows] = self._time_ns
        tracks.vote(rows, detections.classes[columns], scores[columns])
        self._settle(rows, boxes)
        self._lose()
        self._name_tracks()

    def _settle(self, rows: Rows, boxes: Planes) -> None:
        """Note where tracks stand; a box half hidden where one stood still stands."""
        homes = self._tracks.homes[:, rows]
        shared = np.minimum(homes[2:], boxes[2:]) - np.maximum(homes[:2], boxes[:2])
        shared_area = np.maximum(shared, 0).prod(axis=0)
        left = shared_area < _AT_HOME * (boxes[2:] - boxes[:2]).prod(axis=0)
        whole = shared_area >= _AT_HOME * (homes[2:] - homes[:2]).prod(axis=0)
        gain = np.where(left, np.float32(1), whole * np.float32(_HOME_GAIN))
        self._tracks.homes[:, rows] = homes + gain * (boxes - homes)
        self._tracks.home_ns[rows[left]] = self._time_ns

    def _lose(self) -> None:
        tracks = self._tracks
        lost = (tracks.in_sight == 1) & ~self._seen_now()
        if not lost.any():
            return
        self._filters.coast(np.flatnonzero(lost))
        standing = np.flatnonzero(lost & self._resting())
        self._filters.halt(standing, tracks.homes[:, standing])
        tracks.boxes[:, standing] = tracks.homes[:, standing]

    def _name_tracks(self) -> None:
        tracks = self._tracks
        grown_up = (tracks.ids == TENTATIVE) & (
            tracks.hits >= self._settings.birth_hits
        )
        rows = np.flatnonzero(grown_up)
        tracks.ids[rows] = self._last_id + 1 + np.arange(rows.size)
        self._last_id += rows.size

    def _fresh(
        self, pairs: Pairs, rows: Rows, columns: Rows, detections: Detections
    ) -> Rows:
        """Return the detections that tracks begin with: no second box of a vehicle."""
        fresh = detections.scores >= self._settings.birth_score
        taken = np.zeros(len(detections), np.bool_)
        taken[columns] = True
        fresh &= ~taken
        if not fresh.any():
            return _NOTHING.rows
        matched = np.zeros(1 + rows.max(initial=pairs.rows.max(initial=0)), np.bool_)
        matched[rows] = True
        twins = matched[pairs.rows] & (pairs.likeness > self._settings.twin_likeness)
        fresh[pairs.columns[twins]] = False
        return np.flatnonzero(fresh)

    def _begin(self, fresh: Rows, detections: Detections, planes: Planes) -> None:
        if fresh.size:
            boxes, classes = planes[:, fresh], detections.classes[fresh]
            self._filters.add(boxes)
            self._tracks.add(boxes, detections.scores[fresh], classes, self._time_ns)
            self._name_tracks()

    def _seen_now(self) -> Mask:
        return np.asarray(self._tracks.seen_ns == self._time_ns)

    def _stood_ns(self) -> npt.NDArray[np.int64]:
        return np.asarray(self._tracks.seen_ns - self._tracks.home_ns)

    def _resting(self) -> Mask:
        rest_ns = ns_from_seconds(self._settings.rest_after_s)
        return np.asarray(self._stood_ns() >= rest_ns)

    def _overdue(self) -> Mask:
        settings, unseen_ns = self._settings, self._time_ns - self._tracks.seen_ns
        overdue = unseen_ns > ns_from_seconds(settings.max_gap_s)
        if overdue.any():
            longest_ns = ns_from_seconds(settings.max_rest_gap_s)
            patience_ns = np.minimum(self._stood_ns() // 2, longest_ns)
            overdue &= ~self._resting() | (unseen_ns > patience_ns)
        return np.asarray(overdue)

    def _end_hopeless(self) -> tuple[TrackId, ...]:
        """End tentative tracks that were missed, and guesses that are not needed."""
        tracks, guessed = self._tracks, ~self._seen_now()
        if not guessed.any():
            return ()
        gone = (tracks.ids == TENTATIVE) | (tracks.boxes[2:] <= 0).any(axis=0)
        return self._end(guessed & (gone | self._shadowed(guessed)))

    def _shadowed(self, guessed: Mask) -> Mask:
        """Mark guessed tracks that lie on a seen one of the same kind.

        What stands is not hidden for good by what passes, only by what stands there.
        """
        tracks, result = self._tracks, np.zeros(len(guessed), np.bool_)
        rows, others = np.flatnonzero(guessed), np.flatnonzero(~guessed)
        flat = np.zeros((2, rows.size), np.float32)
        pairs = overlapping(tracks.boxes[:, rows], flat, tracks.boxes[:, others])
        on_top = pairs.likeness > self._settings.duplicate_likeness
        rows, others = rows[pairs.rows[on_top]], others[pairs.columns[on_top]]
        resting = self._resting()
        same = tracks.kinds[rows] == tracks.kinds[others]
        result[rows[same & (~resting[rows] | resting[others])]] = True
        return result

    def _end(self, rows: Mask) -> tuple[TrackId, ...]:
        if not rows.any():
            return ()
        ids = self._tracks.ids[rows]
        self._filters.keep(~rows)
        self._tracks.keep(~rows)
        return tuple(map(TrackId, ids[ids != TENTATIVE].tolist()))

    def _published(self) -> tuple[TrackedBox, ...]:
        tracks = self._tracks
        rows = np.flatnonzero(tracks.ids != TENTATIVE)
        return tuple(
            TrackedBox(
                track_id=TrackId(track_id),
                box=PixelBox(*box),
                score=score,
                vehicle_class=_CLASSES[vehicle_class],
                predicted=guessed,
            )
            for track_id, box, score, vehicle_class, guessed in zip(
                tracks.ids[rows].tolist(),
                tracks.boxes[:, rows].T.tolist(),
                tracks.scores[rows].tolist(),
                tracks.classes[rows].tolist(),
                (~self._seen_now()[rows]).tolist(),
                strict=True,
            )
        )
