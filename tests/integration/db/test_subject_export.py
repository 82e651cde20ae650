"""Whoever asks for what is kept of a plate gets all of it, and nothing of others."""

import hashlib
import json
import stat
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdf
import pytest

from app.domain.errors import NotPermitted, StorageFull
from app.domain.evidence import EvidenceKind
from app.domain.plate import PlateReading
from app.report.subject import SUMS, SubjectExport
from db.subject import subject_record
from tests.builders.cases import jpeg
from tests.builders.kept import KeptSite
from tests.builders.plates import sighting
from tests.fixtures_db import Database

_WHY = "asked in writing, letter 17"


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> KeptSite:
    """Give a site with two cases of a plate, and one of another."""
    made = KeptSite.of(database, tmp_path)
    confirmed = made.found(jpeg("street"))
    made.confirm(confirmed)
    made.found(b"damaged soon", ordinal=1)
    other = PlateReading(text="XYZ999", confidence=0.9)
    made.found(jpeg("other", seed=3), ordinal=2, plate=other)
    sink = database.gateway().plate_sink(confirmed.provenance.engine_id)
    sink.add(
        [
            sighting(confirmed.camera_id, "ABC-123", 9),
            sighting(confirmed.camera_id, "XYZ-999", 10),
        ]
    )
    return made


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_folder_with_summary_data_masked_pictures_and_hashes(
    kept: KeptSite, tmp_path: Path, language: str
) -> None:
    record = subject_record(kept.database.dsn("sofia"), "abc-123", _WHY)
    export = SubjectExport(
        evidence=kept.store, zone=ZoneInfo("America/Lima"), language=language
    )
    folder = export.write(record, tmp_path / "out")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = {path.name for path in folder.iterdir()}
    lines = (folder / SUMS).read_text().splitlines()
    sums = {line[66:]: line[:64] for line in lines}
    assert set(sums) == names - {SUMS}
    for name, sha256 in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    data = json.loads((folder / "data.json").read_text())
    assert (data["plate"], data["asked_by"]) == ("ABC123", "sofia")
    assert [case["state"] for case in data["cases"]] == ["pending", "confirmed"]
    assert len(data["reads"]) == 1
    _, case = data["cases"]
    (picture,) = case["pictures"]
    assert picture["kind"] == EvidenceKind.STILL_DECISIVE
    original = kept.store.local_path(picture["original_sha256"]).read_bytes()
    assert (folder / picture["file"]).read_bytes() != original
    assert data["cases"][0]["pictures_damaged"]
    pages = pypdf.PdfReader(folder / "summary.pdf").pages
    text = "".join(page.extract_text() for page in pages)
    assert "ABC123" in text
    assert "Juan Pérez at the wheel" in text
    assert "XYZ999" not in text + json.dumps(data)
    # Who decided is nobody's business but the house's.
    assert "ana" not in json.dumps(data["cases"]).split('"')


def test_asking_leaves_its_trace_before_anything_is_told(kept: KeptSite) -> None:
    subject_record(kept.database.dsn("admin"), "ABC123", _WHY)
    rows = kept.database.connect("aurora").execute(
        "SELECT login, action, subject, detail ->> 'reason' FROM atalaya.audit"
        " WHERE action LIKE '%%subject%%' ORDER BY sequence"
    )
    assert rows.fetchall() == [
        ("admin", "export_subject", "ABC123", _WHY),
        ("admin", "read_subject", "ABC123", None),
        ("admin", "read_subject", "ABC123", None),
    ]


@pytest.mark.parametrize("login", ["ana", "teo", "aurora"])
def test_others_may_not_ask(kept: KeptSite, login: str) -> None:
    with pytest.raises(NotPermitted):
        subject_record(kept.database.dsn(login), "ABC123", _WHY)


def test_a_question_needs_a_plate_and_a_reason(kept: KeptSite) -> None:
    for plate, reason in (("AB?", _WHY), ("", _WHY), ("ABC123", " so ")):
        with pytest.raises(NotPermitted):
            subject_record(kept.database.dsn("sofia"), plate, reason)


def test_what_cannot_be_written_leaves_nothing_behind(
    kept: KeptSite, tmp_path: Path
) -> None:
    record = subject_record(kept.database.dsn("sofia"), "ABC123", _WHY)
    export = SubjectExport(
        evidence=kept.store, zone=ZoneInfo("America/Lima"), language="es"
    )
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(StorageFull, match="choose another folder"):
        export.write(record, blocked)
    out = tmp_path / "out"
    export.write(record, out)
    with pytest.raises(StorageFull):
        export.write(record, out)
    assert len(list(out.iterdir())) == 1


def test_after_erasure_there_is_nothing_to_tell(kept: KeptSite) -> None:
    _age(kept)
    kept.erase()
    record = subject_record(kept.database.dsn("sofia"), "ABC123", _WHY)
    assert record.cases == ()
    assert replace(record, reads=()).plate == "ABC123"


def _age(kept: KeptSite) -> None:
    kept.age()
    kept.database.connect().execute(
        "SET session_replication_role = replica; UPDATE atalaya.review"
        " SET decided_at = decided_at - interval '4000 days'"
    )
