"""The arrangement of the wall keeps every camera exactly once."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect

from app.domain.ids import CameraId
from widgets.wall.tile_grid import LAYOUTS, TileGrid, place_at

CAMERAS = tuple(CameraId(UUID(int=i)) for i in range(40))
ROOM = QRect(0, 0, 1600, 900)
counts = st.integers(0, 40)
tiles = st.sampled_from([None, *LAYOUTS])


def grid_of(count: int, wanted: int | None = None) -> TileGrid:
    return TileGrid(tiles=wanted).with_cameras(CAMERAS[:count])


@given(counts, tiles)
def test_every_camera_is_on_exactly_one_screen(count: int, wanted: int | None) -> None:
    grid = grid_of(count, wanted)
    seen: list[CameraId] = []
    for _ in range(grid.screens):
        seen += grid.shown
        grid = grid.turned(1)
    assert seen == list(CAMERAS[:count])


@given(counts, tiles, st.integers(0, 5))
def test_tiles_lie_in_the_room_and_never_over_each_other(
    count: int, wanted: int | None, screen: int
) -> None:
    grid = grid_of(count, wanted).turned(screen)
    areas = grid.areas(ROOM)
    assert len(areas) == len(grid.shown)
    for place, area in enumerate(areas):
        assert ROOM.contains(area)
        assert not any(area.intersects(other) for other in areas[place + 1 :])
        assert place_at(areas, area.center()) == place


@given(st.permutations(CAMERAS[:9]), st.integers(0, 8), st.integers(0, 8))
def test_swapping_twice_changes_nothing(
    order: list[CameraId], one: int, other: int
) -> None:
    grid = TileGrid().with_cameras(order)
    swapped = grid.swapped(order[one], order[other])
    assert sorted(swapped.order) == sorted(order)
    assert swapped.order[one] == order[other]
    assert swapped.swapped(order[one], order[other]) == grid


def test_few_cameras_take_the_fewest_tiles() -> None:
    assert [grid_of(n).tiles_shown for n in (0, 1, 2, 4, 5, 9, 10, 16, 17)] == [
        1,
        1,
        4,
        4,
        9,
        9,
        16,
        16,
        16,
    ]


def test_a_camera_that_goes_leaves_the_others_in_place() -> None:
    grid = grid_of(6).swapped(CAMERAS[0], CAMERAS[5])
    left = grid.with_cameras([c for c in CAMERAS[:7] if c != CAMERAS[2]])
    assert [CAMERAS.index(camera) for camera in left.order] == [5, 1, 3, 4, 0, 6]


def test_a_remembered_order_survives_strangers_and_newcomers() -> None:
    wanted = [str(CAMERAS[2]), "not a camera", str(CAMERAS[0])]
    assert grid_of(4).with_order(wanted).order == (
        CAMERAS[2],
        CAMERAS[0],
        CAMERAS[1],
        CAMERAS[3],
    )


def test_enlarging_and_going_back() -> None:
    grid = grid_of(4).enlarge(CAMERAS[2])
    assert grid.shown == (CAMERAS[2],)
    assert grid.areas(ROOM) == (ROOM,)
    assert grid.next_layout() == grid_of(4)
    assert grid_of(4).enlarge(CAMERAS[30]).enlarged is None
    assert grid.with_cameras(CAMERAS[:2]).enlarged is None


def test_layouts_go_round() -> None:
    grid = replace(grid_of(3), tiles=1)
    seen = []
    for _ in range(4):
        grid = grid.next_layout()
        seen.append(grid.tiles_shown)
    assert seen == [4, 9, 16, 1]


def test_no_tile_lies_beside_the_wall() -> None:
    assert place_at(grid_of(4).areas(ROOM), QPoint(-1, 5)) is None
