"""The wall: what is painted, when, and what the keys do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraState
from app.domain.ids import Login
from tests.builders.site import camera
from tests.fakes.desktop import Room, control_room
from tests.fakes.in_memory import MemoryChange
from tests.fakes.manual_clock import ManualClock
from widgets import theme
from widgets.common.background import Background
from widgets.services import PageContext
from widgets.wall.tile_condition import Condition
from widgets.wall.wall_canvas import WallCanvas
from widgets.wall.wall_page import WallPage

FRAME = timedelta(milliseconds=70)
Opener = Callable[..., WallPage]


@pytest.fixture
def clock() -> ManualClock:
    """Time that stands still unless told otherwise."""
    return ManualClock()


@pytest.fixture
def room(tmp_path: Path, clock: ManualClock) -> Room:
    """Four cameras and twelve cases."""
    return control_room(tmp_path, clock)


@pytest.fixture
def open_wall(room: Room, qtbot: QtBot) -> Iterator[Opener]:
    """Open walls as somebody, with all cameras loaded and the timer stopped."""
    background = Background()
    pages: list[WallPage] = []
    theme.apply(theme.Mode.DARK)

    def open_one(who: str = "ana", *, of: Room | None = None) -> WallPage:
        used = of or room
        session = used.server.login(Login(who), f"{who}-opens-sesame")
        page = WallPage(
            PageContext(services=used.services, session=session), background
        )
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(1200, 700)
        page.show()
        page.activate()
        qtbot.waitUntil(lambda: page._loaded)
        page.canvas.stop()
        return page

    yield open_one
    for page in pages:
        page.close_page()
    background.close()


def painted(canvas: WallCanvas) -> list[int]:
    """Pull once and return which tiles were repainted."""
    touched: list[int] = []
    update = canvas.update
    canvas.update = lambda *area: touched.append(  # type: ignore[method-assign]
        [canvas._tiles[c].area for c in canvas.grid.shown].index(area[0])
    )
    canvas.pull()
    canvas.update = update  # type: ignore[method-assign]
    return touched


def test_only_tiles_with_a_new_frame_are_painted(
    room: Room, clock: ManualClock, open_wall: Opener
) -> None:
    canvas = open_wall().canvas
    clock.advance(FRAME)
    canvas.pull()
    assert painted(canvas) == []
    room.engine.silent = {canvas.grid.shown[0], canvas.grid.shown[3]}
    clock.advance(FRAME)
    assert painted(canvas) == [1, 2]


def test_frames_are_asked_for_and_shown_at_the_size_of_the_tile(
    room: Room, clock: ManualClock, open_wall: Opener
) -> None:
    canvas = open_wall().canvas
    clock.advance(FRAME)
    canvas.pull()
    for camera_id in canvas.grid.shown:
        tile = canvas._tiles[camera_id]
        target = tile.target(1.0)
        assert (tile.image.width(), tile.image.height()) == (
            target.width(),
            target.height(),
        )
        assert room.engine.sizes[camera_id] == (
            tile.image.width(),
            tile.image.height(),
        )


def test_a_box_is_drawn_where_it_is_in_that_very_frame(
    clock: ManualClock, open_wall: Opener
) -> None:
    canvas = open_wall().canvas
    clock.advance(FRAME)
    canvas.pull()
    canvas.toggle_enlarged(canvas.grid.shown[0])
    clock.advance(FRAME)
    canvas.pull()
    tile = canvas._tiles[canvas.grid.shown[0]]
    assert tile.frame is not None
    box = tile.frame.overlay.boxes[0].box
    area = tile.picture_map(1.0).box(box).toRect()
    image = canvas.grab().toImage()
    line = QColor(image.pixel(area.center().x(), area.bottom()))
    inside = QColor(image.pixel(area.center()))
    assert line.lightness() > 200
    assert inside.lightness() < 160
    hidden = replace(canvas.look, overlays=False)
    canvas.set_look(hidden)
    image = canvas.grab().toImage()
    assert QColor(image.pixel(area.center().x(), area.bottom())).lightness() < 160


def test_a_frame_that_is_not_renewed_becomes_late(
    room: Room, clock: ManualClock, open_wall: Opener
) -> None:
    canvas = open_wall().canvas
    clock.advance(FRAME)
    canvas.pull()
    camera_id = canvas.grid.shown[0]
    tile = canvas._tiles[camera_id]
    room.engine.silent = {camera_id}
    clock.advance(timedelta(seconds=1.9))
    canvas.pull()
    seen = [tile.condition]
    clock.advance(timedelta(seconds=0.3))
    canvas.pull()
    seen.append(tile.condition)
    room.engine.silent = set()
    canvas.pull()
    seen.append(tile.condition)
    assert seen == [Condition.SHOWING, Condition.LATE, Condition.SHOWING]


def test_an_offline_camera_says_since_when_and_comes_back(
    room: Room, clock: ManualClock, open_wall: Opener
) -> None:
    canvas = open_wall().canvas
    camera_id = canvas.grid.shown[1]
    went = clock.now()
    room.engine.add(camera_id, state=CameraState.OFFLINE, retry_in_s=8.0)
    canvas.pull()
    clock.advance(timedelta(minutes=3))
    room.engine.add(camera_id, state=CameraState.OFFLINE, retry_in_s=4.0)
    canvas.pull()
    said = canvas._tiles[camera_id].sentence
    assert f"{went.astimezone():%H:%M}" in said
    assert "4\u00a0s" in said
    room.engine.add(camera_id)
    canvas.pull()
    assert canvas._tiles[camera_id].sentence == ""


def test_frozen_tiles_take_no_frame(clock: ManualClock, open_wall: Opener) -> None:
    page = open_wall()
    clock.advance(FRAME)
    page.canvas.pull()
    QTest.keyClick(page.canvas, Qt.Key.Key_Space)
    before = [tile.frame for tile in page.canvas._tiles.values()]
    clock.advance(timedelta(seconds=9))
    page.canvas.pull()
    assert [tile.frame for tile in page.canvas._tiles.values()] == before
    QTest.keyClick(page.canvas, Qt.Key.Key_Space)
    page.canvas.pull()
    assert [tile.frame for tile in page.canvas._tiles.values()] != before


def test_keys_enlarge_and_lead_back(open_wall: Opener) -> None:
    page = open_wall()
    canvas = page.canvas
    third = canvas.grid.shown[2]
    QTest.keyClick(canvas, Qt.Key.Key_3)
    assert list(canvas.grid.shown) == [third]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.grid.enlarged is None
    QTest.keyClick(canvas, Qt.Key.Key_G)
    assert canvas.grid.tiles_shown == 9
    QTest.keyClick(canvas, Qt.Key.Key_Z)
    QTest.keyClick(canvas, Qt.Key.Key_O)
    assert (canvas.look.zones, canvas.look.overlays) == (True, False)


def test_a_double_click_enlarges(open_wall: Opener) -> None:
    canvas = open_wall().canvas
    second = canvas.grid.shown[1]
    centre = canvas._tiles[second].area.center()
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=centre)
    assert canvas.grid.enlarged == second
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=centre)
    assert canvas.grid.enlarged is None


def test_dragging_swaps_and_is_remembered_per_person(open_wall: Opener) -> None:
    canvas = open_wall("ana").canvas
    before = canvas.grid.order
    start = canvas._tiles[before[0]].area.center()
    end = canvas._tiles[before[3]].area.center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(30, 30))
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    swapped = (before[3], before[1], before[2], before[0])
    assert canvas.grid.order == swapped
    assert open_wall("ana").canvas.grid.order == swapped
    assert open_wall("sofia").canvas.grid.order == before


def test_arrows_move_the_focus_and_with_ctrl_the_tile(open_wall: Opener) -> None:
    canvas = open_wall().canvas
    before = canvas.grid.order
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas._current == before[1]
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert canvas.grid.order[:2] == (before[1], before[0])
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.grid.enlarged == before[1]


def test_an_event_opens_its_case_in_review(open_wall: Opener, qtbot: QtBot) -> None:
    page = open_wall()
    qtbot.waitUntil(lambda: len(page.events.events) == 12)
    view = page.events._list
    view.setCurrentIndex(view.model().index(0, 0))
    with qtbot.waitSignal(page.open_requested) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == ["review", page.events.events[0].case_id]


def test_who_may_not_read_cases_is_not_shown_an_error(
    open_wall: Opener, qtbot: QtBot
) -> None:
    page = open_wall("teo")
    qtbot.wait(50)
    assert page.errors.sentence == ""
    assert page.events.events == ()
    assert "reviewers" in page.events._empty.sentence


def test_a_camera_that_goes_is_an_event(
    room: Room, clock: ManualClock, open_wall: Opener, qtbot: QtBot
) -> None:
    page = open_wall()
    qtbot.waitUntil(lambda: len(page.events.events) == 12)
    page._watch_cameras()
    clock.advance(timedelta(seconds=1))
    room.engine.add(room.cameras[0].id, state=CameraState.OFFLINE)
    page._watch_cameras()
    newest = page.events.events[0]
    assert newest.title == "Camera offline"
    assert newest.detail == room.cameras[0].name
    assert newest.case_id is None


def test_without_cameras_a_technician_is_led_to_them(
    tmp_path: Path, clock: ManualClock, open_wall: Opener, qtbot: QtBot
) -> None:
    empty = control_room(tmp_path / "empty", clock, cameras=0)
    page = open_wall("teo", of=empty)
    assert page._stack.currentWidget() is page._empty
    with qtbot.waitSignal(page.open_requested) as asked:
        page._empty._action.click()
    assert asked.args == ["cameras", None]
    assert "technician" in open_wall("ana", of=empty)._empty.sentence


def test_a_camera_that_is_added_appears(
    room: Room, open_wall: Opener, qtbot: QtBot
) -> None:
    page = open_wall("teo")
    added = camera("Zzz")
    page.context.session.site.save_camera(added)
    page.on_change(MemoryChange("camera", added.id))
    qtbot.waitUntil(lambda: added.id in page.canvas.grid.order)
    assert page.canvas.grid.tiles_shown == 9
