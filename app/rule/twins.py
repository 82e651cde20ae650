"""One vehicle, two tracks: a broken track, or two boxes on one vehicle."""

from collections import deque
from dataclasses import dataclass

from app.domain.clock import NS_PER_S
from app.domain.infraction import InfractionKind

_KEPT = 32
_LEAST_SPEED_WIDTHS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """Where and when a vehicle passed the line that decided its case.

    `lateral` is the place along that line, `width` a vehicle's width and
    `speed_per_s` the speed across it, in one unit: metres, or pixels.
    """

    kind: InfractionKind
    at_ns: int
    lateral: float
    width: float
    speed_per_s: float

    def same_vehicle(self, other: "Appearance") -> bool:
        """Tell whether two vehicles could not both have been there.

        Feet of two vehicles in one lane are a vehicle's length apart; those of two
        abreast more than half a width.
        """
        if self.kind is not other.kind:
            return False
        width = max(self.width, other.width)
        speed = max(self.speed_per_s, other.speed_per_s, _LEAST_SPEED_WIDTHS * width)
        gap = abs(self.at_ns - other.at_ns) / NS_PER_S * speed
        return gap < 1.2 * width and abs(self.lateral - other.lateral) < 0.6 * width


class TwinFilter:
    """Lets the first of each vehicle's tracks pass."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._recent: deque[Appearance] = deque(maxlen=_KEPT)

    def is_new(self, appearance: Appearance) -> bool:
        """Tell whether this vehicle was not seen before, and remember it."""
        if any(appearance.same_vehicle(earlier) for earlier in self._recent):
            return False
        self._recent.append(appearance)
        return True

    def reset(self) -> None:
        """Forget all: the stream broke off and its time began anew."""
        self._recent.clear()
