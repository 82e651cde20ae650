"""The auditor finds an act, reads it in full, and takes the trail away."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.audit import AuditTrouble, ChainFault
from app.domain.ids import Login
from tests.fakes.desktop import Room, control_room
from tests.fakes.manual_clock import ManualClock
from widgets.audit.audit_page import AuditPage
from widgets.common.background import Background
from widgets.services import PageContext

_WAIT_MS = 20_000
_SAVES = 130
Open = Callable[..., AuditPage]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a room in which teo saved a camera often, and admin once."""
    made = control_room(tmp_path, ManualClock(), cases=0, cameras=1)
    made.server.trail.entries.clear()
    for login, times in (("teo", _SAVES), ("admin", 1)):
        session = made.server.login(Login(login), f"{login}-opens-sesame")
        for n in range(times):
            session.site.save_camera(replace(made.cameras[0], name=f"{login} {n}"))
    return made


@pytest.fixture
def open_page(qtbot: QtBot, room: Room) -> Iterator[Open]:
    background = Background()
    opened: list[AuditPage] = []

    def made(login: str = "aurora") -> AuditPage:
        session = room.server.login(Login(login), f"{login}-opens-sesame")
        page = AuditPage(
            PageContext(services=room.services, session=session), background
        )
        qtbot.addWidget(page)
        page.resize(1310, 742)
        page.show()
        page.activate()
        opened.append(page)
        return page

    yield made
    for page in opened:
        page.close_page()
    background.close()


def _loaded(qtbot: QtBot, page: AuditPage, count: int) -> None:
    qtbot.waitUntil(lambda: len(page.entries.entries) == count, timeout=_WAIT_MS)


def _type(field: QWidget, text: str) -> None:
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_newest_act_is_shown_in_full(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    _loaded(qtbot, page, 100)
    assert page.entries.count_text == "Entries: 100+"
    number, time, login, act, _, workstation, _ = page.panel.facts
    assert (number, login, act) == (str(_SAVES + 1), "admin", "Saved a camera")
    assert time.startswith("2026-")
    assert workstation == "127.0.0.1 atalaya"
    assert '"name": "admin 0"' in page.panel._detail.toPlainText()


def test_further_pages_follow(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    _loaded(qtbot, page, 100)
    page.entries.setFocus()
    QTest.keyClick(page.entries._table, Qt.Key.Key_M)
    _loaded(qtbot, page, _SAVES + 1)
    sequences = [entry.sequence for entry in page.entries.entries]
    assert sequences == list(range(_SAVES + 1, 0, -1))
    assert page.entries.count_text == f"Entries: {_SAVES + 1}"
    assert not page.entries._next.isVisible()


def test_by_person_and_text(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    _type(page.form._person, "Admin")
    _loaded(qtbot, page, 1)
    page.form._person.clear()
    _type(page.form._text, "teo 12")
    _loaded(qtbot, page, 11)


def test_by_act_and_period(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    _loaded(qtbot, page, 100)
    page.form._act.setCurrentIndex(1)
    page.form.ask()
    _loaded(qtbot, page, 0)
    assert page.entries.empty_text == "No entry matches."
    assert page.panel.facts == ["—"] * 7
    page.entries.all_wanted.emit()
    _loaded(qtbot, page, 100)
    page.form._period.setCurrentIndex(1)
    query = page.form.query()
    assert query.since is not None
    assert (page.form._clock.now() - query.since).days == 1


def test_the_trail_is_taken_away_as_it_is_filtered(
    qtbot: QtBot, room: Room, open_page: Open
) -> None:
    page = open_page()
    _type(page.form._person, "teo")
    _loaded(qtbot, page, 100)
    QTest.keyClick(page, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: ".csv" in page.panel.note, timeout=_WAIT_MS)
    assert page.panel.note.endswith(f": {_SAVES}")
    (file,) = room.services.export.glob("audit-*.csv")
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == _SAVES + 1


def test_a_sound_chain_is_told(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    _loaded(qtbot, page, 100)
    QTest.keyClick(page, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: "the chain holds" in page.panel.note, timeout=_WAIT_MS)


@pytest.mark.parametrize(
    ("trouble", "sequence", "said"),
    [
        (AuditTrouble.ALTERED, 7, "▲ Entry 7 was altered."),
        (AuditTrouble.MISSING_BEFORE, 7, "▲ Entries before 7 are missing."),
        (AuditTrouble.MISSING_AFTER, 7, "▲ Entries after 7 are missing."),
        (AuditTrouble.REBUILT, 7, "▲ The chain is broken at entry 7."),
        (
            AuditTrouble.OUTSIDE_THE_CHAIN,
            None,
            "▲ An entry stands outside of the chain.",
        ),
    ],
)
def test_a_broken_chain_is_an_alarm(
    qtbot: QtBot,
    room: Room,
    open_page: Open,
    trouble: AuditTrouble,
    sequence: int | None,
    said: str,
) -> None:
    room.server.trail.fault = ChainFault(trouble=trouble, sequence=sequence)
    page = open_page()
    _loaded(qtbot, page, 100)
    QTest.keyClick(page, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: page.panel.note == said, timeout=_WAIT_MS)
    assert page.panel._note.property("role") == "alarm"


def test_what_the_server_refuses_is_told(qtbot: QtBot, open_page: Open) -> None:
    """The page is offered to nobody else; this is for rights taken away meanwhile."""
    page = open_page("teo")
    qtbot.waitUntil(page._errors.isVisible, timeout=_WAIT_MS)
    assert page.entries.entries == []


def test_texts_follow_the_language(qtbot: QtBot, open_page: Open) -> None:
    page = open_page()
    _loaded(qtbot, page, 100)
    page.form._act.setCurrentIndex(3)
    page.retranslate()
    assert page.form._act.currentIndex() == 3
    assert page.panel.facts[0] == str(_SAVES + 1)
