"""Which parts of a picture are hidden before it leaves the house.

Boxes in, boxes out; nothing here knows a picture. The rule is to hide more rather than
less: where nobody noted what else is in the picture, only the vehicle that the notice
is about stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from app.domain.geometry import PixelBox
from app.domain.vehicle import VehicleClass

_AROUND_VEHICLE = 0.06
_HEAD = 0.35
_AROUND_HEAD = 0.25
_LEAST_TREND = 0.03
_PLATE_ASIDE, _PLATE_BELOW = 0.15, 0.5
"""A vehicle's own plate lies in the lower half of it, and not at its sides."""
_SAME = 0.7
"""Two boxes that share this much of both are one vehicle that was found twice."""


class Heading(Enum):
    """Which end of a vehicle the camera sees."""

    TOWARDS = "towards"
    AWAY = "away"
    UNKNOWN = "unknown"


_GLASS = {Heading.TOWARDS: 0.55, Heading.AWAY: 0.45, Heading.UNKNOWN: 0.55}
_TALL_GLASS = {Heading.TOWARDS: 0.77, Heading.AWAY: 0.55, Heading.UNKNOWN: 0.77}
_RIDER = 0.4
_TALL = frozenset({VehicleClass.BUS, VehicleClass.TRUCK})
_RIDDEN = frozenset({VehicleClass.MOTORCYCLE, VehicleClass.BICYCLE})


@dataclass(frozen=True, slots=True)
class RoadUser:
    """Somebody or something in a picture."""

    box: PixelBox
    kind: VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known of one picture of `width_px` x `height_px`.

    `concerned` is the vehicle that the notice is about, None when it is not known
    where it is. `others` are all road users beside it, None when nobody noted them.
    """

    width_px: int
    height_px: int
    concerned: RoadUser | None
    heading: Heading = Heading.UNKNOWN
    others: tuple[RoadUser, ...] | None = None


def hidden_parts(scene: Scene) -> tuple[PixelBox, ...]:
    """Return the boxes that nobody outside may see, cut to the picture.

    They may overlap. Of the vehicle concerned it is the glass, of a person the head,
    of another vehicle all of it: glass and plate lie at opposite ends of it. Where a
    vehicle is farther away than the one concerned, that one stands before it, and its
    lower middle, where its own plate is, stays.
    """
    whole = PixelBox(0, 0, scene.width_px, scene.height_px)
    return tuple(
        inside for part in _parts(scene, whole) if (inside := _common(part, whole))
    )


def hidden_in(scene: Scene, piece: PixelBox, *, is_plate: bool) -> tuple[PixelBox, ...]:
    """Return what is hidden of a piece cut out of the picture, from its corner on.

    Where the piece `is_plate`, it shows no glass, wherever on its vehicle it is.
    """
    whole = PixelBox(0, 0, scene.width_px, scene.height_px)
    parts = _third_parties(scene, whole) if is_plate else _parts(scene, whole)
    return tuple(
        moved(inside, -piece.left_px, -piece.top_px)
        for part in parts
        if (inside := _common(part, piece))
    )


def moved(box: PixelBox, right_px: float, down_px: float) -> PixelBox:
    """Return a box of the same size elsewhere."""
    return PixelBox(
        box.left_px + right_px,
        box.top_px + down_px,
        box.right_px + right_px,
        box.bottom_px + down_px,
    )


def heading_between(earlier: PixelBox, later: PixelBox) -> Heading:
    """Tell from two boxes of a vehicle which way it goes.

    A camera looks down on a road: what comes nearer goes down in its picture. UNKNOWN
    for a vehicle that stands, or goes across.
    """
    across = abs(later.foot.x_px - earlier.foot.x_px)
    down = later.bottom_px - earlier.bottom_px
    if abs(down) <= max(_LEAST_TREND * earlier.height_px, across / 2):
        return Heading.UNKNOWN
    return Heading.TOWARDS if down > 0 else Heading.AWAY


def _parts(scene: Scene, whole: PixelBox) -> Iterator[PixelBox]:
    if scene.concerned is not None:
        yield _glass(scene.concerned, scene.heading)
    yield from _third_parties(scene, whole)


def _third_parties(scene: Scene, whole: PixelBox) -> Iterator[PixelBox]:
    if scene.concerned is None:
        yield whole
        return
    if scene.others is None:
        yield from _without(whole, scene.concerned.box)
        return
    for other in scene.others:
        yield from _third_party(other, scene.concerned.box)


def _glass(vehicle: RoadUser, heading: Heading) -> PixelBox:
    """Return where people sit: the upper part, whichever end is seen."""
    if vehicle.kind in _RIDDEN:
        return _top(vehicle.box, _RIDER)
    return _top(
        vehicle.box, (_TALL_GLASS if vehicle.kind in _TALL else _GLASS)[heading]
    )


def _third_party(other: RoadUser, concerned: PixelBox) -> Iterator[PixelBox]:
    if other.kind is VehicleClass.PERSON:
        head = _top(other.box, _HEAD)
        yield _grown(head, _AROUND_HEAD, _AROUND_HEAD)
        return
    if _overlap(other.box, concerned) >= _SAME:
        return
    all_of_it = _grown(other.box, _AROUND_VEHICLE, _AROUND_VEHICLE)
    if other.box.bottom_px >= concerned.bottom_px:
        yield all_of_it
    else:
        yield from _without(all_of_it, _around_plate(concerned))


def _around_plate(vehicle: PixelBox) -> PixelBox:
    aside_px = _PLATE_ASIDE * vehicle.width_px
    return PixelBox(
        vehicle.left_px + aside_px,
        vehicle.top_px + _PLATE_BELOW * vehicle.height_px,
        vehicle.right_px - aside_px,
        vehicle.bottom_px,
    )


def _top(box: PixelBox, share: float) -> PixelBox:
    bottom_px = box.top_px + share * box.height_px
    return PixelBox(box.left_px, box.top_px, box.right_px, bottom_px)


def _grown(box: PixelBox, share_x: float, share_y: float) -> PixelBox:
    spare_x, spare_y = box.width_px * share_x, box.height_px * share_y
    return PixelBox(
        box.left_px - spare_x,
        box.top_px - spare_y,
        box.right_px + spare_x,
        box.bottom_px + spare_y,
    )


def _common(one: PixelBox, other: PixelBox) -> PixelBox | None:
    """Return what two boxes share, None when that is no area."""
    left, right = max(one.left_px, other.left_px), min(one.right_px, other.right_px)
    top, bottom = max(one.top_px, other.top_px), min(one.bottom_px, other.bottom_px)
    if left >= right or top >= bottom:
        return None
    return PixelBox(left, top, right, bottom)


def _overlap(one: PixelBox, other: PixelBox) -> float:
    """Return the area two boxes share over the area both cover, 0..1."""
    both = _common(one, other)
    if both is None:
        return 0.0
    shared = _area(both)
    return shared / (_area(one) + _area(other) - shared)


def _area(box: PixelBox) -> float:
    return box.width_px * box.height_px


def _without(box: PixelBox, hole: PixelBox) -> Iterator[PixelBox]:
    """Return what is left of a box: above, below, left and right of the hole."""
    cut = _common(box, hole)
    if cut is None:
        yield box
        return
    yield PixelBox(box.left_px, box.top_px, box.right_px, cut.top_px)
    yield PixelBox(box.left_px, cut.bottom_px, box.right_px, box.bottom_px)
    yield PixelBox(box.left_px, cut.top_px, cut.left_px, cut.bottom_px)
    yield PixelBox(cut.right_px, cut.top_px, box.right_px, cut.bottom_px)
