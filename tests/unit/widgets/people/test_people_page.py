"""An administrator gives sites, lets in, and asks for a password, from the keyboard."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.ids import Login
from app.domain.people import OpenSession, PersonEntry, Site
from app.domain.person import Role
from tests.fakes.desktop import Room, control_room
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.people.people_page import PeoplePage
from widgets.services import PageContext

_WAIT_MS = 20_000
_ANA = Login("ana")
Open = Callable[[], PeoplePage]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Give a room with two sites."""
    made = control_room(tmp_path, ManualClock(), cases=0, cameras=1)
    made.server.people.sites = [Site(id=1, name="Centro"), Site(id=2, name="Sur")]
    return made


@pytest.fixture
def open_page(qtbot: QtBot, room: Room) -> Iterator[Open]:
    background = Background()
    opened: list[PeoplePage] = []

    def made() -> PeoplePage:
        session = room.server.login(Login("admin"), "admin-opens-sesame")
        page = PeoplePage(
            PageContext(services=room.services, session=session), background
        )
        qtbot.addWidget(page)
        page.resize(1310, 742)
        page.show()
        page.activate()
        opened.append(page)
        qtbot.waitUntil(lambda: len(page.table.rows) > 0, timeout=_WAIT_MS)
        return page

    yield made
    for page in opened:
        page.close_page()
    background.close()


def _entry(room: Room, login: str = "ana") -> PersonEntry:
    return room.server.people.people[Login(login)]


def _cell(page: PeoplePage, login: str, column: int) -> str:
    logins = [each.login for each in page.table.rows]
    index = page.table.model.index(logins.index(Login(login)), column)
    return str(page.table.model.data(index))


def test_who_there_is(open_page: Open, room: Room) -> None:
    people = room.server.people.people
    later = room.services.clock.now() + timedelta(seconds=30)
    people[_ANA] = replace(people[_ANA], sites=(2,), locked_until=later)
    teo = Login("teo")
    people[teo] = replace(people[teo], sites=(), active=False)
    page = open_page()
    assert [_cell(page, "ana", c) for c in range(5)] == [
        "ana",
        "Ana Quispe",
        "Operator",
        "Sur",
        "▲ Locked out",
    ]
    assert [_cell(page, "teo", c) for c in (3, 4)] == ["No site", "■ Out"]
    assert [_cell(page, "admin", c) for c in (3, 4)] == ["All sites", ""]


def test_sites_are_given_from_the_keyboard(
    qtbot: QtBot, open_page: Open, room: Room
) -> None:
    page = open_page()
    page.table.choose(_ANA)
    box = page.panel.sites
    QTest.keyClick(box._all, Qt.Key.Key_Space)
    QTest.keyClick(box._list, Qt.Key.Key_Space)
    assert box.chosen == (2,)
    QTest.keyClick(page.panel, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: _entry(room).sites == (2,), timeout=_WAIT_MS)
    qtbot.waitUntil(lambda: _cell(page, "ana", 3) == "Sur", timeout=_WAIT_MS)
    assert page.panel.note == "The sites are saved."
    QTest.keyClick(box._all, Qt.Key.Key_Space)
    page.panel._save.click()
    qtbot.waitUntil(lambda: _entry(room).sites is None, timeout=_WAIT_MS)


def test_nobody_acts_on_oneself(open_page: Open) -> None:
    page = open_page()
    page.table.choose(Login("admin"))
    panel = page.panel
    parts = (panel.sites, panel._save, panel._active, panel.password._ask)
    assert not any(part.isEnabled() for part in parts)
    assert "where you log in" in panel.password.said


def test_put_out_and_let_in(qtbot: QtBot, open_page: Open, room: Room) -> None:
    page = open_page()
    page.table.choose(_ANA)
    assert page.panel._active.text() == "Put out"
    QTest.keyClick(page.table.table, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: not _entry(room).active, timeout=_WAIT_MS)
    qtbot.waitUntil(
        lambda: page.panel._active.text() == "Let in again", timeout=_WAIT_MS
    )
    page.panel._active.click()
    qtbot.waitUntil(lambda: _entry(room).active, timeout=_WAIT_MS)


def test_whoever_is_locked_out_is_let_in(
    qtbot: QtBot, open_page: Open, room: Room
) -> None:
    later = room.services.clock.now() + timedelta(seconds=30)
    people = room.server.people.people
    people[_ANA] = replace(people[_ANA], locked_until=later)
    page = open_page()
    page.table.choose(Login("teo"))
    assert page.panel._unlock.isHidden()
    page.table.choose(_ANA)
    QTest.keyClick(page.table.table, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: _entry(room).locked_until is None, timeout=_WAIT_MS)


def test_a_password_is_asked_for_and_shown_once(
    qtbot: QtBot, open_page: Open, room: Room
) -> None:
    page = open_page()
    page.table.choose(_ANA)
    reason = page.panel.password._reason
    QTest.keyClicks(reason, "why")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    assert _entry(room).reset_asked_by is None
    QTest.keyClicks(reason, " not")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "fresh-password-1" in page.panel.note, timeout=_WAIT_MS)
    qtbot.waitUntil(
        lambda: _cell(page, "ana", 4) == "◆ A reset waits", timeout=_WAIT_MS
    )
    # One's own: it can only be taken back.
    assert page.panel.password._approve.isHidden()
    page.table.choose(Login("teo"))
    assert page.panel.note == ""


def test_another_ones_reset_is_approved(
    qtbot: QtBot, open_page: Open, room: Room
) -> None:
    people = room.server.people.people
    people[_ANA] = replace(people[_ANA], reset_asked_by=Login("elvira"))
    page = open_page()
    page.table.choose(_ANA)
    assert page.panel.password.said == "elvira asked for a new one."
    QTest.keyClick(page.table.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: _entry(room).must_change_password, timeout=_WAIT_MS)


def test_somebody_is_made_from_the_keyboard(
    qtbot: QtBot, open_page: Open, room: Room
) -> None:
    page = open_page()
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.new.isVisible()
    QTest.keyClicks(page.new.login, "eva")
    QTest.keyClicks(page.new.full_name, "Eva Soto")
    page.new.role.setCurrentIndex(1)
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "fresh-password-1" in page.panel.note, timeout=_WAIT_MS)
    made = _entry(room, "eva")
    assert (made.full_name, made.role) == ("Eva Soto", Role.SUPERVISOR)
    current = page.table.current
    assert current is not None
    assert current.login == "eva"
    page.table.choose(_ANA)
    assert page.panel.note == ""


def test_a_login_that_is_taken_is_told_and_nothing_typed_is_lost(
    qtbot: QtBot, open_page: Open, room: Room
) -> None:
    page = open_page()
    page.head.new.click()
    QTest.keyClicks(page.new.login, "ana")
    QTest.keyClicks(page.new.full_name, "Ana Otra")
    page.new._make.click()
    qtbot.waitUntil(lambda: page._errors.isVisible(), timeout=_WAIT_MS)
    assert page.new.isVisible()
    assert page.new.full_name.text() == "Ana Otra"
    assert _entry(room).full_name == "Ana Quispe"


def test_escape_makes_nobody(open_page: Open, room: Room) -> None:
    page = open_page()
    before = dict(room.server.people.people)
    page.head.new.click()
    QTest.keyClicks(page.new.login, "eva")
    QTest.keyClick(page.new.login, Qt.Key.Key_Escape)
    assert page.panel.isVisible()
    assert room.server.people.people == before


def test_sessions_are_seen_and_ended(qtbot: QtBot, open_page: Open, room: Room) -> None:
    now = room.services.clock.now()
    room.server.people.sessions[:] = [
        OpenSession(login=_ANA, address=address, application="Atalaya", since=now - age)
        for address, age in (
            ("10.0.0.7", timedelta(hours=2)),
            ("10.0.0.7", timedelta(hours=1)),
            ("10.0.0.9", timedelta(hours=1)),
        )
    ]
    page = open_page()
    page.table.choose(Login("teo"))
    assert page.panel.sessions.said == "From nowhere."
    assert page.panel.sessions.end.isHidden()
    page.table.choose(_ANA)
    assert [line.split(" ")[0] for line in page.panel.sessions.said.splitlines()] == [
        "10.0.0.7",
        "10.0.0.9",
    ]
    QTest.keyClick(page.table.table, Qt.Key.Key_X)
    qtbot.waitUntil(
        lambda: page.panel.sessions.said == "From nowhere.", timeout=_WAIT_MS
    )
    assert room.server.people.sessions == []
