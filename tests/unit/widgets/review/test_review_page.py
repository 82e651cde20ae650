"""A reviewer works through the queue with the keyboard alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.clock import CaptureTime
from app.domain.ids import ConfigurationId, Login
from app.domain.infraction import Case, InfractionState, RejectReason, Review, Verdict
from app.domain.plate import PlateReading
from app.review.queue import CaseFilter
from tests.builders.footage import Drive
from tests.builders.infractions import red_light, speeding
from tests.fakes.desktop import Room, control_room
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.review.review_page import ReviewPage
from widgets.services import PageContext

_WAIT_MS = 20_000
Key = Qt.Key


class Desk:
    """A review page with a reviewer in front of it."""

    def __init__(self, qtbot: QtBot, room: Room, login: str = "sofia") -> None:
        """Log in and show the page."""
        self.qtbot = qtbot
        self.room = room
        self.session = room.server.login(Login(login), f"{login}-opens-sesame")
        self.background = Background()
        context = PageContext(services=room.services, session=self.session)
        self.page = ReviewPage(context, self.background)
        self.page.resize(1310, 742)
        qtbot.addWidget(self.page)
        with qtbot.waitActive(self.page):
            self.page.show()
            self.page.activateWindow()
        self.page.activate()

    def press(self, key: Qt.Key, text: str = "") -> None:
        """Press a key wherever the focus is."""
        target = QApplication.focusWidget() or self.page
        if text:
            QTest.keyClicks(target, text)
        else:
            QTest.keyClick(target, key)

    def wait_for(self, case: Case) -> None:
        """Wait until a case is on screen with its evidence."""
        self.qtbot.waitUntil(
            lambda: self._shows(case) and self.page._media is not None,
            timeout=_WAIT_MS,
        )

    def state(self, case: Case) -> InfractionState:
        """Ask the server."""
        return self.session.case_store.case(case.infraction.id).state

    def wait_state(self, case: Case, state: InfractionState) -> None:
        """Wait until the server has a state and the page has heard of it."""
        self.qtbot.waitUntil(lambda: self.state(case) is state, timeout=_WAIT_MS)

    def close(self) -> None:
        """Log out."""
        self.page.close_page()
        self.background.close()

    def _shows(self, case: Case) -> bool:
        shown = self.page.case
        return shown is not None and shown.infraction.id == case.infraction.id


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a room with three cases: newest red light, then two of speeding."""
    clock = ManualClock()
    made = control_room(tmp_path, clock, cases=0, cameras=1)
    store = MemoryEvidenceStore()
    version = made.server.versions[made.cameras[0].id][-1]
    for place, make in enumerate((red_light, speeding, speeding)):
        time = CaptureTime(
            stream_ns=10**10,
            monotonic_ns=10**10,
            wall=clock.now() - timedelta(minutes=5 * place),
        )
        finding = make(camera_id=made.cameras[0].id, occurred=time)
        origin = replace(
            finding.provenance, configuration_id=ConfigurationId(UUID(version.id))
        )
        finding = replace(finding, provenance=origin)
        drive = Drive(infraction=finding, configuration=version, fps=8, scale=0.25)
        made.server.add(replace(finding, evidence=drive.evidence(store, tmp_path)))
    return replace(made, services=replace(made.services, evidence=store))


@pytest.fixture
def desk(qtbot: QtBot, room: Room) -> Iterator[Desk]:
    """Return a supervisor's desk with the first case on screen."""
    made = Desk(qtbot, room)
    made.wait_for(_cases(room)[0])
    yield made
    made.close()


def _cases(room: Room) -> list[Case]:
    session = room.server.login(Login("ana"), "ana-opens-sesame")
    return session.case_store.cases()


def test_the_newest_case_is_shown_checked(desk: Desk) -> None:
    facts = desk.page._facts
    assert "1.48" in facts.headline
    assert "6 files" in facts.verified_text
    assert desk.page._stage.has_picture


def test_y_confirms_and_goes_on(desk: Desk) -> None:
    first, second, _ = _cases(desk.room)
    desk.press(Key.Key_Y)
    desk.wait_state(first, InfractionState.CONFIRMED)
    desk.wait_for(second)
    assert "Confirmed ABC-123" in desk.page._bar.said
    assert desk.page._bar.can_undo


def test_n_and_one_key_reject_with_a_reason(desk: Desk) -> None:
    first, second, _ = _cases(desk.room)
    desk.press(Key.Key_N)
    desk.press(Key.Key_B)
    desk.wait_state(first, InfractionState.REJECTED)
    review = desk.session.case_store.case(first.infraction.id).reviews[-1]
    assert review.reason is RejectReason.OBSTRUCTED
    desk.wait_for(second)


def test_tab_leads_to_a_comment_that_goes_with_the_reason(desk: Desk) -> None:
    first = _cases(desk.room)[0]
    desk.press(Key.Key_N)
    desk.press(Key.Key_Tab)
    desk.press(Key.Key_unknown, "yellow bus")
    desk.press(Key.Key_Return)
    assert desk.state(first) is InfractionState.PENDING
    desk.press(Key.Key_1)
    desk.wait_state(first, InfractionState.REJECTED)
    review = desk.session.case_store.case(first.infraction.id).reviews[-1]
    assert review.comment == "yellow bus"
    assert review.reason is RejectReason.PLATE_UNREADABLE


def test_escape_leaves_the_reasons_and_decides_nothing(desk: Desk) -> None:
    first = _cases(desk.room)[0]
    desk.press(Key.Key_N)
    assert desk.page._side.currentWidget() is desk.page._reject
    desk.press(Key.Key_Escape)
    assert desk.page._side.currentWidget() is desk.page._facts
    assert desk.state(first) is InfractionState.PENDING


def test_a_decision_is_taken_back_and_the_case_returns(desk: Desk) -> None:
    first, second, _ = _cases(desk.room)
    desk.press(Key.Key_Y)
    desk.wait_for(second)
    desk.qtbot.waitUntil(lambda: desk.page._bar.can_undo, timeout=_WAIT_MS)
    desk.page._bar._undo.click()
    desk.wait_state(first, InfractionState.PENDING)
    desk.wait_for(first)
    assert not desk.page._bar.can_undo


def test_a_typed_plate_goes_with_the_confirmation(desk: Desk) -> None:
    first = _cases(desk.room)[0]
    desk.press(Key.Key_E)
    desk.press(Key.Key_unknown, "ynx-777")
    desk.press(Key.Key_Return)
    assert desk.state(first) is InfractionState.PENDING
    desk.press(Key.Key_Y)
    desk.wait_state(first, InfractionState.CONFIRMED)
    assert desk.session.case_store.case(first.infraction.id).plate_text == "YNX777"


def test_a_number_chooses_an_alternative(desk: Desk) -> None:
    desk.press(Key.Key_2)
    assert desk.page._facts.plate.correction == "A8C123"
    desk.press(Key.Key_1)
    assert desk.page._facts.plate.correction is None


def test_stepping_shows_the_frame_of_the_decisive_moment(desk: Desk) -> None:
    assert desk.page._stage.shown_frame is None
    desk.press(Key.Key_Period)
    stage = desk.page._stage
    desk.qtbot.waitUntil(lambda: stage.shown_frame is not None, timeout=_WAIT_MS)
    decisive = stage.shown_frame
    assert decisive == round(2.4 * 8)
    desk.press(Key.Key_Comma)
    desk.qtbot.waitUntil(lambda: stage.shown_frame != decisive, timeout=_WAIT_MS)
    assert stage.shown_frame == decisive - 1


def test_somebody_else_was_first(desk: Desk) -> None:
    first, second, _ = _cases(desk.room)
    other = desk.room.server.login(Login("ana"), "ana-opens-sesame")
    kept = desk.room.server.kept[first.infraction.id]
    desk.qtbot.waitUntil(lambda: kept.claim is not None, timeout=_WAIT_MS)
    # The claim runs out.
    kept.claim = None
    other.case_store.decide(
        Review(
            infraction_id=first.infraction.id,
            reviewer=Login("ana"),
            verdict=Verdict.REJECT,
            reason=RejectReason.TEST,
            comment="",
            plate_text=None,
            decided_at=desk.room.services.clock.now(),
        )
    )
    desk.press(Key.Key_Y)
    desk.wait_for(second)
    assert "Decided meanwhile by ana" in desk.page._errors.sentence
    assert desk.state(first) is InfractionState.REJECTED


def test_a_case_in_other_hands_is_not_decided(desk: Desk) -> None:
    first = _cases(desk.room)[0]
    kept = desk.room.server.kept[first.infraction.id]
    # The page must know of its claim, or it would find the case in other hands.
    claim_of = desk.page._hand.claim_of
    desk.qtbot.waitUntil(
        lambda: claim_of(first.infraction.id) is not None, timeout=_WAIT_MS
    )
    kept.claim = None
    other = desk.room.server.login(Login("ana"), "ana-opens-sesame")
    other.case_store.claim(first.infraction.id)
    desk.press(Key.Key_Y)
    desk.qtbot.waitUntil(
        lambda: "Your claim on this case is over" in desk.page._errors.sentence,
        timeout=_WAIT_MS,
    )
    assert desk.state(first) is InfractionState.PENDING


def test_damaged_evidence_is_refused_and_cannot_be_confirmed(
    qtbot: QtBot, room: Room
) -> None:
    store = room.services.evidence
    assert isinstance(store, MemoryEvidenceStore)
    first = _cases(room)[0]
    store.files[first.infraction.evidence[0].sha256] += b"!"
    desk = Desk(qtbot, room)
    desk.wait_for(first)
    assert desk.page._stage.refused
    desk.press(Key.Key_Y)
    assert not desk.page._bar._confirm.isEnabled()
    assert desk.page._bar._reject.isEnabled()
    assert desk.state(first) is InfractionState.PENDING
    desk.close()


def test_an_auditor_sees_everything_for_a_reason_and_decides_nothing(
    qtbot: QtBot, room: Room
) -> None:
    desk = Desk(qtbot, room, "aurora")
    first = _cases(room)[0]
    qtbot.waitUntil(lambda: desk._shows(first), timeout=_WAIT_MS)
    blank = not desk.page._stage.has_picture
    assert blank
    desk.page._facts.mask_box.wanted.emit("complaint 17")
    desk.wait_for(first)
    desk.press(Key.Key_Y)
    assert not desk.page._bar._confirm.isEnabled()
    assert not desk.page._bar._reject.isEnabled()
    assert desk.page._stage.has_picture
    desk.close()


def test_a_case_without_a_plate_asks_for_one(desk: Desk) -> None:
    camera = desk.room.cameras[0]
    later = replace(
        speeding(camera_id=camera.id, plate=PlateReading.unread()),
        occurred=CaptureTime(
            stream_ns=0,
            monotonic_ns=0,
            wall=desk.room.services.clock.now() + timedelta(minutes=1),
        ),
    )
    desk.room.server.add(later)
    desk.page.show_target(later.id)
    case = desk.session.case_store.case(later.id)
    desk.wait_for(case)
    desk.press(Key.Key_Y)
    desk.qtbot.waitUntil(
        lambda: "Press E" in desk.page._errors.sentence, timeout=_WAIT_MS
    )
    assert desk.state(case) is InfractionState.PENDING


def test_the_next_case_is_ready_before_it_is_asked_for(desk: Desk) -> None:
    second = _cases(desk.room)[1]
    shelf = desk.page._shelf
    desk.qtbot.waitUntil(lambda: shelf.holds(second.infraction.id), timeout=_WAIT_MS)
    desk.press(Key.Key_J)
    assert desk.page._media is not None
    assert desk.page._stage.has_picture


def test_a_filter_from_elsewhere_is_taken(desk: Desk) -> None:
    desk.page.show_target(CaseFilter(states=(InfractionState.NOTIFIED,)))
    desk.qtbot.waitUntil(lambda: desk.page.case is None, timeout=_WAIT_MS)
    assert not desk.page._queue.cases


def test_i_issues_the_notice_of_the_case_just_confirmed(desk: Desk) -> None:
    first, second, _ = _cases(desk.room)
    desk.press(Key.Key_Y)
    desk.wait_for(second)
    desk.press(Key.Key_I)
    desk.wait_state(first, InfractionState.NOTIFIED)
    desk.qtbot.waitUntil(
        lambda: "PE-2026-000001" in desk.page._bar.said, timeout=_WAIT_MS
    )
    assert not desk.page._bar.can_undo
    with desk.qtbot.waitSignal(desk.page.open_requested) as asked:
        desk.press(Key.Key_P)
    assert asked.args == ["reports", first.infraction.id]


def test_the_auditor_gives_a_reason_for_a_plate(qtbot: QtBot, room: Room) -> None:
    desk = Desk(qtbot, room, "aurora")
    qtbot.waitUntil(lambda: desk.page.case is not None, timeout=_WAIT_MS)
    shown = desk.page.case
    assert shown is not None
    assert "•" in str(shown.plate_text)
    box = desk.page._facts.mask_box
    assert not box.isHidden()
    # Looked at by the page, and no picture of it fetched: they show the plate.
    qtbot.waitUntil(
        lambda: any(e.action == "read_open" for e in room.server.trail.entries),
        timeout=_WAIT_MS,
    )
    assert desk.page._media is None
    assert not desk.page._shelf.holds(shown.infraction.id)
    QTest.keyClicks(box._reason, "complaint 17")
    QTest.keyClick(box._reason, Key.Key_Return)
    qtbot.waitUntil(box.isHidden, timeout=_WAIT_MS)
    assert desk.page.case is not None
    assert "•" not in str(desk.page.case.plate_text)
    qtbot.waitUntil(lambda: desk.page._media is not None, timeout=_WAIT_MS)
    (why,) = [e for e in room.server.trail.entries if e.action == "read_unmask"]
    assert (why.login, "complaint 17" in why.detail) == ("aurora", True)
    desk.close()
