"""Every kind of tampering is found and named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, Sha256, new_uuid
from app.domain.infraction import Infraction
from app.evidence.store import LocalEvidenceStore
from db.check import Trouble, check
from tests.builders.infractions import OCCURRED, speeding
from tests.builders.site import finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database

_Look = Callable[[], dict[str, Trouble]]


@pytest.fixture
def store(tmp_path: Path) -> LocalEvidenceStore:
    return LocalEvidenceStore(tmp_path / "evidence", floor_bytes=0)


@pytest.fixture
def case(database: Database, store: LocalEvidenceStore, tmp_path: Path) -> Infraction:
    """Store a confirmed case with one evidence file."""
    source = tmp_path / "still.jpg"
    source.write_bytes(b"picture")
    sha256, size_bytes = store.put(source)
    still = EvidenceItem(
        id=EvidenceId(new_uuid()),
        kind=EvidenceKind.STILL_DECISIVE,
        sha256=sha256,
        media_type="image/jpeg",
        size_bytes=size_bytes,
        captured_at=OCCURRED.wall,
    )
    version = installed_camera(database.login("teo").site)
    made = finding(version, like=speeding(evidence=(still,)))
    database.gateway().add(made)
    database.login("ana").case_store.decide(confirmation(made))
    return made


@pytest.fixture
def look(database: Database, store: LocalEvidenceStore, case: Infraction) -> _Look:
    """Return what the check finds, by subject."""

    def run() -> dict[str, Trouble]:
        stored = [case.evidence[0].sha256]
        found = check(database.superuser_dsn, store, stored)
        return {each.subject: each.trouble for each in found}

    return run


def _tamper(database: Database, statement: str) -> None:
    connection = database.connect()
    connection.execute("SET session_replication_role = replica")
    connection.execute(statement.encode())


def test_all_is_well(look: _Look) -> None:
    assert look() == {}


@pytest.mark.parametrize(
    ("statement", "trouble"),
    [
        (
            "UPDATE atalaya.infraction SET document = jsonb_set(document,"
            " '{measurement,speed_kmh}', '61.5')",
            Trouble.DOCUMENT_ALTERED,
        ),
        (
            "UPDATE atalaya.infraction SET document = '{}'",
            Trouble.DOCUMENT_ALTERED,
        ),
        (
            "UPDATE atalaya.infraction SET occurred_at = now()",
            Trouble.COLUMN_ALTERED,
        ),
        (
            "UPDATE atalaya.infraction SET speed_kmh = 61.5",
            Trouble.COLUMN_ALTERED,
        ),
        (
            "UPDATE atalaya.infraction SET state = 'rejected'",
            Trouble.STATE_WITHOUT_REVIEW,
        ),
        ("DELETE FROM atalaya.review", Trouble.STATE_WITHOUT_REVIEW),
    ],
)
def test_an_altered_row(
    database: Database, look: _Look, case: Infraction, statement: str, trouble: Trouble
) -> None:
    _tamper(database, statement)
    assert look() == {str(case.id): trouble}


def test_an_erased_evidence_row(
    database: Database, look: _Look, case: Infraction
) -> None:
    _tamper(database, "DELETE FROM atalaya.evidence")
    found = look()
    assert found[str(case.id)] is Trouble.EVIDENCE_ROW_ALTERED


def test_a_flipped_byte(
    look: _Look, case: Infraction, store: LocalEvidenceStore
) -> None:
    sha256 = case.evidence[0].sha256
    path = store.local_path(sha256)
    path.chmod(0o600)
    path.write_bytes(b"pictura")
    assert look() == {sha256: Trouble.OBJECT_MISSING_OR_DAMAGED}
    path.unlink()
    assert look() == {sha256: Trouble.OBJECT_MISSING_OR_DAMAGED}


def test_a_file_without_a_case(
    database: Database, store: LocalEvidenceStore, case: Infraction
) -> None:
    orphan = Sha256("00" * 32)
    (found,) = check(database.superuser_dsn, store, [orphan, case.evidence[0].sha256])
    assert (found.trouble, found.subject) == (Trouble.OBJECT_WITHOUT_ROW, orphan)


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE atalaya.audit SET login = 'x' WHERE sequence = 2", "entry 2"),
        ("DELETE FROM atalaya.audit WHERE sequence = 2", "entry 3"),
        ("DELETE FROM atalaya.audit WHERE sequence >= 7", "entry 6"),
    ],
)
def test_a_broken_trail(
    database: Database, look: _Look, statement: str, entry: str
) -> None:
    _tamper(database, statement)
    assert look() == {entry: Trouble.AUDIT_BROKEN}


def test_the_trail_names_who_did_what(database: Database, case: Infraction) -> None:
    rows = database.connect("aurora").execute(
        "SELECT login, action, subject FROM atalaya.audit"
        " WHERE login <> 'postgres' ORDER BY sequence"
    )
    camera_id = str(case.camera_id)
    assert rows.fetchall() == [
        ("teo", "save_camera", camera_id),
        ("teo", "publish_configuration", camera_id),
        ("ana", "decide", str(case.id)),
        # The store hands back what it decided.
        ("ana", "read_open", str(case.id)),
    ]
