"""A watched plate is told wherever one is, without taking anything away."""

import threading
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.ids import Login
from app.domain.plate_search import NewWatch
from tests.builders.plates import REASON, sighting
from tests.fakes.desktop import Room
from widgets.application import Desktop
from widgets.shell.watch_notice import SOURCE


@pytest.fixture
def watched(room: Room) -> Room:
    """Return a room where AHK-472 is watched for, and passed once already."""
    session = room.server.login(Login("sofia"), "sofia-opens-sesame")
    expires = room.services.clock.now() + timedelta(days=1)
    session.plates.add_watch(NewWatch(plate="AHK472", reason=REASON, expires=expires))
    drive_past(room, "AHK-472")
    return room


def drive_past(room: Room, plate: str) -> None:
    """Let a vehicle pass, in the thread of an engine."""
    seen = sighting(room.cameras[0].id, plate, 1)
    thread = threading.Thread(target=room.server.plates.add, args=([seen],))
    thread.start()
    thread.join()


def enter(desktop: Desktop, who: str, room: Room, qtbot: QtBot) -> None:
    assert desktop.login(who, f"{who}-opens-sesame")
    qtbot.waitUntil(lambda: len(room.server._callbacks) == 1)
    workspace = desktop.window.workspace
    assert workspace is not None
    notice = workspace._notice
    if notice is not None:
        qtbot.waitUntil(lambda: notice._newest is not None)


def test_what_passes_now_is_told_and_leads_to_the_page(
    watched: Room, desktop: Desktop, qtbot: QtBot
) -> None:
    enter(desktop, "ana", watched, qtbot)
    bar, workspace = desktop.window.error_bar, desktop.window.workspace
    assert workspace is not None
    assert bar.sentence == ""
    focused = QApplication.focusWidget()
    drive_past(watched, "AHK-4T2")
    qtbot.waitUntil(lambda: bar.sentence.startswith("Watched plate AHK4T2 at Av."))
    assert bar.sentence.endswith(REASON)
    assert (QApplication.focusWidget(), workspace.current_key) == (focused, "wall")
    bar.action_chosen.emit(SOURCE)
    assert (workspace.current_key, bar.sentence) == ("plates", "")


def test_several_are_counted(watched: Room, desktop: Desktop, qtbot: QtBot) -> None:
    enter(desktop, "sofia", watched, qtbot)
    watched.server._callbacks, kept = [], watched.server._callbacks
    for _ in range(3):
        drive_past(watched, "AHK-472")
    watched.server._callbacks = kept
    watched.server.tell("watch_hit", None)
    qtbot.waitUntil(lambda: desktop.window.error_bar.sentence.endswith("· +2"))


def test_a_connection_that_came_back_tells_nothing_twice(
    watched: Room, desktop: Desktop, qtbot: QtBot
) -> None:
    enter(desktop, "ana", watched, qtbot)
    workspace = desktop.window.workspace
    assert workspace is not None
    assert workspace._notice is not None
    watched.server.tell("watch_hit", None)
    drive_past(watched, "XYZ-999")
    asked: list[object] = []
    workspace._background.query(workspace, "after", list, asked.append, asked.append)
    qtbot.waitUntil(lambda: bool(asked))
    assert desktop.window.error_bar.sentence == ""


@pytest.mark.parametrize("who", ["teo", "admin", "aurora"])
def test_who_may_not_search_is_not_told(
    watched: Room, desktop: Desktop, qtbot: QtBot, who: str
) -> None:
    enter(desktop, who, watched, qtbot)
    assert desktop.window.workspace is not None
    assert desktop.window.workspace._notice is None
