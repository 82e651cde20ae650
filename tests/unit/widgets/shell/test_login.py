"""Logging in: who may, who may not, and what is said about it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.clock import SystemClock
from app.domain.ids import Login
from tests.fakes.desktop import DeadServer, Room, control_room
from widgets.application import Desktop
from widgets.preferences import Preferences
from widgets.shell.login_page import LoginPage
from widgets.shell.password_edit import PasswordEdit

ANA = Login("ana")
PASSWORD = "ana-opens-sesame"


def test_the_right_password_opens_the_first_page(desktop: Desktop) -> None:
    assert desktop.login("ana", PASSWORD)
    workspace = desktop.window.workspace
    assert workspace is not None
    assert workspace.current_key == "wall"
    assert desktop.window.login_page.isHidden()


def test_a_wrong_password_is_said_and_forgotten(desktop: Desktop) -> None:
    assert not desktop.login("ana", "wrong")
    page = desktop.window.login_page
    assert "password is wrong" in page.trouble
    assert desktop.login("ana", PASSWORD)
    assert page.trouble == ""


def test_a_dead_server_is_said_and_the_window_goes_on(
    room: Room, open_desktop: Callable[[Room], Desktop]
) -> None:
    dead = replace(room.services, connect=lambda _dsn: DeadServer())
    desktop = open_desktop(replace(room, services=dead))
    assert not desktop.login("ana", PASSWORD)
    assert "does not answer" in desktop.window.login_page.trouble
    assert desktop.window.login_page._button.isEnabled()


def test_demo_people_enter_with_one_click(desktop: Desktop, qtbot: QtBot) -> None:
    page = desktop.window.login_page
    sofia = next(button for button in page._demo if button.text() == "Sofia")
    with qtbot.waitSignal(desktop.window.logged_in) as entered:
        sofia.click()
    assert entered.args == ["sofia"]


def test_outside_the_demo_nobody_is_offered(tmp_path: Path, qtbot: QtBot) -> None:
    room = control_room(tmp_path, SystemClock(), demo_logins=())
    page = LoginPage(room.services.default_dsn, room.services.demo_logins)
    qtbot.addWidget(page)
    assert page._demo == []


def test_return_submits_what_was_typed(qtbot: QtBot) -> None:
    page = LoginPage("dbname=here", ())
    qtbot.addWidget(page)
    page.fill("", "ana")
    with qtbot.waitActive(page):
        page.show()
    page._password.setFocus()
    QTest.keyClicks(page._password, "secret")
    with qtbot.waitSignal(page.submitted) as submitted:
        QTest.keyClick(page._password, Qt.Key.Key_Return)
    assert submitted.args == ["dbname=here", "ana", "secret"]


def test_without_a_name_the_server_is_not_asked(qtbot: QtBot) -> None:
    page = LoginPage("dbname=here", ())
    qtbot.addWidget(page)
    with qtbot.assertNotEmitted(page.submitted):
        page._button.click()


def test_caps_lock_is_noticed_from_what_arrives(qtbot: QtBot) -> None:
    field = PasswordEdit()
    qtbot.addWidget(field)
    seen: list[bool] = []
    field.caps_lock_seen.connect(seen.append)
    plain = Qt.KeyboardModifier.NoModifier
    shift = Qt.KeyboardModifier.ShiftModifier
    typed = ((Qt.Key.Key_A, plain, "a"), (Qt.Key.Key_A, plain, "A"))
    for key, modifier, text in (
        *typed,
        (Qt.Key.Key_A, shift, "A"),
        (Qt.Key.Key_7, plain, "7"),
    ):
        press = QEvent.Type.KeyPress
        QApplication.sendEvent(field, QKeyEvent(press, key, modifier, text))
    assert seen == [False, True, False]


def test_the_last_name_and_server_are_remembered_but_no_password(
    room: Room, desktop: Desktop
) -> None:
    assert desktop.login("ana", PASSWORD, dsn="host=db.example dbname=atalaya")
    desktop.window.log_out()
    remembered = Preferences(room.services.paths)
    assert remembered.last_login == "ana"
    assert remembered.last_server == "host=db.example dbname=atalaya"
    desktop.preferences.save()
    ini = (room.services.paths.root / "desktop.ini").read_text()
    assert PASSWORD not in ini


def test_a_server_address_that_holds_a_password_is_not_remembered(
    room: Room,
) -> None:
    preferences = Preferences(room.services.paths)
    for dsn in ("postgresql://ana:pw@host/db", "host=h password=pw"):
        preferences.set_last_server(dsn)
        assert preferences.last_server == ""


def test_somebody_who_must_change_the_password_chooses_one_here(
    desktop: Desktop, room: Room, qtbot: QtBot
) -> None:
    """The server lets nothing else happen; the page asks for what is needed."""
    people = room.server.people.people
    people[ANA] = replace(people[ANA], must_change_password=True)
    page = desktop.window.login_page
    page.fill("", "ana")
    page._password.setText(PASSWORD)
    page._button.click()
    qtbot.waitUntil(lambda: "another password" in page.trouble)
    assert not page._new.isHidden()
    _type_new(page, "several quiet words", "several quiet words")
    with qtbot.waitSignal(desktop.window.logged_in):
        page._button.click()
    assert page._new.isHidden()
    assert room.server.passwords["ana"] == "several quiet words"


def test_two_that_differ_do_not_reach_the_server(qtbot: QtBot) -> None:
    page = LoginPage("dbname=here", ())
    qtbot.addWidget(page)
    page.fill("", "ana")
    page._change.click()
    _type_new(page, "several quiet words", "several quite words")
    with qtbot.assertNotEmitted(page.change_submitted):
        page._button.click()
    assert "differ" in page.trouble
    assert page._new.text == ""


def test_a_weak_one_is_said_and_the_old_one_stays(
    desktop: Desktop, room: Room, qtbot: QtBot
) -> None:
    page = desktop.window.login_page
    page.fill("", "ana")
    page._password.setText(PASSWORD)
    page._change.click()
    _type_new(page, "short", "short")
    with qtbot.waitSignal(desktop.window.login_refused):
        page._button.click()
    assert "12 to 128" in page.trouble
    assert not page._new.isHidden()
    assert room.server.passwords["ana"] == PASSWORD


def test_nothing_of_a_change_stays_when_it_is_given_up(qtbot: QtBot) -> None:
    page = LoginPage("dbname=here", ())
    qtbot.addWidget(page)
    page.fill("", "ana")
    page._password.setText("as it is")
    page._change.click()
    _type_new(page, "several quiet words", "several quiet words")
    page._change.click()
    assert page._new.text == ""
    with qtbot.waitSignal(page.submitted) as submitted:
        page._button.click()
    assert submitted.args == ["dbname=here", "ana", "as it is"]


def _type_new(page: LoginPage, new: str, again: str) -> None:
    for field, text in zip(page._new._fields, (new, again), strict=True):
        field.setText(text)
