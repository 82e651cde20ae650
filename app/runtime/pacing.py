"""Which camera is looked at next, and which not yet: a pure policy.

A look costs the same on every road, so looks go where something happens. Each camera
has an interval of its own: none while a vehicle is being measured, short with traffic,
long on an empty road. The camera that is latest, in units of its own interval, comes
first; when there are more looks wanted than the machine bears, all intervals stretch
alike, whatever the number of cameras or their frame rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from app.domain.clock import NS_PER_S
from app.domain.ids import CameraId

_MS = NS_PER_S // 1000
_LEAST_INTERVAL_NS = 40 * _MS
_MOST_DOUBLINGS = 4
_FRUITLESS_PER_DOUBLING = 8
QUIET = "quiet road"
PACED = "not due yet"
STALE = "too old"


class Attention(IntEnum):
    """What the last look at a camera asked for."""

    NONE = 0
    TRAFFIC = 1
    MEASURING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """How long a camera may go without a look, in nanoseconds.

    `hold_ns`: how long a camera stays at its pace after what asked for it was gone.
    `slack_ns`: how much too early a look may be; waiting for the next picture would
    be later still. `stale_ns`: what is said of an older picture would come too late;
    None never skips.
    """

    quiet_ns: int = 2 * NS_PER_S
    traffic_ns: int = 80 * _MS
    hold_ns: int = 3 * NS_PER_S // 2
    slack_ns: int = 20 * _MS
    stale_ns: int | None = NS_PER_S


EVERY_PICTURE = Paces(quiet_ns=0, traffic_ns=0, stale_ns=None)
"""For recordings: every picture, in order, however long it takes."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A camera whose newest picture arrived at `arrived_ns`, monotonic.

    `stirred`: something moved in it, as far as the motion gate was asked.
    """

    camera_id: CameraId
    arrived_ns: int
    stirred: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Which camera is served now, and which pictures are let go, each with why."""

    serve: CameraId | None
    let_go: tuple[tuple[CameraId, str], ...] = ()


@dataclass(slots=True)
class _Need:
    """What one camera needs.

    `turn` numbers the last look over all cameras; `fruitless` counts stirrings in
    which nothing was seen.
    """

    looked_ns: int | None = None
    turn: int = 0
    attention: Attention = Attention.NONE
    busy_ns: int | None = None
    fruitless: int = 0


@dataclass(slots=True)
class Pacing:
    """The needs of all cameras; one thread."""

    paces: Paces = field(default_factory=Paces)
    _needs: dict[CameraId, _Need] = field(default_factory=dict)
    _turns: int = 0

    def choose(self, waiting: Sequence[Waiting], now_ns: int) -> Turn:
        """Return the turn among the cameras that have a picture."""
        let_go: list[tuple[CameraId, str]] = []
        due: list[tuple[float, int, CameraId]] = []
        for item in waiting:
            reason = self._reason_against(item, now_ns)
            if reason is None:
                lateness = self._lateness(item, now_ns)
                turn = self._need(item.camera_id).turn
                due.append((-lateness, turn, item.camera_id))
            else:
                let_go.append((item.camera_id, reason))
        if not due:
            return Turn(None, tuple(let_go))
        served = min(due)[2]
        self._turns += 1
        need = self._need(served)
        need.looked_ns, need.turn = now_ns, self._turns
        return Turn(served, tuple(let_go))

    def quiet(self, camera_id: CameraId, now_ns: int) -> bool:
        """Tell whether the motion gate decides: nothing was seen of late."""
        return self.paces.quiet_ns > 0 and not self._busy(self._need(camera_id), now_ns)

    def note(
        self, camera_id: CameraId, attention: Attention, now_ns: int, *, stirred: bool
    ) -> None:
        """Take in what a look saw; `stirred` says what the motion gate had said."""
        need = self._needs.get(camera_id)
        if need is None:
            return
        need.attention = attention
        if attention is not Attention.NONE:
            need.busy_ns, need.fruitless = now_ns, 0
        elif stirred:
            most = _MOST_DOUBLINGS * _FRUITLESS_PER_DOUBLING
            need.fruitless = min(need.fruitless + 1, most)

    def forget(self, camera_id: CameraId) -> None:
        """Drop a camera that was removed."""
        self._needs.pop(camera_id, None)

    def _need(self, camera_id: CameraId) -> _Need:
        return self._needs.setdefault(camera_id, _Need())

    def _reason_against(self, item: Waiting, now_ns: int) -> str | None:
        stale_ns = self.paces.stale_ns
        if stale_ns is not None and now_ns - item.arrived_ns > stale_ns:
            return STALE
        need = self._need(item.camera_id)
        if need.looked_ns is None:
            return None
        interval_ns = self._interval_ns(need, item.stirred, now_ns)
        if now_ns - need.looked_ns + self.paces.slack_ns >= interval_ns:
            return None
        return QUIET if interval_ns >= self.paces.quiet_ns else PACED

    def _lateness(self, item: Waiting, now_ns: int) -> float:
        need = self._need(item.camera_id)
        if need.looked_ns is None:
            return float("inf")
        interval_ns = self._interval_ns(need, item.stirred, now_ns)
        return (now_ns - need.looked_ns) / max(interval_ns, _LEAST_INTERVAL_NS)

    def _interval_ns(self, need: _Need, stirred: bool, now_ns: int) -> int:
        paces = self.paces
        if self._busy(need, now_ns):
            measuring = need.attention is Attention.MEASURING
            return 0 if measuring else paces.traffic_ns
        if stirred:
            # A tree in the wind stirs for hours; it is looked at ever less often. A
            # vehicle on its way in stirs in vain once or twice and must not wait.
            doublings = need.fruitless // _FRUITLESS_PER_DOUBLING
            return min(paces.quiet_ns, paces.traffic_ns << doublings)
        return paces.quiet_ns

    def _busy(self, need: _Need, now_ns: int) -> bool:
        return need.busy_ns is not None and now_ns - need.busy_ns <= self.paces.hold_ns
