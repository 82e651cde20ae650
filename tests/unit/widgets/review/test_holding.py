"""A supervisor holds a case and releases it with the keyboard alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.hold import HoldKind, NewHold
from app.domain.ids import Login
from app.domain.infraction import Case, InfractionState
from tests.fakes.desktop import Room, control_room
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.review.review_page import ReviewPage
from widgets.services import PageContext

_WAIT_MS = 20_000
_WHY = "an objection came in"
Key = Qt.Key


class HoldDesk:
    """A review page with somebody in front of it."""

    def __init__(self, qtbot: QtBot, room: Room, login: str) -> None:
        """Log in and wait for the first case."""
        self.qtbot = qtbot
        self.room = room
        self.store = room.server.login(Login(login), f"{login}-opens-sesame").case_store
        session = room.server.login(Login(login), f"{login}-opens-sesame")
        self.background = Background()
        context = PageContext(services=room.services, session=session)
        self.page = ReviewPage(context, self.background)
        self.page.resize(1310, 742)
        qtbot.addWidget(self.page)
        with qtbot.waitActive(self.page):
            self.page.show()
            self.page.activateWindow()
        self.page.activate()
        qtbot.waitUntil(lambda: self.page.case is not None, timeout=_WAIT_MS)

    @property
    def case(self) -> Case:
        """The case on screen, as the server has it."""
        assert self.page.case is not None
        return self.store.case(self.page.case.infraction.id)

    def press(self, key: Qt.Key, text: str = "") -> None:
        """Press a key wherever the focus is."""
        target = QApplication.focusWidget() or self.page
        if text:
            QTest.keyClicks(target, text)
        else:
            QTest.keyClick(target, key)

    def wait_held(self, holds: int) -> None:
        """Wait until the page shows so many holds."""
        self.qtbot.waitUntil(lambda: self._shown() == holds, timeout=_WAIT_MS)

    def close(self) -> None:
        """Log out."""
        self.page.close_page()
        self.background.close()

    def _shown(self) -> int:
        assert self.page.case is not None
        return len(self.page.case.holds)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a room with one case."""
    return control_room(tmp_path, ManualClock(), cases=1, cameras=1)


@pytest.fixture
def desk(qtbot: QtBot, room: Room) -> Iterator[HoldDesk]:
    """Return a supervisor's desk."""
    made = HoldDesk(qtbot, room, "sofia")
    yield made
    made.close()


def test_h_a_reason_and_return_lock_the_case(desk: HoldDesk) -> None:
    desk.press(Key.Key_H)
    desk.press(Key.Key_unknown, _WHY)
    desk.press(Key.Key_Return)
    desk.wait_held(1)
    (hold,) = desk.case.holds
    assert (hold.kind, hold.reason) == (HoldKind.LOCK, _WHY)
    assert hold.ends == hold.set_at + timedelta(days=90)
    assert _WHY in desk.page._facts.held_text
    assert desk.page._side.currentWidget() is desk.page._facts


def test_tab_leads_to_a_legal_hold_and_decides_nothing(desk: HoldDesk) -> None:
    """No key that is typed there reaches the decisions below."""
    desk.press(Key.Key_H)
    desk.press(Key.Key_unknown, _WHY)
    desk.press(Key.Key_Tab)
    desk.press(Key.Key_Y)
    desk.press(Key.Key_N)
    desk.press(Key.Key_Space)
    desk.press(Key.Key_Backtab)
    desk.press(Key.Key_Return)
    desk.wait_held(1)
    (hold,) = desk.case.holds
    assert (hold.kind, hold.ends) == (HoldKind.HOLD, None)
    assert desk.case.state is InfractionState.PENDING
    assert "Legal hold" in desk.page._facts.held_text


def test_escape_leaves_and_holds_nothing(desk: HoldDesk) -> None:
    desk.press(Key.Key_H)
    desk.press(Key.Key_unknown, _WHY)
    desk.press(Key.Key_Escape)
    assert desk.page._side.currentWidget() is desk.page._facts
    assert desk.case.holds == ()
    assert desk.page._facts.held_text == ""


def test_without_a_reason_nothing_is_held_and_it_is_said(desk: HoldDesk) -> None:
    desk.press(Key.Key_H)
    desk.press(Key.Key_unknown, "so")
    desk.press(Key.Key_Return)
    assert "reason" in desk.page._hold.note
    assert desk.case.holds == ()


def _held_by(room: Room, login: str) -> None:
    store = room.server.login(Login(login), f"{login}-opens-sesame").case_store
    for infraction_id in room.server.kept:
        store.set_hold(infraction_id, NewHold(reason="the court asked"))


def test_what_another_holds_is_released_with_a_reason(qtbot: QtBot, room: Room) -> None:
    _held_by(room, "admin")
    desk = HoldDesk(qtbot, room, "sofia")
    desk.press(Key.Key_H)
    (row,) = desk.page._hold.rows
    row.button.click()
    assert "reason" in desk.page._hold.note
    desk.press(Key.Key_unknown, "the court wrote")
    row.button.click()
    desk.wait_held(0)
    assert desk.case.holds == ()
    assert desk.page._facts.held_text == ""
    desk.close()


def test_nobody_is_offered_to_release_what_is_ones_own(
    qtbot: QtBot, room: Room
) -> None:
    _held_by(room, "sofia")
    desk = HoldDesk(qtbot, room, "sofia")
    desk.press(Key.Key_H)
    (row,) = desk.page._hold.rows
    assert not row.button.isVisible()
    desk.close()


def test_an_operator_sees_the_hold_and_has_no_key_for_it(
    qtbot: QtBot, room: Room
) -> None:
    _held_by(room, "admin")
    desk = HoldDesk(qtbot, room, "ana")
    assert "the court asked" in desk.page._facts.held_text
    desk.press(Key.Key_H)
    assert desk.page._side.currentWidget() is desk.page._facts
    assert not desk.page._bar._hold.isVisible()
    desk.close()
