"""Reports and notices are made, shown and kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from app.domain.clock import CaptureTime
from app.domain.ids import ConfigurationId, Login
from app.domain.infraction import InfractionState
from app.review.decide import Reviewer
from tests.builders.footage import Drive
from tests.builders.infractions import speeding
from tests.fakes.desktop import Room, control_room
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.report.period_form import whole_days
from widgets.report.report_page import ReportPage
from widgets.services import PageContext

_WAIT_MS = 30_000
LIMA = ZoneInfo("America/Lima")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a room with one confirmed case."""
    clock = ManualClock()
    made = control_room(tmp_path, clock, cases=0, cameras=1, language="es")
    store = MemoryEvidenceStore()
    version = made.server.versions[made.cameras[0].id][-1]
    time = CaptureTime(stream_ns=10**10, monotonic_ns=0, wall=clock.now())
    finding = speeding(camera_id=made.cameras[0].id, occurred=time)
    origin = replace(
        finding.provenance, configuration_id=ConfigurationId(UUID(version.id))
    )
    finding = replace(finding, provenance=origin)
    drive = Drive(infraction=finding, configuration=version, fps=8, scale=0.25)
    made.server.add(replace(finding, evidence=drive.evidence(store, tmp_path)))
    session = made.server.login(Login("ana"), "ana-opens-sesame")
    reviewer = Reviewer(person=session.person, store=session.case_store, clock=clock)
    reviewer.confirm(session.case_store.case(finding.id))
    export = tmp_path / "export"
    return replace(made, services=replace(made.services, evidence=store, export=export))


@pytest.fixture
def page(qtbot: QtBot, room: Room) -> Iterator[ReportPage]:
    """Return the page of a supervisor, with its list of cases loaded."""
    session = room.server.login(Login("sofia"), "sofia-opens-sesame")
    background = Background()
    made = ReportPage(PageContext(services=room.services, session=session), background)
    qtbot.addWidget(made)
    made.resize(1310, 742)
    made.show()
    made.activate()
    qtbot.waitUntil(lambda: len(made._notices.cases) == 1, timeout=_WAIT_MS)
    yield made
    made.close_page()
    background.close()


def test_a_confirmed_case_is_a_draft_until_it_is_issued(
    qtbot: QtBot, room: Room, page: ReportPage
) -> None:
    page._notices.choose(0)
    qtbot.waitUntil(lambda: page.document is not None, timeout=_WAIT_MS)
    assert page.document is not None
    assert page.document.name.startswith("draft-")
    assert page._pdf.page_count == 2
    page._notices._issue.click()
    qtbot.waitUntil(
        lambda: page.document == room.services.export / "PE-2026-000001-es.pdf",
        timeout=_WAIT_MS,
    )
    assert page._notices.cases[0].state is InfractionState.NOTIFIED
    assert not page._notices._issue.isEnabled()


def test_another_language_makes_the_document_again(
    qtbot: QtBot, page: ReportPage
) -> None:
    page.show_target(page._notices.cases[0].infraction.id)
    qtbot.waitUntil(lambda: page.document is not None, timeout=_WAIT_MS)
    page._language.setCurrentIndex(page._language.findData("en"))
    page._language.activated.emit(1)
    qtbot.waitUntil(
        lambda: page.document is not None and page.document.stem.endswith("-en"),
        timeout=_WAIT_MS,
    )


def test_a_period_report_is_shown_and_saved(
    qtbot: QtBot, room: Room, page: ReportPage, tmp_path: Path
) -> None:
    page._form._make.click()
    qtbot.waitUntil(lambda: page.document is not None, timeout=_WAIT_MS)
    assert page.document is not None
    assert page.document.parent == room.services.export
    assert page.document.name.startswith("report-20260314-20260315")
    copy = tmp_path / "copy.pdf"
    page._pdf.save_copy(copy)
    assert copy.read_bytes() == page.document.read_bytes()


def test_a_copy_that_cannot_be_written_is_said(
    qtbot: QtBot, page: ReportPage, tmp_path: Path
) -> None:
    page._form._make.click()
    qtbot.waitUntil(lambda: page.document is not None, timeout=_WAIT_MS)
    page._pdf.save_copy(tmp_path / "nowhere" / "copy.pdf")
    assert "copy" in page._errors.sentence


def test_damaged_evidence_makes_no_document(
    qtbot: QtBot, room: Room, page: ReportPage
) -> None:
    store = room.services.evidence
    assert isinstance(store, MemoryEvidenceStore)
    case = page._notices.cases[0]
    store.files[case.infraction.evidence[0].sha256] += b"!"
    page.show_target(case.infraction.id)
    qtbot.waitUntil(lambda: bool(page._errors.sentence), timeout=_WAIT_MS)
    assert page.document is None


def test_whole_days_reach_to_the_next_midnight() -> None:
    period = whole_days(date(2026, 3, 14), date(2026, 3, 16), LIMA)
    assert period.until - period.since == timedelta(days=3)
    assert (period.since.hour, period.until.hour) == (0, 0)
