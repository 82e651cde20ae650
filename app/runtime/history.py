"""Where every vehicle of one camera was, and what the lamp showed, of late."""

import threading
from collections import OrderedDict, deque

from app.domain.clock import NS_PER_S, CaptureTime
from app.domain.detection import TrackedBox, Tracks
from app.domain.ids import TrackId
from app.domain.signal import LampReading
from app.evidence.capture import BoxHistory

_KEEP_NS = 90 * NS_PER_S
_MOST_TRACKS = 2000


class CameraHistory:
    """The last 90 s of boxes per track, and of lamp readings.

    Written by the inference thread, read by the evidence thread. A vehicle parked for
    hours costs no more than 90 s of it.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._tracks: OrderedDict[TrackId, deque[tuple[CaptureTime, TrackedBox]]] = (
            OrderedDict()
        )
        self._lamp: deque[LampReading] = deque()

    def add(self, time: CaptureTime, tracks: Tracks, lamp: LampReading | None) -> None:
        """Take one frame's tracks and lamp, in order of stream time."""
        oldest_ns = time.stream_ns - _KEEP_NS
        with self._lock:
            for box in tracks:
                self._add_box(time, box, oldest_ns)
            if lamp is not None:
                self._lamp.append(lamp)
            self._forget(oldest_ns)

    def boxes(self, track_id: TrackId) -> BoxHistory:
        """Return the boxes of one vehicle, oldest first."""
        with self._lock:
            return tuple(self._tracks.get(track_id, ()))

    def others(
        self, track_id: TrackId, start_ns: int, end_ns: int
    ) -> tuple[BoxHistory, ...]:
        """Return what else was seen in [start_ns, end_ns] of stream time."""
        with self._lock:
            parts = [
                tuple(b for b in boxes if start_ns <= b[0].stream_ns <= end_ns)
                for other_id, boxes in self._tracks.items()
                if other_id != track_id
            ]
        return tuple(part for part in parts if part)

    def lamp(self, start_ns: int, end_ns: int) -> tuple[LampReading, ...]:
        """Return the lamp readings of [start_ns, end_ns] of stream time."""
        with self._lock:
            return tuple(
                reading
                for reading in self._lamp
                if start_ns <= reading.time.stream_ns <= end_ns
            )

    def _add_box(self, time: CaptureTime, box: TrackedBox, oldest_ns: int) -> None:
        boxes = self._tracks.setdefault(box.track_id, deque())
        boxes.append((time, box))
        while boxes[0][0].stream_ns < oldest_ns:
            boxes.popleft()
        self._tracks.move_to_end(box.track_id)

    def _forget(self, oldest_ns: int) -> None:
        while self._lamp and self._lamp[0].time.stream_ns < oldest_ns:
            self._lamp.popleft()
        while self._tracks:
            boxes = next(iter(self._tracks.values()))
            stale = boxes[-1][0].stream_ns < oldest_ns
            if not stale and len(self._tracks) <= _MOST_TRACKS:
                break
            self._tracks.popitem(last=False)
