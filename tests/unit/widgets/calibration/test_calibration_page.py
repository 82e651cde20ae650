"""The page: a camera is chosen, drawn on, and published."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.geometry import PixelPoint
from app.domain.ids import Login
from tests.builders.junction import configuration
from tests.fakes.desktop import Room, control_room
from tests.fakes.in_memory import InMemorySession
from tests.fakes.manual_clock import ManualClock
from widgets import theme
from widgets.calibration.calibration_page import CalibrationPage
from widgets.calibration.tools import Tool
from widgets.common.background import Background
from widgets.services import PageContext


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return control_room(tmp_path, ManualClock(), cameras=2, cases=0)


@pytest.fixture
def teo(room: Room) -> InMemorySession:
    session = room.server.login(Login("teo"), "teo-opens-sesame")
    for camera in room.cameras:
        session.site.publish_configuration(camera.id, configuration().body, "drawn")
    return session


@pytest.fixture
def page(room: Room, teo: InMemorySession, qtbot: QtBot) -> Iterator[CalibrationPage]:
    theme.apply(theme.Mode.DARK)
    background = Background()
    opened = CalibrationPage(
        PageContext(services=room.services, session=teo), background
    )
    qtbot.addWidget(opened)
    opened.resize(1300, 800)
    opened.show()
    opened.activate()
    qtbot.waitUntil(lambda: opened.points.rowCount() == 6)
    yield opened
    opened.deactivate()
    opened.close_page()
    background.close()


def click(page: CalibrationPage, pixel: PixelPoint) -> None:
    place = page.canvas.to_screen(pixel).toPoint()
    QTest.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=place)


def test_it_shows_what_is_published_over_the_live_picture(
    page: CalibrationPage,
) -> None:
    assert page.canvas.source_size.width() == 1920
    assert not page.publish_button.isEnabled()
    assert page.faults.sentence == ""


def test_moving_a_point_and_publishing_makes_a_new_version(
    page: CalibrationPage, teo: InMemorySession, room: Room, qtbot: QtBot
) -> None:
    camera_id = room.cameras[0].id
    page.show_target(camera_id)
    before = teo.site.configuration(camera_id)
    assert before is not None
    first = page._editor.draft.points[0].pixel
    click(page, first)
    QTest.keyClick(page.canvas, Qt.Key.Key_Right)
    assert page.publish_button.isEnabled()
    page._note.setText("moved the first mark")
    page.publish_button.click()
    qtbot.waitUntil(
        lambda: (
            (now := teo.site.configuration(camera_id)) is not None
            and now.version == before.version + 1
        )
    )
    after = teo.site.configuration(camera_id)
    assert after is not None
    assert after.note == "moved the first mark"
    assert after.body.calibration is not None
    moved = after.body.calibration.points[0].pixel
    assert moved.x_px == pytest.approx(first.x_px + 1)
    qtbot.waitUntil(lambda: not page.publish_button.isEnabled())


def test_what_blocks_is_said_and_keeps_from_publishing(page: CalibrationPage) -> None:
    editor = page._editor
    editor.apply(lambda draft: replace(draft, stretch_m=None))
    page._refresh()
    assert "stretch" in page.faults.sentence
    assert not page.publish_button.isEnabled()
    page.tools.undo_asked.emit()
    assert page.faults.sentence == ""


def test_metres_typed_into_the_table_move_the_plane(page: CalibrationPage) -> None:
    index = page.points.index(0, 4)
    assert page.points.setData(index, "15,25", Qt.ItemDataRole.EditRole)
    road = page._editor.draft.points[0].road
    assert road is not None
    assert road.y_m == 15.25
    assert not page.points.setData(index, "far", Qt.ItemDataRole.EditRole)


def test_a_drawing_waits_while_another_camera_is_looked_at(
    page: CalibrationPage, room: Room
) -> None:
    one, two = room.cameras[0].id, room.cameras[1].id
    page.show_target(one)
    page.table.choose_row(0)
    page.table.delete_pressed.emit()
    page.show_target(two)
    assert page.points.rowCount() == 6
    page.show_target(one)
    assert page.points.rowCount() == 5


def test_a_version_published_by_somebody_else_is_told_not_taken(
    page: CalibrationPage, teo: InMemorySession, room: Room, qtbot: QtBot
) -> None:
    camera_id = room.cameras[0].id
    page.show_target(camera_id)
    page.table.choose_row(0)
    page.table.delete_pressed.emit()
    teo.site.publish_configuration(camera_id, configuration().body, "other")
    page._load()
    qtbot.waitUntil(lambda: "meanwhile" in page.errors.sentence)
    assert page.points.rowCount() == 5
    page.errors.action_chosen.emit("overtaken")
    qtbot.waitUntil(lambda: page.points.rowCount() == 6)


def test_tools_have_keys(page: CalibrationPage, qtbot: QtBot) -> None:
    page.activateWindow()
    for tool in (Tool.STOP_LINE, Tool.LAMPS, Tool.STRETCH, Tool.POINTS):
        page.tools.tool_chosen.emit(tool)
        assert page._editor.tool is tool


def test_a_frozen_picture_stands_still(page: CalibrationPage) -> None:
    page.tools.freeze_toggled.emit(True)
    frame = page._frame
    page._pull()
    assert page._frame is frame
    assert "frozen" in page._state.text()
