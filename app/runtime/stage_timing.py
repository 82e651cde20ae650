"""How long each stage takes, counted so cheaply that every picture can be.

The names of the stages are fixed here, so that a dashboard can rely on them.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.ids import CameraId

DECODE = "decode"
WAIT = "wait"
DETECT = "detect"
TRACK = "track"
JUDGE = "judge"
SEAL = "evidence_seal"
STORE = "store"

BOUNDS_S = (
    *(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05),
    *(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
)
"""Upper bounds of the buckets; a last one without a bound follows."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Durations of one stage; `counts` has one entry for each bound and one more."""

    counts: tuple[int, ...]
    total_s: float

    @property
    def count(self) -> int:
        """How many durations there were."""
        return sum(self.counts)


class _Cell:
    __slots__ = ("counts", "total_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.total_s = 0.0


class StageTimes:
    """Histograms by camera and stage; any thread may add to them.

    The camera is None where a stage does not know it. `forget` drops a camera that
    was removed, or the memory of cameras would grow with every change of the site.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._cells: dict[tuple[CameraId | None, str], _Cell] = {}
        self._lock = threading.Lock()

    def observe(self, camera_id: CameraId | None, stage: str, seconds: float) -> None:
        """Add one duration; about a microsecond."""
        bucket = bisect_left(BOUNDS_S, seconds)
        key = (camera_id, stage)
        with self._lock:
            cell = self._cells.get(key)
            if cell is None:
                cell = self._cells[key] = _Cell()
            cell.counts[bucket] += 1
            cell.total_s += seconds

    @contextmanager
    def measure(self, camera_id: CameraId | None, stage: str) -> Iterator[None]:
        """Add how long the block took, also when it fails."""
        began_ns = time.perf_counter_ns()
        try:
            yield
        finally:
            self.observe(camera_id, stage, (time.perf_counter_ns() - began_ns) / 1e9)

    def forget(self, camera_id: CameraId) -> None:
        """Drop what is known of a camera."""
        with self._lock:
            for key in [key for key in self._cells if key[0] == camera_id]:
                del self._cells[key]

    def snapshot(self) -> dict[tuple[CameraId | None, str], Histogram]:
        """Return all histograms as they are now."""
        with self._lock:
            return {
                key: Histogram(tuple(cell.counts), cell.total_s)
                for key, cell in self._cells.items()
            }
