"""Whose turn it is: a pure policy, so that it can be tested without a camera."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.clock import NS_PER_S
from app.domain.ids import CameraId

STALE_AFTER_NS = NS_PER_S


@dataclass(frozen=True, slots=True)
class Waiting:
    """A camera whose newest picture arrived at `arrived_ns`, monotonic."""

    camera_id: CameraId
    arrived_ns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Which camera is served now, and whose pictures are too old to be of use."""

    serve: CameraId | None
    stale: tuple[CameraId, ...] = ()


class FairTurn:
    """Serve the camera that has waited longest since it was last served.

    With n cameras that always have a picture each gets every n-th turn, whatever
    its frame rate; a camera that is seldom ready is served at once when it is. One that
    saw an empty road the last time stands back one round for those with traffic. A
    picture older than `stale_after_ns` is skipped: its successor is on the way, and
    what was said of it would come too late. None never skips.
    """

    def __init__(self, stale_after_ns: int | None = STALE_AFTER_NS) -> None:
        """Nobody was served yet."""
        self._stale_after_ns = stale_after_ns
        self._turn = 0
        self._served: dict[CameraId, int] = {}
        self._stands_back: set[CameraId] = set()

    def choose(self, waiting: Sequence[Waiting], now_ns: int) -> Turn:
        """Return the turn among the cameras that have a picture."""
        stale = tuple(w.camera_id for w in waiting if self._is_stale(w, now_ns))
        fresh = [w for w in waiting if w.camera_id not in stale]
        if not fresh:
            return Turn(None, stale)
        chosen = min(fresh, key=lambda w: (self._place(w.camera_id), w.arrived_ns))
        self._turn += 1
        self._served[chosen.camera_id] = self._turn
        return Turn(chosen.camera_id, stale)

    def note(self, camera_id: CameraId, *, traffic: bool) -> None:
        """Take in what the last look at a camera saw."""
        if traffic:
            self._stands_back.discard(camera_id)
        elif camera_id in self._served:
            self._stands_back.add(camera_id)

    def forget(self, camera_id: CameraId) -> None:
        """Drop a camera that was removed."""
        self._served.pop(camera_id, None)
        self._stands_back.discard(camera_id)

    def _place(self, camera_id: CameraId) -> int:
        """Return the place in the queue: the turn from which it counts as waiting."""
        one_round = len(self._served) if camera_id in self._stands_back else 0
        return self._served.get(camera_id, 0) + one_round

    def _is_stale(self, waiting: Waiting, now_ns: int) -> bool:
        return (
            self._stale_after_ns is not None
            and now_ns - waiting.arrived_ns > self._stale_after_ns
        )
