"""Whose plate it is: a plate moves with its vehicle.

The plate that is read inside a vehicle's box may be that of a parked car behind it.
One look cannot tell; two can, when the vehicle has moved between them and the plate has
not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.domain.geometry import PixelBox

_STILL = 0.25
"""A plate stands still when it moved by less than this share of its width."""
_MOVED_WIDTHS, _MOVED_HEIGHTS = 1.0, 2.0
"""A vehicle moved when both its sides went the same way by so many plates."""


@dataclass(frozen=True, slots=True)
class PlateOnVehicle:
    """Where a plate was read, and the vehicle it was taken for, in one picture."""

    plate: PixelBox
    vehicle: PixelBox


def own_plates(looks: Sequence[PlateOnVehicle]) -> tuple[bool, ...]:
    """Tell for each look at a track whether the plate may be the vehicle's own.

    False for each of two looks between which the vehicle moved on and the plate stood
    still. The sides of the vehicle's box must agree that it moved: one side alone
    also moves when something passes before a vehicle that stands.
    """
    foreign = set()
    for (i, one), (j, other) in combinations(enumerate(looks), 2):
        if _stood_still(one.plate, other.plate) and _moved_on(one, other):
            foreign |= {i, j}
    return tuple(number not in foreign for number in range(len(looks)))


def _stood_still(one: PixelBox, other: PixelBox) -> bool:
    most_px = _STILL * min(one.width_px, other.width_px)
    return (
        abs(_middle(one.left_px, one.right_px) - _middle(other.left_px, other.right_px))
        <= most_px
        and abs(
            _middle(one.top_px, one.bottom_px) - _middle(other.top_px, other.bottom_px)
        )
        <= most_px
    )


def _moved_on(one: PlateOnVehicle, other: PlateOnVehicle) -> bool:
    before, after, plate = one.vehicle, other.vehicle, one.plate
    across_px = _shift(after.left_px - before.left_px, after.right_px - before.right_px)
    along_px = _shift(after.top_px - before.top_px, after.bottom_px - before.bottom_px)
    return (
        across_px >= _MOVED_WIDTHS * plate.width_px
        or along_px >= _MOVED_HEIGHTS * plate.height_px
    )


def _shift(one_px: float, other_px: float) -> float:
    """Return by how much both sides went the same way, 0 when they did not."""
    return min(abs(one_px), abs(other_px)) if one_px * other_px > 0 else 0.0


def _middle(one_px: float, other_px: float) -> float:
    return (one_px + other_px) / 2
