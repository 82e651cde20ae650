"""Follows one vehicle over the stop line."""

import math
from dataclasses import dataclass, field, replace

from app.domain.clock import NS_PER_S
from app.domain.geometry import PixelBox
from app.measure.foot import Foot
from app.measure.stop_line import LinePosition, StopLineFrame, on_line

_LEAST_BEFORE = 2
_CLEARLY_BEFORE = 0.2
"""Part of the go-on distance that a vehicle must have been seen before the line."""
_GREATEST_GAP_NS = 3 * NS_PER_S // 2
_GREATEST_GO_ON_NS = 3 * NS_PER_S
"""A vehicle that needs longer to go on has stopped on the line."""
_GREATEST_SPEED_MS = 70.0
_GREATEST_ACCELERATION_MS2 = 10.0
_GREATEST_JUMP_M = 3.0
"""How much farther than its speed allows a box may go for want of a steady hand."""
_NOISE_SIGMAS = 4.0
_STEPS_REMEMBERED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A foot going over the line, in stream time.

    `doubt_ns` is the expanded uncertainty (coverage factor 2) of `at_ns`; `gone_on_ns`
    the moment at which the vehicle had clearly passed. `lateral`, `width` and
    `speed_per_s` share the unit of the line's frame. `recedes`: the vehicle drives
    away from the camera, so that its foot is its rear end.
    """

    at_ns: int
    doubt_ns: int
    gone_on_ns: int
    lateral: float
    width: float
    speed_per_s: float
    recedes: bool


@dataclass(slots=True)
class Passage:
    """What one track did at the line so far."""

    _last: tuple[int, LinePosition, float] | None = None
    _clearly_before: int = 0
    _speeds_ms: list[float] = field(default_factory=list)
    _open: Crossing | None = field(default=None)

    def step(self, foot: Foot, box: PixelBox, line: StopLineFrame) -> Crossing | None:
        """Take the next sighting; return the crossing once the vehicle has gone on."""
        position = line.locate(foot, box)
        if position is None:
            return None
        now_ns = foot.stream_ns
        if position.beyond < -_CLEARLY_BEFORE * position.go_on:
            self._clearly_before += 1
        self._open = self._crossing(now_ns, position, foot.pixel.y_px)
        if line.metric and not self._drives(now_ns, position):
            # The box went to another vehicle: nothing it does now is this one's deed.
            self._open, self._clearly_before = None, 0
        self._last = (now_ns, position, foot.pixel.y_px)
        if self._open is None or position.beyond < position.go_on:
            return None
        done, self._open = self._open, None
        if now_ns - done.at_ns > _GREATEST_GO_ON_NS:
            return None
        return replace(done, gone_on_ns=now_ns)

    def _drives(self, now_ns: int, position: LinePosition) -> bool:
        """Tell whether a vehicle can have moved so since the last sighting."""
        if self._last is None:
            return True
        then_ns, before, _ = self._last
        gap_s = (now_ns - then_ns) / NS_PER_S
        moved_m = abs(position.beyond - before.beyond)
        doubt_m = _NOISE_SIGMAS * math.hypot(before.noise, position.noise)
        known_ms = max(self._speeds_ms, default=_GREATEST_SPEED_MS)
        greatest_ms = min(known_ms, _GREATEST_SPEED_MS)
        reach_m = (greatest_ms + _GREATEST_ACCELERATION_MS2 * gap_s) * gap_s
        if moved_m > reach_m + _GREATEST_JUMP_M + doubt_m:
            self._speeds_ms.clear()
            return False
        self._speeds_ms = [*self._speeds_ms, moved_m / gap_s][-_STEPS_REMEMBERED:]
        return True

    def _crossing(
        self, now_ns: int, position: LinePosition, y_px: float
    ) -> Crossing | None:
        """Return the crossing under way: a new one, the same one, or none."""
        if self._last is None or position.beyond <= 0:
            return None
        before_ns, before, before_y_px = self._last
        if before.beyond > 0:
            return self._open
        if (
            self._clearly_before < _LEAST_BEFORE
            or now_ns - before_ns > _GREATEST_GAP_NS
        ):
            return None
        recedes = y_px < before_y_px
        return _interpolated(before_ns, before, now_ns, position, recedes=recedes)


def _interpolated(
    before_ns: int,
    before: LinePosition,
    after_ns: int,
    after: LinePosition,
    *,
    recedes: bool,
) -> Crossing | None:
    """Return the crossing between two sightings; None when it is off the line."""
    share = -before.beyond / (after.beyond - before.beyond)
    along = before.along + share * (after.along - before.along)
    sidestep = abs(after.lateral - before.lateral)
    gap_ns = after_ns - before_ns
    if not on_line(along) or sidestep > max(before.width, after.width) or gap_ns <= 0:
        return None
    speed_per_s = (after.beyond - before.beyond) / gap_ns * NS_PER_S
    noise_s = 2 * math.hypot(before.noise, after.noise) / 2 / speed_per_s
    return Crossing(
        at_ns=before_ns + round(share * gap_ns),
        doubt_ns=min(round(noise_s * NS_PER_S), gap_ns),
        gone_on_ns=after_ns,
        lateral=before.lateral + share * (after.lateral - before.lateral),
        width=after.width,
        speed_per_s=speed_per_s,
        recedes=recedes,
    )
