"""What each role tries and must not do; the server refuses, whoever asks and however.

Every act runs as a bare SQL statement, past the product's own code.
"""

from dataclasses import replace

import psycopg
import pytest

from app.domain.errors import EnvironmentFault
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, InfractionId, Sha256, new_uuid
from tests.builders.infractions import OCCURRED, speeding
from tests.builders.site import camera, configuration, finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database

_STILL = EvidenceItem(
    id=EvidenceId(new_uuid()),
    kind=EvidenceKind.STILL_DECISIVE,
    sha256=Sha256("ab" * 32),
    media_type="image/jpeg",
    size_bytes=1000,
    captured_at=OCCURRED.wall,
)
_PEOPLE = ("ana", "sofia", "teo", "admin", "aurora", "engine")
_REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.UndefinedFunction,
)

# No role may do these.
_NOBODY = {
    "change a measurement": "UPDATE atalaya.infraction SET speed_kmh = 1",
    "change a plate": "UPDATE atalaya.infraction SET plate_in_force = 'X'",
    "decide past the function": "UPDATE atalaya.infraction SET state = 'rejected'",
    "erase a case": "DELETE FROM atalaya.infraction",
    "erase all": "TRUNCATE atalaya.infraction CASCADE",
    "erase evidence": "DELETE FROM atalaya.evidence",
    "change a review": "UPDATE atalaya.review SET reviewer = 'sofia'",
    "forge an undo": "INSERT INTO atalaya.review_undo SELECT id, 'ana' "
    "FROM atalaya.review",
    "number a notice": "INSERT INTO atalaya.notice (infraction_id, number, issued_by) "
    "SELECT id, 'PE-1', 'ana' FROM atalaya.infraction",
    "reset the numbers": "UPDATE atalaya.notice_counter SET last = 0",
    "change a calibration": "UPDATE atalaya.camera_configuration SET body = '{}'",
    "forge the trail": "INSERT INTO atalaya.audit (login, workstation, action, subject,"
    " detail) VALUES ('x', 'x', 'x', 'x', '{}')",
    "change the trail": "UPDATE atalaya.audit SET login = 'ana'",
    "cut the trail": "DELETE FROM atalaya.audit",
    "move the head of the trail": "UPDATE atalaya.audit_head SET sequence = 0",
    "write the trail by its helper": "SELECT atalaya.record('x', 'x', '{}')",
    "forge a change": "SELECT atalaya.announce('camera', NULL)",
    "insert past the function": "SELECT atalaya.insert_infraction('{}', 'x')",
    "send changes by hand": "SELECT atalaya.send_changes()",
    "promote oneself": "GRANT atalaya_supervisor TO CURRENT_USER",
    "become the owner": "SET ROLE atalaya_owner",
    "become a group": "SET ROLE atalaya_administrator",
    "become the superuser": "SET SESSION AUTHORIZATION postgres",
    "make a role": "CREATE ROLE mallory LOGIN",
    "give oneself power": "ALTER ROLE CURRENT_USER CREATEROLE",
    "set another's password": "ALTER ROLE postgres PASSWORD 'x'",
    "drop a person": "DROP ROLE engine, aurora",
    "deactivate a person": "UPDATE atalaya.person SET active = false",
    "make a table": "CREATE TABLE atalaya.mine (x int)",
    "make a public table": "CREATE TABLE public.mine (x int)",
    "make a schema": "CREATE SCHEMA mine",
    "make a temporary table": "CREATE TEMP TABLE mine (x int)",
    "shadow a function": "CREATE FUNCTION public.lower(text) RETURNS text "
    "LANGUAGE sql AS 'SELECT 1::text'",
    "replace a function": "CREATE OR REPLACE FUNCTION atalaya.undo(uuid) RETURNS void "
    "LANGUAGE sql AS 'SELECT'",
    "drop a guard": "DROP TRIGGER guard ON atalaya.infraction",
    "disable a guard": "ALTER TABLE atalaya.infraction DISABLE TRIGGER ALL",
    "switch triggers off": "SET session_replication_role = replica",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "read a server file": "COPY pg_catalog.pg_class FROM '/etc/passwd'",
    "write a server file": "COPY (SELECT 1) TO '/tmp/mine'",
    "read a file by function": "SELECT pg_read_file('/etc/passwd')",
    "list server files": "SELECT pg_ls_dir('.')",
    "take an advisory lock": "SELECT pg_advisory_lock(1)",
    "take a shared advisory lock": "SELECT pg_try_advisory_xact_lock_shared(1)",
    "fill the disk with large objects": "SELECT lo_from_bytea(0, 'x')",
    "notify by function": "SELECT pg_notify('atalaya', 'camera')",
    "read password hashes": "SELECT rolpassword FROM pg_authid",
    "end another's session": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE usename = 'postgres'",
    "change the server": "ALTER SYSTEM SET fsync = off",
    "load a library": "LOAD 'plpgsql'",
    "make an extension": "CREATE EXTENSION vector SCHEMA atalaya",
    "lock a table": "DO 'BEGIN LOCK TABLE atalaya.infraction; END'",
    "take the dispatcher": "UPDATE atalaya.dispatcher SET expires_at = 'infinity'",
    "empty the outbox": "DELETE FROM atalaya.outbox",
    "forge an engine": "INSERT INTO atalaya.engine SELECT",
    "exempt a vehicle": "INSERT INTO atalaya.vehicle (id, plate, vehicle_class, exempt)"
    " VALUES (gen_random_uuid(), 'ABC123', 'car', true)",
    "read the reads": "SELECT * FROM atalaya.plate_read",
    "read the plates": "SELECT text FROM atalaya.plate",
    "read what was searched": "SELECT * FROM atalaya.plate_search",
    "read the watch list's table": "SELECT * FROM atalaya.watch_entry",
    "read the hits' table": "SELECT * FROM atalaya.watch_hit",
    "search without a trace": "SELECT atalaya.matching_plates('ABC123', false, 9)",
    "take another's search": "SELECT atalaya.own_search(gen_random_uuid())",
    "forge a hit": "INSERT INTO atalaya.watch_hit SELECT",
    "forge a read": "INSERT INTO atalaya.plate_read SELECT",
    "erase a question": "DELETE FROM atalaya.plate_search",
    "forget a read at once": "DELETE FROM atalaya.plate_read",
    "forget a plate": "DELETE FROM atalaya.plate",
    "keep plates for ever": "UPDATE atalaya.plate_retention SET keep_days = 365",
    "list what is old": "SELECT * FROM atalaya.overdue_plate_reads(NULL, NULL, 9)",
    "prolong a watch": "UPDATE atalaya.watch_entry SET expires_at = 'infinity'",
}
_DECIDE = "SELECT atalaya.decide(gen_random_uuid(), gen_random_uuid(), 'reject', "
_DECIDE += "'test', '', NULL)"
_UNDO = "SELECT atalaya.undo(gen_random_uuid())"
_NOTICE = "SELECT atalaya.issue_notice(gen_random_uuid())"
_PUBLISH = "SELECT atalaya.publish_configuration(gen_random_uuid(), gen_random_uuid(), "
_PUBLISH += "'{}', '')"
_SAVE = "SELECT atalaya.save_camera(gen_random_uuid(), 'x', 'x', 'x', NULL, true)"
_SAVE_BOTH = "SELECT atalaya.save_camera(gen_random_uuid(), 'x', 'x', 'x', 'x', NULL, "
_SAVE_BOTH += "true)"
_REMOVE = "SELECT atalaya.remove_camera(gen_random_uuid())"
_PERSON = "SELECT atalaya.create_person('eve', 'Eve', 'administrator', 'x')"
_ADD = "SELECT atalaya.add_infraction('{}')"
_BEAT = "SELECT atalaya.heartbeat(gen_random_uuid(), '', '', '', 1, 1)"
_READS = "SELECT atalaya.add_plate_reads(gen_random_uuid(), '[]')"
_SEARCH = "SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false, NULL, NULL,"
_SEARCH += " 'a reason')"
_FOUND = "SELECT atalaya.found_plates(gen_random_uuid(), NULL, NULL, NULL, 10)"
_WATCH = "SELECT atalaya.add_watch(gen_random_uuid(), 'ABC123', true, 'a reason', "
_WATCH += "now() + interval '1 day')"
_UNWATCH = "SELECT atalaya.end_watch(gen_random_uuid())"
_WATCHED = "SELECT * FROM atalaya.watch_list()"
_HITS = "SELECT * FROM atalaya.watch_hits(10)"
_FORGET = "SELECT * FROM atalaya.forget_plate_reads(NULL, NULL, 10)"
_RETAIN = "SELECT atalaya.set_plate_retention(10)"
_AUDIT = "SELECT * FROM atalaya.audit"
_VERIFY = "SELECT * FROM atalaya.verify_audit()"
_PLATES = "SELECT plate_text FROM atalaya.infraction"
_DOCUMENTS = "SELECT document FROM atalaya.infraction"
_EVIDENCE = "SELECT sha256 FROM atalaya.evidence"
_REVIEWERS = "SELECT reviewer FROM atalaya.review"
_VEHICLES = "SELECT * FROM atalaya.vehicle"
_OUTBOX = "SELECT * FROM atalaya.outbox"
_PEOPLE_LIST = "SELECT * FROM atalaya.person"

_PLATE_DUTIES = (_READS, _SEARCH, _FOUND, _WATCH, _UNWATCH, _WATCHED, _HITS)

# What others may do, but not this role.
_SEPARATED = {
    "ana": (
        _PUBLISH, _SAVE, _SAVE_BOTH, _REMOVE, _PERSON, _ADD, _BEAT, _AUDIT, _VERIFY,
        _OUTBOX, _READS, _WATCH, _UNWATCH, _FORGET, _RETAIN,
    ),
    "sofia": (
        _PUBLISH, _SAVE, _SAVE_BOTH, _REMOVE, _PERSON, _ADD, _BEAT, _AUDIT, _VERIFY,
        _OUTBOX, _READS, _FORGET, _RETAIN,
    ),
    "teo": (
        _DECIDE, _UNDO, _NOTICE, _PERSON, _ADD, _BEAT, _AUDIT, _VERIFY, _PLATES,
        _DOCUMENTS, _EVIDENCE, _REVIEWERS, _VEHICLES, _FORGET, *_PLATE_DUTIES,
    ),
    "admin": (
        _DECIDE, _UNDO, _NOTICE, _PUBLISH, _ADD, _BEAT, _AUDIT, _VERIFY, _PLATES,
        _DOCUMENTS, _EVIDENCE, _REVIEWERS, _VEHICLES, *_PLATE_DUTIES,
    ),
    "aurora": (
        _DECIDE, _UNDO, _NOTICE, _PUBLISH, _SAVE, _SAVE_BOTH, _REMOVE, _PERSON, _ADD,
        _BEAT, _FORGET, _RETAIN, *_PLATE_DUTIES,
    ),
    "engine": (
        _DECIDE, _UNDO, _NOTICE, _PUBLISH, _SAVE, _SAVE_BOTH, _REMOVE, _PERSON, _AUDIT,
        _VERIFY, _PLATES, _DOCUMENTS, _EVIDENCE, _REVIEWERS, _VEHICLES, _PEOPLE_LIST,
        _SEARCH, _FOUND, _WATCH, _UNWATCH, _WATCHED, _HITS, _FORGET, _RETAIN,
    ),
}  # fmt: skip


def _fingerprint(database: Database) -> object:
    """Everything that no refused act may change."""
    query = """
        SELECT (SELECT jsonb_agg(i ORDER BY id) FROM atalaya.infraction AS i),
            (SELECT jsonb_agg(r ORDER BY id) FROM atalaya.review AS r),
            (SELECT jsonb_agg(a ORDER BY id) FROM atalaya.audit AS a),
            (SELECT jsonb_agg(c ORDER BY id) FROM atalaya.camera_configuration AS c),
            (SELECT jsonb_agg(p ORDER BY login) FROM atalaya.person AS p),
            (SELECT jsonb_agg(rolname ORDER BY rolname) FROM pg_roles)
    """
    return database.connect().execute(query).fetchone()


@pytest.fixture
def case_id(database: Database) -> InfractionId:
    """Give a case that ana has confirmed, so that every table has a row."""
    version = installed_camera(database.login("teo").site)
    made = finding(version, like=speeding(evidence=(_STILL,)))
    database.gateway().add(made)
    database.login("ana").case_store.decide(confirmation(made))
    connection = database.connect("sofia")
    for act in (_SEARCH, _WATCH):
        connection.execute(act.encode())
    return made.id


@pytest.mark.parametrize("login", _PEOPLE)
def test_no_role_may(database: Database, case_id: InfractionId, login: str) -> None:
    before = _fingerprint(database)
    connection = database.connect(login)
    allowed = [name for name, act in _NOBODY.items() if not _refused(connection, act)]
    assert allowed == []
    assert _fingerprint(database) == before


@pytest.mark.parametrize("login", _PEOPLE)
def test_duties_are_separate(
    database: Database, case_id: InfractionId, login: str
) -> None:
    before = _fingerprint(database)
    connection = database.connect(login)
    allowed = [act for act in _SEPARATED[login] if not _refused(connection, act)]
    assert allowed == []
    assert _fingerprint(database) == before


def _refused(connection: psycopg.Connection[object], act: str) -> bool:
    try:
        connection.execute(act.encode())
    except _REFUSED:
        return True
    except psycopg.Error as error:
        raise AssertionError(f"{act!r} failed otherwise: {error}") from error
    return False


_GUARDED = (
    "UPDATE atalaya.infraction SET speed_kmh = 1",
    "UPDATE atalaya.infraction SET document = '{}'",
    "UPDATE atalaya.infraction SET camera_id = gen_random_uuid()",
    "DELETE FROM atalaya.infraction",
    "TRUNCATE atalaya.infraction CASCADE",
    "UPDATE atalaya.review SET comment = 'x'",
    "DELETE FROM atalaya.review",
    "UPDATE atalaya.evidence SET sha256 = repeat('0', 64)",
    "UPDATE atalaya.camera_configuration SET note = 'x'",
    "DELETE FROM atalaya.camera_configuration",
    "UPDATE atalaya.audit SET login = 'x'",
    "UPDATE atalaya.audit SET sha256 = repeat('0', 64)",
    "DELETE FROM atalaya.audit",
    "TRUNCATE atalaya.audit",
    "DELETE FROM atalaya.plate_search",
    "UPDATE atalaya.plate_search SET reason = 'another'",
    "DELETE FROM atalaya.watch_entry",
    "UPDATE atalaya.watch_entry SET expires_at = now() + interval '80 days'",
)


@pytest.mark.parametrize("act", _GUARDED)
def test_even_the_superuser_stumbles_over_the_guards(
    database: Database, case_id: InfractionId, act: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.connect().execute(act.encode())


def test_no_step_outside_the_state_machine(
    database: Database, case_id: InfractionId
) -> None:
    connection = database.connect()
    connection.execute("UPDATE atalaya.infraction SET state = 'notified'")
    for state in ("pending", "confirmed", "rejected"):
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("UPDATE atalaya.infraction SET state = %s", (state,))
        assert caught.value.sqlstate == "AT001"


_HOSTILE = (
    "'; DROP TABLE atalaya.infraction; --",
    '"); SELECT pg_sleep(10); --',
    "{{7*7}} %s %(x)s :name $1",
    "\\'; COPY (SELECT 1) TO PROGRAM 'id'; --",
)


@pytest.mark.parametrize("text", _HOSTILE)
def test_hostile_text_stays_text(database: Database, text: str) -> None:
    teo, ana = database.login("teo"), database.login("ana")
    made = replace(camera(text), location=text)
    teo.site.save_camera(made)
    version = teo.site.publish_configuration(made.id, configuration(), text)
    assert teo.site.cameras() == [made]
    assert version.note == text
    found = finding(version)
    database.gateway().add(found)
    assert ana.case_store.cases(plate=text) == []
    decided = ana.case_store.decide(confirmation(found, comment=text))
    assert decided.reviews[0].comment == text


@pytest.mark.parametrize("text", _HOSTILE)
def test_a_plate_that_is_none_is_refused(
    database: Database, case_id: InfractionId, text: str
) -> None:
    session = database.login("ana")
    session.case_store.undo(case_id)
    pending = session.case_store.case(case_id).infraction
    with pytest.raises(EnvironmentFault):
        session.case_store.decide(confirmation(pending, plate_text=text))
