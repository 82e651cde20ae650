"""The window around the pages: rail, keys, palette, language, faults, log-out."""

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraState
from app.domain.errors import DatabaseUnavailable
from tests.builders.infractions import speeding
from tests.fakes.desktop import Room
from tests.fakes.in_memory import InMemorySession
from widgets import theme
from widgets.application import Desktop
from widgets.shell.command import fuzzy_score
from widgets.shell.workspace import Workspace
from widgets.theme import Mode


def enter(desktop: Desktop, who: str) -> Workspace:
    assert desktop.login(who, f"{who}-opens-sesame")
    workspace = desktop.window.workspace
    assert workspace is not None
    return workspace


@pytest.mark.parametrize(
    ("who", "keys"),
    [
        ("ana", ["wall", "review", "dashboard", "footage", "plates"]),
        ("sofia", ["wall", "review", "dashboard", "reports", "footage", "plates"]),
        ("teo", ["wall", "cameras", "calibration", "footage", "models"]),
        ("admin", ["wall", "cameras", "models", "people", "retention"]),
        ("aurora", ["wall", "review", "dashboard", "audit"]),
    ],
)
def test_a_person_sees_only_the_pages_of_the_job(
    desktop: Desktop, who: str, keys: list[str]
) -> None:
    workspace = enter(desktop, who)
    assert [entry.key for entry in workspace.entries] == keys
    workspace.show_page("no such page")
    assert workspace.current_key == "wall"


def test_a_page_is_made_when_it_is_first_shown(desktop: Desktop) -> None:
    workspace = enter(desktop, "sofia")
    assert list(workspace._pages) == ["wall"]
    wall = workspace.page
    desktop.show_page("review")
    desktop.show_page("wall")
    assert workspace.page is wall


def test_function_keys_go_to_pages(desktop: Desktop, qtbot: QtBot) -> None:
    workspace = enter(desktop, "sofia")
    with qtbot.waitSignal(workspace.page_shown) as shown:
        QTest.keyClick(desktop.window, Qt.Key.Key_F2)
    assert shown.args == ["review"]


@pytest.mark.parametrize("who", ["ana", "sofia", "teo", "admin", "aurora"])
def test_no_key_of_a_page_is_a_key_of_the_rail(desktop: Desktop, who: str) -> None:
    """Where two answer to one key, Qt lets neither."""
    workspace = enter(desktop, who)
    taken = {f"F{number}" for number in range(1, len(workspace.entries) + 1)}
    for entry in workspace.entries:
        desktop.show_page(entry.key)
        page = workspace.page
        assert page is not None
        own = {shortcut.key().toString() for shortcut in page.findChildren(QShortcut)}
        assert not own & taken, entry.key


def test_log_out_closes_the_session_and_stops_the_listener(
    room: Room, desktop: Desktop, qtbot: QtBot
) -> None:
    enter(desktop, "ana")
    qtbot.waitUntil(lambda: len(room.server._callbacks) == 1)
    desktop.window.log_out()
    qtbot.waitUntil(lambda: not room.server._callbacks)
    assert desktop.window.workspace is None
    assert desktop.window.login_page.isVisible()


def test_the_palette_finds_and_does(desktop: Desktop, qtbot: QtBot) -> None:
    workspace = enter(desktop, "sofia")
    QTest.keyClick(desktop.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = desktop.window.palette_box
    assert palette.isVisible()
    names = palette.names
    assert len(names) == len(set(names))
    assert {"Live wall", "Reports", "Freeze", "Log out"} <= set(names)
    palette.type_text("fgrs")
    assert palette.names[0] == "Figures"
    QTest.keyClick(palette._input, Qt.Key.Key_Return)
    assert workspace.current_key == "dashboard"
    assert palette.isHidden()


def test_the_palette_keeps_letters_from_the_page(desktop: Desktop) -> None:
    workspace = enter(desktop, "sofia")
    desktop.window._ask_palette()
    tiles = workspace.page.canvas.grid.tiles_shown  # type: ignore[union-attr]
    QTest.keyClick(desktop.window.palette_box._input, Qt.Key.Key_G)
    assert desktop.window.palette_box._input.text() == "g"
    assert workspace.page.canvas.grid.tiles_shown == tiles  # type: ignore[union-attr]
    QTest.keyClick(desktop.window.palette_box._input, Qt.Key.Key_Escape)
    assert desktop.window.palette_box.isHidden()


def test_language_changes_at_once_and_is_remembered(
    room: Room, desktop: Desktop, open_desktop: Callable[[Room], Desktop]
) -> None:
    workspace = enter(desktop, "sofia")
    assert "Reports" in [entry.title() for entry in workspace.entries]
    desktop.window.switch_language()
    desktop.application.processEvents()
    assert "Informes" in [entry.title() for entry in workspace.entries]
    assert "cámaras" in workspace._status._cameras.text()
    assert "Cerrar sesión" in [command.name for command in desktop.window.commands()]
    desktop.preferences.save()
    again = open_desktop(room)
    assert again.language.code == "es"
    assert again.window.login_page._button.text() == "Entrar"


def test_dark_and_light(desktop: Desktop) -> None:
    assert theme.mode() is Mode.DARK
    desktop.window.switch_mode()
    assert theme.mode() is Mode.LIGHT
    assert desktop.preferences.mode is Mode.LIGHT


def test_full_screen_leaves_only_the_page(desktop: Desktop) -> None:
    workspace = enter(desktop, "ana")
    desktop.window.toggle_full_screen()
    assert desktop.window.isFullScreen()
    assert workspace._rail.isHidden()
    QTest.keyClick(desktop.window, Qt.Key.Key_Escape)
    assert not desktop.window.isFullScreen()
    assert not workspace._rail.isHidden()


def test_a_database_that_goes_and_comes_back_is_told(
    desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_session: InMemorySession) -> float:
        raise DatabaseUnavailable("The server does not answer.")

    workspace = enter(desktop, "ana")
    bar = desktop.window.error_bar
    monkeypatch.setattr(InMemorySession, "ping", gone)
    workspace._database._ask()
    qtbot.waitUntil(lambda: bar.sentence == "The server does not answer.")
    assert "unreachable" in workspace._status._database.text()
    monkeypatch.undo()
    workspace._database._ask()
    qtbot.waitUntil(lambda: bar.sentence == "")


def test_an_engine_that_stops_is_told(
    room: Room, desktop: Desktop, qtbot: QtBot
) -> None:
    workspace = enter(desktop, "ana")
    room.engine.running = False
    room.engine.engine_message = "The engine is being started again."
    workspace._engine.ask()
    assert desktop.window.error_bar.sentence == "The engine is being started again."
    assert "engine stopped" in workspace._status._engine.text()
    room.engine.running, room.engine.engine_message = True, ""
    workspace._engine.ask()
    assert desktop.window.error_bar.sentence == ""


def test_the_status_bar_counts_what_delivers(room: Room, desktop: Desktop) -> None:
    workspace = enter(desktop, "ana")
    room.engine.add(room.cameras[0].id, state=CameraState.OFFLINE)
    room.engine.add(room.cameras[1].id, state=CameraState.DISABLED)
    room.engine.add(room.cameras[2].id, latency_ms=210.0, clock_offset_ms=-900.0)
    workspace._engine.ask()
    status = workspace._status
    assert "2/3" in status._cameras.text()
    assert "▲" in status._cameras.text()
    assert "210\u00a0ms" in status._rates.text()
    assert "−900\u00a0ms" in status._time.text()
    assert "◆" in status._time.text()


def test_a_bug_is_logged_told_and_survived(
    desktop: Desktop, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    error = ZeroDivisionError("boom")
    with caplog.at_level(logging.ERROR):
        sys.excepthook(type(error), error, None)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in desktop.window.error_bar.sentence)
    assert "unhandled exception" in caplog.text
    desktop.window.error_bar.clear()
    worker = threading.Thread(target=lambda: [][1], name="worker")
    with caplog.at_level(logging.CRITICAL):
        worker.start()
        worker.join()
    qtbot.waitUntil(lambda: "IndexError" in desktop.window.error_bar.sentence)


def test_the_hooks_are_given_back(
    room: Room, open_desktop: Callable[[Room], Desktop]
) -> None:
    before = sys.excepthook
    desktop = open_desktop(room)
    assert sys.excepthook != before
    desktop.close()
    assert sys.excepthook == before


def test_where_the_window_was_is_remembered(
    room: Room, desktop: Desktop, open_desktop: Callable[[Room], Desktop]
) -> None:
    # The offscreen platform's screen is too narrow to try the width.
    desktop.window.resize(1200, 713)
    desktop.window.close()
    assert open_desktop(room).window.height() == 713


def test_a_change_on_the_server_reaches_the_page_in_view(
    room: Room, desktop: Desktop, qtbot: QtBot
) -> None:
    workspace = enter(desktop, "ana")
    qtbot.waitUntil(lambda: len(room.server._callbacks) == 1)
    page = workspace.page
    assert page is not None
    qtbot.waitUntil(lambda: len(page.events.events) == 12)  # type: ignore[attr-defined]
    newest = next(iter(room.server.kept.values())).infraction
    thread = threading.Thread(
        target=room.server.add,
        args=(speeding(camera_id=newest.camera_id, occurred=newest.occurred),),
    )
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(page.events.events) == 13)  # type: ignore[attr-defined]


def test_geometry_of_a_stranger_does_not_break_the_window(
    room: Room, open_desktop: Callable[[Room], Desktop]
) -> None:
    (room.services.paths.root).mkdir(parents=True, exist_ok=True)
    ini = room.services.paths.root / "desktop.ini"
    ini.write_text("[General]\ngeometry=nonsense\nlanguage=xx\nmode=pink\n")
    desktop = open_desktop(replace(room))
    assert desktop.window.width() >= 1024
    assert desktop.language.code == "en"


@pytest.mark.parametrize(
    ("typed", "best"),
    [("rep", "Reports"), ("camara", "Cámaras"), ("fs", "Full screen"), ("", "Grid")],
)
def test_the_nearest_name_wins(typed: str, best: str) -> None:
    names = ["Grid", "Freeze", "Reports", "Cámaras", "Full screen", "Profiles"]
    scored = {name: fuzzy_score(typed, name) for name in names}
    found = {name: score for name, score in scored.items() if score is not None}
    assert min(found, key=lambda name: found[name]) == best
    assert fuzzy_score("zzz", "Grid") is None
