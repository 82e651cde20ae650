"""Documents land in the export folder whole, or not at all."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.ids import Login
from app.evidence.case_check import CaseChecker
from app.report.catalogue import Catalogue
from app.report.publish import Publisher
from tests.builders.cases import (
    NUMBER,
    DrawnEvidence,
    case_of,
    confirmed,
    notified,
    with_evidence,
)
from tests.builders.infractions import CAMERA_ID, OCCURRED, speeding
from tests.builders.sealed import HEAD
from tests.builders.site import camera
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.in_memory import InMemoryServer
from tests.fakes.manual_clock import ManualClock
from tests.fakes.seals import InMemorySealRegister


@pytest.fixture
def drawn(tmp_path: Path) -> DrawnEvidence:
    """Return a maker of stills."""
    files = tmp_path / "files"
    files.mkdir()
    return DrawnEvidence(MemoryEvidenceStore(), files)


def _publisher(drawn: DrawnEvidence, folder: Path) -> Publisher:
    return Publisher(
        evidence=drawn.store,
        clock=ManualClock(),
        folder=folder,
        language="es",
        catalogue=Catalogue.load(),
        checker=CaseChecker(store=drawn.store, register=InMemorySealRegister()),
        head=lambda: HEAD,
    )


def test_a_notice_is_named_after_its_number(
    drawn: DrawnEvidence, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    case = notified(with_evidence(case_of(), drawn.stills()))
    path = _publisher(drawn, folder).notice(case)
    assert path == folder / f"{NUMBER}-es.pdf"
    assert path.read_bytes().startswith(b"%PDF")
    assert list(folder.iterdir()) == [path]


def test_a_hostile_number_cannot_leave_the_folder(
    drawn: DrawnEvidence, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    case = notified(with_evidence(case_of(), drawn.stills()), "../../evil")
    path = _publisher(drawn, folder).notice(case)
    assert path.parent == folder


def test_a_draft_is_told_from_a_notice(drawn: DrawnEvidence, tmp_path: Path) -> None:
    case = confirmed(with_evidence(case_of(), drawn.stills()))
    assert _publisher(drawn, tmp_path).notice(case).name.startswith("draft-")


def test_damage_leaves_no_file(drawn: DrawnEvidence, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    with pytest.raises(EvidenceDamaged):
        _publisher(drawn, folder).notice(confirmed(case_of()))
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_named(
    drawn: DrawnEvidence, tmp_path: Path
) -> None:
    blocked = tmp_path / "export"
    blocked.write_text("a file")
    case = confirmed(with_evidence(case_of(), drawn.stills()))
    with pytest.raises(StorageFull, match="export"):
        _publisher(drawn, blocked).notice(case)


def test_a_period_report_comes_from_the_server(
    drawn: DrawnEvidence, tmp_path: Path
) -> None:
    server = InMemoryServer(ManualClock())
    server.cameras[CAMERA_ID] = replace(camera(), id=CAMERA_ID)
    server.add(speeding())
    session = server.login(Login("sofia"), "sofia-opens-sesame")
    since = OCCURRED.wall - timedelta(hours=2)
    path = _publisher(drawn, tmp_path).period(
        session.case_store,
        session.site,
        since=since,
        until=since + timedelta(days=1),
        kind=None,
        made_by="Sofía Paredes",
    )
    assert path.name == "report-20260314-20260315-all-es.pdf"
    assert path.stat().st_size > 10_000
