"""Every kind of tampering is found and named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.hold import NewHold
from app.domain.ids import EvidenceId, TrackId, new_uuid
from app.domain.infraction import Infraction
from app.evidence.store import LocalEvidenceStore
from db.case_erasure import set_retention
from db.check import Trouble, check
from db.document import canonical_document, sha256_of
from tests.builders.infractions import OCCURRED, speeding
from tests.builders.site import configuration, finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database
from tests.integration.db.test_engine_gateway import by_other_engine

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
        found = check(database.superuser_dsn, store)
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
    ],
)
def test_an_altered_row(
    database: Database, look: _Look, case: Infraction, statement: str, trouble: Trouble
) -> None:
    _tamper(database, statement)
    assert look() == {str(case.id): trouble}


@pytest.fixture
def pending(database: Database, case: Infraction) -> Infraction:
    """Store a second case, which nobody has decided."""
    version = database.login("teo").site.configuration(case.camera_id)
    assert version is not None
    made = finding(version, 7)
    database.gateway().add(made)
    return made


def test_a_pending_case_that_was_taken_away(
    database: Database, look: _Look, pending: Infraction
) -> None:
    """No review, no notice and no file tells of it any more; the trail does."""
    assert look() == {}
    for statement in (
        "DELETE FROM atalaya.evidence WHERE infraction_id = {}",
        "DELETE FROM atalaya.infraction WHERE id = {}",
    ):
        _tamper(database, statement.format(f"'{pending.id}'"))
    assert look() == {str(pending.id): Trouble.CASE_NOT_AS_ADDED}


def test_a_pending_case_that_was_written_anew_with_its_hash(
    database: Database, look: _Look, pending: Infraction
) -> None:
    altered = canonical_document(replace(pending, track_id=TrackId(99)))
    connection = database.connect()
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "UPDATE atalaya.infraction SET document = %s::jsonb, document_sha256 = %s,"
        " track_id = 99 WHERE id = %s",
        (altered, sha256_of(altered), pending.id),
    )
    assert look() == {str(pending.id): Trouble.CASE_NOT_AS_ADDED}


def test_a_twin_that_was_taken_away(
    database: Database, look: _Look, case: Infraction
) -> None:
    twin = by_other_engine(case)
    database.gateway().add(twin)
    assert look() == {}
    _tamper(database, "DELETE FROM atalaya.twin_file")
    _tamper(database, "DELETE FROM atalaya.infraction_twin")
    assert look() == {str(twin.id): Trouble.CASE_NOT_AS_ADDED}


def test_the_trail_tells_of_a_case_once_with_the_hash_of_its_document(
    database: Database, pending: Infraction
) -> None:
    database.gateway().add(pending)
    told = database.connect().execute(
        "SELECT login, detail ->> 'document_sha256' FROM atalaya.audit"
        " WHERE action = 'add_case' AND subject = %s AND sequence IS NOT NULL",
        (str(pending.id),),
    )
    assert told.fetchall() == [("engine", sha256_of(canonical_document(pending)))]


@contextmanager
def _tampered(database: Database, table: str, statement: str) -> Iterator[None]:
    """Tamper with a table as a superuser, and put it back at the end."""
    connection = database.connect()
    connection.execute("SET session_replication_role = replica")
    connection.execute(f"CREATE TABLE public.kept AS TABLE atalaya.{table}".encode())
    connection.execute(statement.encode())
    yield
    connection.execute(f"DELETE FROM atalaya.{table}".encode())  # noqa: S608
    connection.execute(f"INSERT INTO atalaya.{table} TABLE public.kept".encode())
    connection.execute("DROP TABLE public.kept")


_DECISIONS = (
    "UPDATE atalaya.review SET comment = 'seen by nobody'",
    "UPDATE atalaya.review SET plate_text = 'XYZ999'",
    "UPDATE atalaya.review SET decided_at = decided_at - interval '1 day'",
    "UPDATE atalaya.review SET reviewer = 'sofia'",
    "UPDATE atalaya.review SET decisive = false",
    "DELETE FROM atalaya.review",
    "INSERT INTO atalaya.review SELECT gen_random_uuid(), infraction_id, 'sofia',"
    " 'confirm', NULL, '', 'XYZ999' FROM atalaya.review",
)


def test_an_altered_decision(database: Database, look: _Look) -> None:
    for statement in _DECISIONS:
        with _tampered(database, "review", statement):
            assert Trouble.REVIEW_ALTERED in look().values(), statement
    assert look() == {}


_SWAP = """
    UPDATE atalaya.camera_configuration AS c SET body = o.body
    FROM atalaya.camera_configuration AS o WHERE o.version = 3 - c.version
"""


_SWAPPED = {
    _SWAP: 2,
    "UPDATE atalaya.camera_configuration SET body = jsonb_set(body,"
    " '{stretch,end_y_m}', '35') WHERE version = 1": 1,
    "UPDATE atalaya.camera_configuration SET version = 3 WHERE version = 1": 1,
    "DELETE FROM atalaya.camera_configuration WHERE version = 2": 1,
    "INSERT INTO atalaya.camera_configuration SELECT gen_random_uuid(), camera_id, 3,"
    " body, '', now(), 'teo' FROM atalaya.camera_configuration WHERE version = 1": 1,
}


def test_a_swapped_calibration(
    database: Database, look: _Look, case: Infraction
) -> None:
    """The trail has the hash of each version that was published."""
    site = database.login("teo").site
    site.publish_configuration(case.camera_id, configuration(70.0), "second")
    for statement, altered in _SWAPPED.items():
        with _tampered(database, "camera_configuration", statement):
            found = list(look().values())
        assert found == [Trouble.CONFIGURATION_ALTERED] * altered, statement
    assert look() == {}


_HOLDS = (
    "DELETE FROM atalaya.case_hold",
    "UPDATE atalaya.case_hold SET released_by = 'admin', released_at = now(),"
    " release_reason = 'because'",
    "UPDATE atalaya.case_hold SET reason = 'another one'",
    "UPDATE atalaya.case_hold SET kind = 'lock', ends_at = now()",
    "INSERT INTO atalaya.case_hold SELECT gen_random_uuid(), infraction_id, kind,"
    " reason, set_by FROM atalaya.case_hold",
)


def test_an_altered_hold(database: Database, look: _Look, case: Infraction) -> None:
    """Who wants a case erased would begin with its hold."""
    database.login("sofia").case_store.set_hold(case.id, NewHold(reason="objection"))
    for statement in _HOLDS:
        with _tampered(database, "case_hold", statement):
            assert look() == {str(case.id): Trouble.HOLD_ALTERED}, statement
    assert look() == {}


_UNDOINGS = (
    "DELETE FROM atalaya.review_undo",
    "UPDATE atalaya.review_undo SET undone_by = 'sofia'",
    "INSERT INTO atalaya.review_undo SELECT r.id, 'ana' FROM atalaya.review AS r"
    " WHERE NOT EXISTS (SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id)",
)


def test_a_decision_that_nobody_undid(
    database: Database, look: _Look, case: Infraction
) -> None:
    """Whoever wants a confirmed case out of the way need not touch the decision."""
    store = database.login("ana").case_store
    store.undo(case.id)
    store.decide(confirmation(case))
    assert look() == {}
    for statement in _UNDOINGS:
        with _tampered(database, "review_undo", statement):
            assert Trouble.REVIEW_ALTERED in look().values(), statement
    assert look() == {}


def test_an_altered_term(database: Database, look: _Look) -> None:
    set_retention(database.dsn("admin"), "speeding", "pending", 100)
    assert look() == {}
    _tamper(
        database,
        "UPDATE atalaya.case_retention SET keep_days = 8 WHERE state = 'pending'",
    )
    # Of the other nobody ever changed the term: it is what the tables came with.
    assert look() == {
        "speeding pending": Trouble.RETENTION_ALTERED,
        "red_light pending": Trouble.RETENTION_ALTERED,
    }


def test_a_term_that_was_set_earlier_than_it_was(
    database: Database, look: _Look
) -> None:
    """A new term erases nothing for seven days, from when it was set on."""
    set_retention(database.dsn("admin"), "speeding", "pending", 100)
    _tamper(
        database,
        "UPDATE atalaya.case_retention SET changed_at = now() - interval '8 days'",
    )
    assert look() == {"speeding pending": Trouble.RETENTION_ALTERED}


def test_a_term_that_is_gone(database: Database, look: _Look) -> None:
    set_retention(database.dsn("admin"), "speeding", "pending", 100)
    _tamper(database, "DELETE FROM atalaya.case_retention")
    assert look()["speeding pending"] is Trouble.RETENTION_ALTERED
    assert look()["red_light rejected"] is Trouble.RETENTION_ALTERED


def test_an_altered_notice(database: Database, look: _Look, case: Infraction) -> None:
    database.login("ana").case_store.issue_notice(case.id)
    assert look() == {}
    _tamper(database, "UPDATE atalaya.notice SET number = 'PE-2026-000009'")
    assert look() == {str(case.id): Trouble.NOTICE_ALTERED}


def test_an_erased_evidence_row(
    database: Database, look: _Look, case: Infraction
) -> None:
    _tamper(database, "DELETE FROM atalaya.evidence")
    found = look()
    assert found[str(case.id)] is Trouble.EVIDENCE_ROW_ALTERED


def test_a_file_of_a_twin_that_is_noted_no_more(
    database: Database, look: _Look, case: Infraction
) -> None:
    """Erasing another case would take it for needed by nobody."""
    twin = by_other_engine(case)
    database.gateway().add(twin)
    assert look() == {}
    _tamper(database, "DELETE FROM atalaya.twin_file")
    assert look() == {str(twin.id): Trouble.EVIDENCE_ROW_ALTERED}


@pytest.mark.parametrize(
    "change", ["kind = 'seal'", "media_type = 'text/plain'", "size_bytes = 1"]
)
def test_an_altered_evidence_row(
    database: Database, look: _Look, case: Infraction, change: str
) -> None:
    _tamper(database, f"UPDATE atalaya.evidence SET {change}")  # noqa: S608
    assert look() == {str(case.id): Trouble.EVIDENCE_ROW_ALTERED}


def test_a_flipped_byte(
    look: _Look, case: Infraction, store: LocalEvidenceStore
) -> None:
    sha256 = case.evidence[0].sha256
    path = store.local_path(sha256)
    path.chmod(0o600)
    path.write_bytes(b"pictura")
    assert look() == {sha256: Trouble.OBJECT_DAMAGED}
    path.unlink()
    assert look() == {sha256: Trouble.OBJECT_MISSING}


def test_a_file_without_a_case(
    look: _Look, store: LocalEvidenceStore, tmp_path: Path
) -> None:
    stray = tmp_path / "stray"
    stray.write_bytes(b"whose?")
    name, _ = store.put(stray)
    assert look() == {name: Trouble.OBJECT_WITHOUT_ROW}


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
    assert look()[entry] is Trouble.AUDIT_BROKEN


def test_the_trail_names_who_did_what(database: Database, case: Infraction) -> None:
    rows = database.connect("aurora").execute(
        "SELECT login, action, subject FROM atalaya.audit"
        " WHERE login <> 'postgres' ORDER BY sequence"
    )
    camera_id = str(case.camera_id)
    assert rows.fetchall() == [
        ("teo", "save_camera", camera_id),
        ("teo", "publish_configuration", camera_id),
        ("engine", "add_case", str(case.id)),
        ("ana", "decide", str(case.id)),
        # The store hands back what it decided.
        ("ana", "read_open", str(case.id)),
    ]
