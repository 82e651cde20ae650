"""A case on screen is in one person's hand, and the trail knows who looked at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.ids import Login
from app.domain.infraction import Case
from app.domain.reading import ReadingPurpose
from tests.fakes.desktop import Room, control_room
from tests.fakes.in_memory import InMemorySession
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.review.case_in_hand import CaseInHand

_WAIT_MS = 20_000
Hand = Callable[[str], tuple[CaseInHand, InMemorySession]]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return control_room(tmp_path, ManualClock(), cases=2, cameras=1)


@pytest.fixture
def hand(qtbot: QtBot, room: Room) -> Iterator[Hand]:
    background = Background()

    def made(login: str) -> tuple[CaseInHand, InMemorySession]:
        session = room.server.login(Login(login), f"{login}-opens-sesame")
        return CaseInHand(session.case_store, session.person, background), session

    yield made
    background.close()


def _cases(session: InMemorySession) -> list[Case]:
    return session.case_store.cases()


def test_a_case_is_taken_traced_and_let_go(
    qtbot: QtBot, hand: Hand, room: Room
) -> None:
    mine, session = hand("ana")
    first, second = _cases(session)
    mine.show(first)
    qtbot.waitUntil(
        lambda: mine.claim_of(first.infraction.id) is not None, timeout=_WAIT_MS
    )
    assert mine.claim_of(second.infraction.id) is None
    acts = [(e.action, e.subject) for e in room.server.trail.entries]
    assert (f"read_{ReadingPurpose.OPEN}", str(first.infraction.id)) in acts
    mine.show(second)
    qtbot.waitUntil(
        lambda: mine.claim_of(second.infraction.id) is not None, timeout=_WAIT_MS
    )
    assert room.server.kept[first.infraction.id].claim is None
    mine.leave()
    qtbot.waitUntil(
        lambda: room.server.kept[second.infraction.id].claim is None, timeout=_WAIT_MS
    )


def test_a_case_in_other_hands_is_told_and_taken_when_it_is_free(
    qtbot: QtBot, hand: Hand
) -> None:
    mine, session = hand("ana")
    theirs, _ = hand("sofia")
    case = _cases(session)[0]
    mine.show(case)
    qtbot.waitUntil(
        lambda: mine.claim_of(case.infraction.id) is not None, timeout=_WAIT_MS
    )
    with qtbot.waitSignal(theirs.elsewhere, timeout=_WAIT_MS) as told:
        theirs.show(case)
    assert told.args == ["ana"]
    assert theirs.claim_of(case.infraction.id) is None
    mine.leave()
    with qtbot.waitSignal(theirs.elsewhere, timeout=_WAIT_MS) as told:
        theirs.retry()
    assert told.args == [""]
    assert theirs.claim_of(case.infraction.id) is not None
    theirs.leave()


def test_the_auditor_takes_nothing_in_hand(
    qtbot: QtBot, hand: Hand, room: Room
) -> None:
    mine, session = hand("aurora")
    case = _cases(session)[0]
    before = len(room.server.trail.entries)
    mine.show(case)
    qtbot.waitUntil(lambda: len(room.server.trail.entries) > before, timeout=_WAIT_MS)
    assert room.server.kept[case.infraction.id].claim is None
