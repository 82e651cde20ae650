"""Decisions, against a server that keeps the promises of the real one."""

import pytest

from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import Login
from app.domain.infraction import Case, InfractionState, RejectReason
from app.domain.plate import PlateReading
from app.review.decide import PlateMissing, Reviewer
from app.review.plate_text import PlateTextInvalid
from tests.builders.infractions import CAMERA_ID, speeding
from tests.builders.site import camera
from tests.fakes.in_memory import InMemoryServer, InMemorySession
from tests.fakes.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands still."""
    return ManualClock()


@pytest.fixture
def server(clock: ManualClock) -> InMemoryServer:
    """Return a server with one camera."""
    made = InMemoryServer(clock)
    known = camera()
    made.cameras[CAMERA_ID] = type(known)(
        id=CAMERA_ID, name=known.name, location=known.location, url=known.url
    )
    return made


def _log_in(server: InMemoryServer, login: str) -> InMemorySession:
    return server.login(Login(login), f"{login}-opens-sesame")


def _reviewer(server: InMemoryServer, login: str = "ana") -> Reviewer:
    session = _log_in(server, login)
    return Reviewer(person=session.person, store=session.case_store, clock=server.clock)


def _pending(server: InMemoryServer, plate: PlateReading | None = None) -> Case:
    found = speeding() if plate is None else speeding(plate=plate)
    server.add(found)
    return _log_in(server, "ana").case_store.case(found.id)


def test_confirming_puts_the_plate_on_record(server: InMemoryServer) -> None:
    case = _reviewer(server).confirm(_pending(server))
    assert case.state is InfractionState.CONFIRMED
    assert case.reviews[-1].plate_text == "ABC123"
    assert case.reviews[-1].reviewer == "ana"


def test_a_correction_goes_with_the_confirmation(server: InMemoryServer) -> None:
    case = _reviewer(server).confirm(_pending(server), plate="abd-124")
    assert case.plate_text == "ABD124"
    assert case.infraction.plate.text == "ABC123"


def test_nobody_is_confirmed_without_a_plate(server: InMemoryServer) -> None:
    case = _pending(server, PlateReading.unread())
    reviewer = _reviewer(server)
    with pytest.raises(PlateMissing, match="Press E"):
        reviewer.confirm(case)
    with pytest.raises(PlateTextInvalid):
        reviewer.confirm(case, plate="<b>")
    assert reviewer.confirm(case, plate="ABC123").plate_text == "ABC123"


def test_rejecting_keeps_reason_and_trimmed_comment(server: InMemoryServer) -> None:
    case = _reviewer(server).reject(
        _pending(server), RejectReason.EMERGENCY_VEHICLE, "  siren on  "
    )
    assert case.state is InfractionState.REJECTED
    assert case.reviews[-1].reason is RejectReason.EMERGENCY_VEHICLE
    assert case.reviews[-1].comment == "siren on"


def test_undo_brings_a_case_back(server: InMemoryServer) -> None:
    reviewer = _reviewer(server)
    case = reviewer.confirm(_pending(server))
    assert reviewer.undo(case).state is InfractionState.PENDING


def test_the_second_reviewer_is_too_late(server: InMemoryServer) -> None:
    case = _pending(server)
    _reviewer(server).confirm(case)
    with pytest.raises(StateConflict):
        _reviewer(server, "sofia").reject(case, RejectReason.TEST)


def test_an_auditor_may_look_but_not_decide(server: InMemoryServer) -> None:
    with pytest.raises(NotPermitted):
        _reviewer(server, "aurora").confirm(_pending(server))


def test_only_a_confirmed_case_gets_a_notice(server: InMemoryServer) -> None:
    reviewer = _reviewer(server)
    case = _pending(server)
    with pytest.raises(StateConflict):
        reviewer.issue_notice(case)
    issued = reviewer.issue_notice(reviewer.confirm(case))
    assert issued.state is InfractionState.NOTIFIED
    assert issued.notice_number
    assert reviewer.issue_notice(issued).notice_number == issued.notice_number
