"""Nobody but the vehicle concerned is seen outside, and its plate always is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geometry import PixelBox, PixelPoint
from app.domain.masks import Heading, RoadUser, Scene, heading_between, hidden_parts
from app.domain.vehicle import VehicleClass

WIDTH, HEIGHT = 1280, 720
CAR = RoadUser(PixelBox(400, 300, 700, 520), VehicleClass.CAR)
SCENE = Scene(width_px=WIDTH, height_px=HEIGHT, concerned=CAR, others=())

_SIDES = st.floats(1, 600)
_PLACES = st.floats(-300, 1500)


@st.composite
def _users(draw: st.DrawFn) -> RoadUser:
    left, top = draw(_PLACES), draw(_PLACES)
    box = PixelBox(left, top, left + draw(_SIDES), top + draw(_SIDES))
    return RoadUser(box, draw(st.sampled_from(list(VehicleClass))))


_VEHICLES = _users().filter(lambda user: user.kind.motorised)


def _hidden(scene: Scene, x_px: float, y_px: float) -> bool:
    return any(
        part.left_px <= x_px <= part.right_px and part.top_px <= y_px <= part.bottom_px
        for part in hidden_parts(scene)
    )


def _at(box: PixelBox, share_x: float, share_y: float) -> PixelPoint:
    return PixelPoint(
        box.left_px + share_x * box.width_px, box.top_px + share_y * box.height_px
    )


def _seen(scene: Scene, box: PixelBox, share_x: float, share_y: float) -> bool:
    point = _at(box, share_x, share_y)
    return not _hidden(scene, point.x_px, point.y_px)


@pytest.mark.parametrize("heading", Heading)
@pytest.mark.parametrize("kind", [k for k in VehicleClass if k.motorised])
def test_who_sits_in_the_vehicle_is_hidden_and_its_plate_is_not(
    heading: Heading, kind: VehicleClass
) -> None:
    scene = replace(SCENE, heading=heading, concerned=RoadUser(CAR.box, kind))
    assert not _seen(scene, CAR.box, 0.3, 0.3)
    assert not _seen(scene, CAR.box, 0.7, 0.05)
    assert _seen(scene, CAR.box, 0.5, 0.8)


def test_an_unknown_heading_hides_as_much_as_any() -> None:
    for kind in VehicleClass:
        concerned = RoadUser(CAR.box, kind)
        bottoms = {
            heading: max(
                part.bottom_px
                for part in hidden_parts(
                    replace(SCENE, concerned=concerned, heading=heading)
                )
            )
            for heading in Heading
        }
        assert bottoms[Heading.UNKNOWN] == max(bottoms.values())


def test_of_another_vehicle_nothing_is_seen() -> None:
    other = RoadUser(PixelBox(900, 200, 1100, 340), VehicleClass.TRUCK)
    scene = replace(SCENE, others=(other,))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        assert not _seen(scene, other.box, share, share)
    assert _seen(scene, PixelBox(0, 0, WIDTH, HEIGHT), 0.9, 0.9)


def test_of_a_person_the_head_is_hidden() -> None:
    person = RoadUser(PixelBox(900, 200, 960, 380), VehicleClass.PERSON)
    scene = replace(SCENE, others=(person,))
    assert not _seen(scene, person.box, 0.5, 0.0)
    assert not _seen(scene, person.box, 0.5, 0.3)
    assert _seen(scene, person.box, 0.5, 0.8)


def test_a_vehicle_behind_does_not_hide_the_plate_and_one_before_is_hidden() -> None:
    """What is farther is higher in the picture, and the vehicle stands before it."""
    behind = RoadUser(PixelBox(500, 250, 900, 510), VehicleClass.CAR)
    before = RoadUser(PixelBox(500, 350, 900, 600), VehicleClass.CAR)
    plate = (0.5, 0.85)
    assert _seen(replace(SCENE, others=(behind,)), CAR.box, *plate)
    assert not _seen(replace(SCENE, others=(behind,)), behind.box, 0.9, 0.9)
    assert not _seen(replace(SCENE, others=(before,)), CAR.box, *plate)


def test_a_vehicle_behind_is_hidden_where_the_box_of_the_one_before_is_empty() -> None:
    """A box has corners, and what is behind is seen through them."""
    behind = RoadUser(PixelBox(300, 200, 800, 510), VehicleClass.CAR)
    scene = replace(SCENE, others=(behind,), heading=Heading.AWAY)
    for corner in ((0.05, 0.6), (0.95, 0.6), (0.1, 0.9), (0.9, 0.9)):
        assert not _seen(scene, CAR.box, *corner)
    assert not _seen(scene, CAR.box, 0.5, 0.48)
    assert _seen(scene, CAR.box, 0.5, 0.85)


def test_of_two_that_stand_alike_near_neither_is_behind() -> None:
    alike = RoadUser(PixelBox(500, 350, 900, CAR.box.bottom_px), VehicleClass.CAR)
    assert not _seen(replace(SCENE, others=(alike,)), CAR.box, 0.5, 0.85)


def test_a_vehicle_that_was_found_twice_stays_itself() -> None:
    twice = RoadUser(PixelBox(405, 305, 702, 524), VehicleClass.TRUCK)
    assert hidden_parts(replace(SCENE, others=(twice,))) == hidden_parts(SCENE)
    rider = RoadUser(twice.box, VehicleClass.PERSON)
    assert len(hidden_parts(replace(SCENE, others=(rider,)))) == 2


@given(concerned=_VEHICLES, x_share=st.floats(0, 1), y_share=st.floats(0, 1))
def test_without_a_note_of_others_only_the_vehicle_stays(
    concerned: RoadUser, x_share: float, y_share: float
) -> None:
    scene = replace(SCENE, concerned=concerned, others=None)
    x_px, y_px = x_share * WIDTH, y_share * HEIGHT
    box = concerned.box
    across = box.left_px < x_px < box.right_px
    if not (across and box.top_px < y_px < box.bottom_px):
        assert _hidden(scene, x_px, y_px)


@given(x_share=st.floats(0, 1), y_share=st.floats(0, 1), others=st.lists(_users()))
def test_where_the_vehicle_is_unknown_nothing_is_seen(
    x_share: float, y_share: float, others: list[RoadUser]
) -> None:
    scene = replace(SCENE, concerned=None, others=tuple(others))
    assert _hidden(scene, x_share * WIDTH, y_share * HEIGHT)


@given(concerned=_VEHICLES, others=st.lists(_users(), max_size=6))
def test_parts_lie_in_the_picture_and_hold_each_third_party(
    concerned: RoadUser, others: list[RoadUser]
) -> None:
    """Also of boxes that reach out of the picture."""
    scene = replace(SCENE, concerned=concerned, others=tuple(others))
    for part in hidden_parts(scene):
        assert 0 <= part.left_px < part.right_px <= WIDTH
        assert 0 <= part.top_px < part.bottom_px <= HEIGHT
    for other in others:
        face = _at(other.box, 0.5, 0.1)
        inside = 0 < face.x_px < WIDTH and 0 < face.y_px < HEIGHT
        if inside and other.kind is VehicleClass.PERSON:
            assert _hidden(scene, face.x_px, face.y_px)


@pytest.mark.parametrize(
    ("moved", "heading"),
    [
        ((0, 40), Heading.TOWARDS),
        ((0, -40), Heading.AWAY),
        ((0, 2), Heading.UNKNOWN),
        ((200, 40), Heading.UNKNOWN),
    ],
)
def test_what_comes_nearer_goes_down_in_the_picture(
    moved: tuple[int, int], heading: Heading
) -> None:
    box, (right, down) = CAR.box, moved
    later = PixelBox(
        box.left_px + right,
        box.top_px + down,
        box.right_px + right,
        box.bottom_px + down,
    )
    assert heading_between(box, later) is heading
