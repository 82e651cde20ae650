"""An administrator reads and changes the terms, and sees what is due by them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.errors import DatabaseUnavailable
from app.domain.ids import Login
from app.domain.infraction import InfractionKind, InfractionState
from tests.fakes.desktop import Room, control_room
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.retention.retention_page import RetentionPage
from widgets.retention.term import Term
from widgets.services import PageContext

_WAIT_MS = 20_000
_CASES = 12
Open = Callable[[], RetentionPage]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def room(tmp_path: Path, clock: ManualClock) -> Room:
    return control_room(tmp_path, clock, cases=_CASES, cameras=1)


@pytest.fixture
def open_page(qtbot: QtBot, room: Room) -> Iterator[Open]:
    background = Background()
    opened: list[RetentionPage] = []

    def made() -> RetentionPage:
        session = room.server.login(Login("admin"), "admin-opens-sesame")
        page = RetentionPage(
            PageContext(services=room.services, session=session), background
        )
        qtbot.addWidget(page)
        page.resize(1310, 742)
        page.show()
        page.activate()
        opened.append(page)
        qtbot.waitUntil(lambda: _counted(page), timeout=_WAIT_MS)
        return page

    yield made
    for page in opened:
        page.close_page()
    background.close()


def _counted(page: RetentionPage) -> bool:
    return any(term.due is not None for term in page.table.rows)


def _choose(page: RetentionPage, state: InfractionState) -> int:
    wanted = (InfractionKind.SPEEDING, state)
    for row, term in enumerate(page.table.rows):
        if term.rule is not None and (term.rule.kind, term.rule.state) == wanted:
            page.table.table.choose_row(row)
            return row
    raise AssertionError("no such term")


def test_a_term_is_changed_from_the_keyboard(
    open_page: Open, room: Room, qtbot: QtBot
) -> None:
    page = open_page()
    row = _choose(page, InfractionState.REJECTED)
    days = page.table.rows[row].keep_days
    page.panel.days.setFocus()
    QTest.keyClick(page.panel.days, Qt.Key.Key_Up)
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: page.table.rows[row].keep_days == days + 1, timeout=_WAIT_MS
    )
    assert "seven days" in page.panel.note
    assert page.table.current == page.table.rows[row]
    key = (InfractionKind.SPEEDING, InfractionState.REJECTED)
    assert room.server.retention.rules[key].keep_days == days + 1


def test_plates_have_a_term_of_their_own(
    open_page: Open, room: Room, qtbot: QtBot
) -> None:
    page = open_page()
    page.table.table.choose_row(len(page.table.rows) - 1)
    assert page.panel.days.maximum() == 365
    page.panel.days.setValue(45)
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.table.rows[-1].keep_days == 45, timeout=_WAIT_MS)
    assert room.server.plates.keep_days == 45


def test_what_is_due_is_counted(
    open_page: Open, clock: ManualClock, qtbot: QtBot
) -> None:
    clock.advance(timedelta(days=4000))
    page = open_page()
    _choose(page, InfractionState.PENDING)
    due = _due(page.table.current)
    assert due > 0
    assert page.panel.due.startswith(f"{due} cases go")


def test_nothing_is_due_in_a_young_room(open_page: Open) -> None:
    page = open_page()
    _choose(page, InfractionState.PENDING)
    assert _due(page.table.current) == 0
    assert page.panel.due == "Nothing."


def test_a_begun_number_survives_the_count(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()
    _choose(page, InfractionState.PENDING)
    page.panel.days.setValue(99)
    page.activate()
    qtbot.waitUntil(lambda: page.panel.due == "Nothing.", timeout=_WAIT_MS)
    assert page.panel.days.value() == 99


def test_a_server_that_is_away_is_told_and_the_number_stays(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    _choose(page, InfractionState.PENDING)

    def away(*_: object) -> None:
        raise DatabaseUnavailable("The server does not answer.")

    monkeypatch.setattr(page._retention, "set_days", away)
    page.panel.days.setValue(99)
    page.panel.days_wanted.emit(99)
    qtbot.waitUntil(lambda: page._errors.isVisible(), timeout=_WAIT_MS)
    assert page.panel.days.value() == 99
    assert not page.panel.note


def _due(term: Term | None) -> int:
    assert term is not None
    assert term.due is not None
    return term.due.case_count
