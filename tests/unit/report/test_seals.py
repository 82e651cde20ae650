"""Documents say which key sealed a case, and refuse one that is not what was sealed."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest

from app.domain.errors import EvidenceDamaged
from app.domain.evidence import EvidenceKind
from app.domain.ids import InfractionId, Login, Sha256, new_uuid
from app.domain.infraction import Case
from app.domain.seal import NO_STAMP, SealReport, SealTrouble, StampFinding, StampState
from app.evidence.case_check import CaseChecker
from app.evidence.signing import fingerprint
from app.report.catalogue import Catalogue
from app.report.content import Figure
from app.report.publish import Publisher
from app.report.seals import period_seals, seal_rows, trail_text
from app.report.wording import DocumentWording
from tests.builders.cases import DrawnEvidence, case_of, notified
from tests.builders.infractions import CAMERA_ID, speeding
from tests.builders.sealed import HEAD, SEALED_AT, SealedCases
from tests.builders.site import camera
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.in_memory import InMemoryServer
from tests.fakes.manual_clock import ManualClock
from tests.fakes.seals import InMemorySealRegister

_LOGIN = Login("sofia")
_ZONE = Catalogue.load().zone
_STAMP = StampFinding(
    state=StampState.HOLDS,
    at=datetime(2026, 3, 14, 15, 11, tzinfo=UTC),
    authority="Test TSA",
)


@pytest.fixture
def cases(tmp_path: Path) -> SealedCases:
    files = tmp_path / "files"
    files.mkdir()
    return SealedCases(store=MemoryEvidenceStore(), folder=files)


@pytest.fixture
def publisher(cases: SealedCases, tmp_path: Path) -> Publisher:
    return Publisher(
        evidence=cases.store,
        clock=ManualClock(),
        folder=tmp_path / "export",
        language="en",
        catalogue=Catalogue.load(),
        checker=CaseChecker(
            store=cases.store, register=InMemorySealRegister([cases.entry])
        ),
        head=lambda: HEAD,
    )


def _case(cases: SealedCases) -> Case:
    """Return a notified case with drawn stills, sealed."""
    drawn = DrawnEvidence(cases.store, cases.folder).stills()
    return notified(case_of(cases.case(speeding(evidence=drawn))))


def _text(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def _values(rows: tuple[Figure, ...]) -> list[str]:
    return [row.value for row in rows]


def test_a_notice_says_which_key_sealed_its_case(
    publisher: Publisher, cases: SealedCases
) -> None:
    text = _text(publisher.notice(_case(cases)))
    assert (
        f"key {fingerprint(cases.entry.key)}, 2026-03-14 10:10:00 -0500, desk" in text
    )
    assert "Time-stamp none was asked for" in text
    assert text.count("Trail 1204 · 4f5a9c014f5a9c01") == 2, "on each page"


@pytest.mark.parametrize(
    "kind", [EvidenceKind.STILL_DECISIVE, EvidenceKind.MANIFEST, EvidenceKind.SEAL]
)
def test_no_notice_of_a_case_that_was_altered(
    publisher: Publisher,
    cases: SealedCases,
    kind: EvidenceKind,
    caplog: pytest.LogCaptureFixture,
) -> None:
    case = _case(cases)
    found = case.infraction
    altered = [
        replace(item, sha256=Sha256("00" * 32)) if item.kind is kind else item
        for item in found.evidence
    ]
    wrong = replace(case, infraction=replace(found, evidence=tuple(altered)))
    with pytest.raises(EvidenceDamaged, match=f"file_damaged:{kind}"):
        publisher.notice(wrong)
    assert not publisher.folder.exists()
    assert "is not what was sealed" in caplog.text


def test_no_notice_under_the_seal_of_another_case(
    publisher: Publisher, cases: SealedCases
) -> None:
    case = _case(cases)
    other = cases.case(speeding(id=InfractionId(new_uuid())))
    evidence = (*case.infraction.evidence[:-1], other.evidence[-1])
    swapped = replace(case, infraction=replace(case.infraction, evidence=evidence))
    with pytest.raises(EvidenceDamaged, match="other_case"):
        publisher.notice(swapped)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("state", StampState)
def test_every_time_stamp_has_its_words(
    cases: SealedCases, language: str, state: StampState
) -> None:
    words = DocumentWording.load(language)
    seal = cases.seal_of(cases.case())
    report = SealReport(seal=seal, stamp=replace(_STAMP, state=state))
    sealed, stamped = _values(seal_rows(report, _ZONE, words))
    assert fingerprint(seal.key) in sealed
    known = state in (StampState.HOLDS, StampState.UNCHECKED)
    assert ("2026-03-14 10:11:00 -0500" in stamped) == known
    assert ("Test TSA" in stamped) == (state is StampState.HOLDS)


def test_a_case_without_a_seal_says_so() -> None:
    words = DocumentWording.load("en")
    assert _values(seal_rows(SealReport(), _ZONE, words)) == ["not sealed by an engine"]
    assert trail_text(HEAD, words) == "Trail 1204 · 4f5a9c014f5a9c01"


def test_a_report_counts_what_sealed_its_cases(cases: SealedCases) -> None:
    words, seal = DocumentWording.load("en"), cases.seal_of(cases.case())
    later = replace(_STAMP, at=SEALED_AT + timedelta(hours=2))
    reports = [
        SealReport(seal=seal, stamp=_STAMP),
        SealReport(seal=seal, stamp=later),
        SealReport(seal=seal, stamp=NO_STAMP),
        SealReport(),
        SealReport(trouble=SealTrouble.SIGNATURE_WRONG),
        SealReport(seal=seal, stamp=StampFinding(state=StampState.WRONG)),
    ]
    assert period_seals(reports, _ZONE, words) == (
        f"Seals of the cases listed: 4 with the key {fingerprint(seal.key)}; "
        "1 not sealed; 2 time-stamped, the last at 2026-03-14 12:10:00 -0500; "
        "2 do not hold."
    )
    assert period_seals([], _ZONE, words) == ""


def test_the_period_report_ends_with_seals_and_trail(
    publisher: Publisher, cases: SealedCases
) -> None:
    server = InMemoryServer(ManualClock())
    server.cameras[CAMERA_ID] = replace(camera(), id=CAMERA_ID)
    server.add(_case(cases).infraction)
    session = server.login(_LOGIN, "sofia-opens-sesame")
    path = publisher.period(
        session.case_store,
        session.site,
        since=SEALED_AT - timedelta(days=1),
        until=SEALED_AT + timedelta(days=1),
        kind=None,
        made_by="Sofía",
    )
    text = _text(path)
    assert f"1 with the key {fingerprint(cases.entry.key)}" in text
    assert "Trail 1204" in text
