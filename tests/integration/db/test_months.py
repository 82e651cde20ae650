"""Months are made ahead, sorted when they were not, and taken out by their rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.audit import AuditTrouble
from app.domain.case_query import CaseQuery
from app.domain.errors import NotPermitted
from app.domain.ids import EngineId, InfractionId, new_uuid
from app.domain.infraction import Infraction
from db.address import Connection
from db.audit_check import verify_audit
from db.check import check
from db.months import MonthKeeping, months
from db.move_tables import digest_of, tables_of
from tests.builders.kept import KeptSite
from tests.builders.plates import sighting
from tests.builders.site import finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fixtures_db import Database

_TABLES = ("audit", "infraction", "plate_read")
_PARTS = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('atalaya_months', 'atalaya_archive') AND c.relkind = 'r'
    ORDER BY 1
"""
# As if the months had been made by a release of long ago.
_SINCE = """
    DO $$
    DECLARE
        v_table text := '{table}';
        v_border text := atalaya.border_at('{table}' = 'infraction', '{since}');
        v_old text := v_table || '_first';
        v_again text[];
        v_each text;
    BEGIN
        SET LOCAL session_replication_role = replica;
        v_again := atalaya.let_go(v_table);
        EXECUTE format('ALTER TABLE atalaya.%I DETACH PARTITION atalaya_months.%I',
            v_table, v_old);
        EXECUTE format('ALTER TABLE atalaya_months.%I RENAME TO moved', v_old);
        EXECUTE format('CREATE TABLE atalaya_months.%I (LIKE atalaya_months.moved
            INCLUDING ALL EXCLUDING IDENTITY)', v_old);
        EXECUTE format('ALTER TABLE atalaya_months.%I OWNER TO atalaya_owner', v_old);
        EXECUTE format('ALTER TABLE atalaya.%I ATTACH PARTITION atalaya_months.%I
            FOR VALUES FROM (MINVALUE) TO (%L)', v_table, v_old, v_border);
        EXECUTE format('INSERT INTO atalaya.%I OVERRIDING SYSTEM VALUE
            TABLE atalaya_months.moved', v_table);
        DROP TABLE atalaya_months.moved;
        FOREACH v_each IN ARRAY v_again LOOP EXECUTE v_each; END LOOP;
    END
    $$
"""
_OLD_ENTRY = """
    INSERT INTO atalaya.audit (at, login, workstation, action, subject, detail)
    VALUES (%s, 'ana', 'x', 'an_act', 'x', '{}')
"""
_AGE_TERM = """
    SET session_replication_role = replica;
    UPDATE atalaya.trail_term SET changed_at = changed_at - interval '8 days';
    RESET session_replication_role
"""


def _keep(database: Database) -> list[str]:
    keeping = MonthKeeping(database.superuser_dsn)
    keeping.finish()
    return keeping.done


def _names(connection: Connection) -> list[str]:
    return [str(row[0]) for row in connection.execute(_PARTS.encode())]


def _month(moment: datetime, table: str) -> str:
    return f"atalaya_months.{table}_{moment:%Y_%m}"


def _ahead(months: int) -> datetime:
    """Return a moment within the month that is so many ahead."""
    first = datetime.now(UTC).replace(day=1, hour=12)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    return first


def _identity(at: datetime) -> InfractionId:
    """Return what an engine would call a case that it found then."""
    head = int(at.timestamp() * 1000) << 80
    return InfractionId(UUID(int=head | (new_uuid().int & ((1 << 80) - 1))))


def _part_of(connection: Connection, table: str, key: UUID) -> str:
    row = connection.execute(
        f"SELECT tableoid::regclass::text FROM atalaya.{table} WHERE id = %s",  # noqa: S608
        (key,),
    ).fetchone()
    return "" if row is None else str(row[0])


@given(st.datetimes(datetime(1971, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001
def test_an_identity_of_a_moment_lies_above_its_border(moment: datetime) -> None:
    """As `atalaya.first_id` has it: the first 48 bits are milliseconds."""
    at = moment.replace(tzinfo=UTC)
    border = UUID(f"{int(at.timestamp() * 1000):012x}{'0' * 20}")
    assert border <= _identity(at)
    assert _identity(at - timedelta(milliseconds=2)) < border


def test_three_months_ahead_are_there_from_the_beginning(database: Database) -> None:
    names = _names(database.connect())
    for table in _TABLES:
        assert [_month(_ahead(n), table) in names for n in (1, 2, 3)] == [True] * 3
    assert _keep(database) == []
    studied = database.connect().execute(
        "SELECT relname FROM pg_stat_all_tables WHERE schemaname = 'atalaya'"
        " AND relname = ANY (%s) AND last_analyze IS NOT NULL ORDER BY 1",
        (list(_TABLES),),
    )
    assert [row[0] for row in studied] == list(_TABLES)


def test_a_month_that_is_missing_is_made_once_and_told(database: Database) -> None:
    superuser = database.connect()
    superuser.execute(
        "ALTER TABLE atalaya.infraction DETACH PARTITION"
        f" {_month(_ahead(2), 'infraction')}".encode()
    )
    superuser.execute(f"DROP TABLE {_month(_ahead(2), 'infraction')}".encode())
    made = f"infraction_{_ahead(2):%Y_%m}"
    assert _keep(database) == [f"{made} was made"]
    told = superuser.execute(
        "SELECT subject FROM atalaya.audit WHERE action = 'make_month'"
    )
    assert told.fetchall() == [(made,)]


def test_an_administrator_keeps_months_and_others_do_not(database: Database) -> None:
    MonthKeeping(database.dsn("admin")).finish()
    for login in ("ana", "sofia", "teo", "aurora", "engine"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.connect(login).execute("SELECT atalaya.keep_months(3)")


def _found(database: Database, *ids: UUID) -> list[Infraction]:
    version = installed_camera(database.login("teo").site)
    made = [
        replace(finding(version, n), id=InfractionId(key)) for n, key in enumerate(ids)
    ]
    gateway = database.gateway()
    for each in made:
        gateway.add(each)
    return made


@pytest.mark.parametrize(
    ("key", "part"),
    [
        (UUID("00000000-0000-7000-8000-000000000001"), "infraction_first"),
        (UUID("01980000-0000-7000-8000-000000000001"), "infraction_first"),
        (UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479"), "infraction_rest"),
        (UUID("ffffffff-ffff-ffff-ffff-ffffffffffff"), "infraction_rest"),
    ],
)
def test_an_identity_of_any_kind_has_a_home(
    database: Database, key: UUID, part: str
) -> None:
    """Imported, not of version 7, of a clock that is wrong: none is refused."""
    _found(database, key)
    superuser = database.connect()
    assert _part_of(superuser, "infraction", key) == f"atalaya_months.{part}"
    store = database.login("ana").case_store
    assert store.case(InfractionId(key)).infraction.id == key
    assert _keep(database) == []


def _forget_months(superuser: Connection) -> None:
    """Have it be as if nobody had ever made a month."""
    for table in _TABLES:
        for ahead in (1, 2, 3):
            part = _month(_ahead(ahead), table)
            superuser.execute(
                f"ALTER TABLE atalaya.{table} DETACH PARTITION {part}".encode()
            )
            superuser.execute(f"DROP TABLE {part}".encode())


def test_rows_that_came_before_their_month_are_sorted_into_it(
    database: Database,
) -> None:
    superuser = database.connect()
    _forget_months(superuser)
    soon, late = _identity(_ahead(1)), _identity(_ahead(9))
    now = _identity(datetime.now(UTC))
    cases = _found(database, now, soon, late)
    seen = sighting(cases[0].camera_id, "ABC123")
    seen = replace(seen, seen=replace(seen.seen, wall=_ahead(1)))
    database.gateway().plate_sink(EngineId(new_uuid())).add([seen])
    store = database.login("ana").case_store
    before = store.cases()
    assert len(before) == 3
    assert [each.split(":")[0] for each in _keep(database)[:2]] == [
        "infraction",
        "plate_read",
    ]
    assert store.cases() == before
    assert _part_of(superuser, "infraction", soon) == _month(_ahead(1), "infraction")
    assert _part_of(superuser, "infraction", late) == "atalaya_months.infraction_rest"
    assert _part_of(superuser, "plate_read", seen.id) == _month(_ahead(1), "plate_read")
    loose = superuser.execute("SELECT FROM pg_constraint WHERE NOT convalidated")
    assert loose.fetchall() == []
    assert _keep(database) == []
    store.decide(confirmation(cases[1]))
    assert list(check(database.superuser_dsn, MemoryEvidenceStore())) == []


def test_what_one_track_gives_twice_is_folded_across_the_end_of_a_month(
    database: Database,
) -> None:
    version = installed_camera(database.login("teo").site)
    gateway = database.gateway()
    one = replace(finding(version), id=_identity(_ahead(1)))
    gateway.add(one)
    gateway.add(replace(one, id=_identity(_ahead(2))))
    assert [each.infraction for each in database.login("ana").case_store.cases()] == [
        one
    ]


_ACTS = (
    "TABLE {part}",
    "INSERT INTO {part} DEFAULT VALUES",
    "UPDATE {part} SET id = id",
    "DELETE FROM {part}",
    "TRUNCATE {part}",
    "COPY {part} TO STDOUT",
    "ALTER TABLE {part} DISABLE TRIGGER ALL",
    "DROP TABLE {part}",
)


@pytest.mark.parametrize("login", ["ana", "sofia", "teo", "admin", "aurora", "engine"])
def test_nobody_touches_a_part_beside_the_whole(database: Database, login: str) -> None:
    parts = _names(database.connect())
    assert len(parts) >= 5 * len(_TABLES)
    person = database.connect(login)
    for part in parts:
        for act in _ACTS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                person.execute(act.format(part=part).encode())
    for act in ("CREATE TABLE atalaya_months.mine ()", "DROP SCHEMA atalaya_months"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            person.execute(act.encode())


def test_no_part_has_a_right_for_anybody(database: Database) -> None:
    granted = database.connect().execute(
        "SELECT c.relname, a.grantee::regrole FROM pg_class AS c,"
        " aclexplode(c.relacl) AS a WHERE a.grantee <> c.relowner"
        " AND c.relnamespace = 'atalaya_months'::regnamespace"
    )
    assert granted.fetchall() == []
    owners = database.connect().execute(
        "SELECT DISTINCT relowner::regrole::text FROM pg_class"
        " WHERE relnamespace = 'atalaya_months'::regnamespace"
    )
    assert owners.fetchall() == [("atalaya_owner",)]


@pytest.mark.parametrize("table", ["infraction", "audit"])
def test_the_guards_stand_on_each_part(database: Database, table: str) -> None:
    """Also against the owner, and by the name that everybody knows."""
    _found(database, new_uuid())
    superuser = database.connect()
    superuser.execute("SET ROLE atalaya_owner")
    part = f"atalaya_months.{table}_first"
    for act in (f"DELETE FROM {part}", f"TRUNCATE {part} CASCADE"):  # noqa: S608
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"of {table} "):
            superuser.execute(act.encode())
    column = {"infraction": "kind", "audit": "subject"}[table]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        superuser.execute(f"UPDATE {part} SET {column} = 'red_light'".encode())  # noqa: S608


def _divided_since(superuser: Connection, table: str, since: str) -> None:
    superuser.execute(_SINCE.format(table=table, since=since).encode())


def _make(superuser: Connection, table: str, month: str) -> None:
    superuser.execute("SET ROLE atalaya_owner")
    superuser.execute(
        "SELECT atalaya.make_month(%s, %s::timestamptz, NULL)", (table, month)
    )
    superuser.execute("RESET ROLE")


def test_a_month_goes_when_nothing_is_left_in_it(database: Database) -> None:
    superuser = database.connect()
    version = installed_camera(database.login("teo").site)
    for table in ("infraction", "plate_read"):
        _divided_since(superuser, table, "2026-01-01+00")
        _make(superuser, table, "2026-01-01+00")
    found = replace(finding(version), id=_identity(datetime(2026, 1, 9, tzinfo=UTC)))
    database.gateway().add(found)
    assert _part_of(superuser, "infraction", found.id).endswith("infraction_2026_01")
    said = {each.part: (each.act, each.why) for each in months(database.superuser_dsn)}
    assert said["infraction_2026_01"] == (
        None,
        "1 cases are in it, 1 of them not erased",
    )
    assert said["plate_read_2026_01"][0] == "drop"
    done = _keep(database)
    assert "plate_read_2026_01, which was empty, was dropped" in done
    names = _names(superuser)
    assert "atalaya_months.plate_read_2026_01" not in names
    assert "atalaya_months.infraction_2026_01" in names
    told = superuser.execute(
        "SELECT subject FROM atalaya.audit WHERE action = 'drop_month'"
    )
    assert told.fetchall() == [("plate_read_2026_01",)]
    late = sighting(found.camera_id, "ABC123")
    late = replace(late, seen=replace(late.seen, wall=datetime(2026, 1, 9, tzinfo=UTC)))
    database.gateway().plate_sink(EngineId(new_uuid())).add([late])
    assert _part_of(superuser, "plate_read", late.id)


def test_a_case_that_is_held_or_certified_keeps_its_month(
    database: Database, tmp_path: Path
) -> None:
    """What remains of an erased case is counted, and its certificate names it."""
    kept = KeptSite.of(database, tmp_path)
    superuser = database.connect()
    _divided_since(superuser, "infraction", "2026-01-01+00")
    kept.found(b"still")
    kept.age()
    assert kept.erase().certified == 1
    assert [each.part for each in months(database.superuser_dsn) if each.act] == []


@pytest.fixture
def archived(database: Database) -> Database:
    """Give a trail of which a month of years ago was set aside."""
    superuser = database.connect()
    _divided_since(superuser, "audit", "2020-05-01+00")
    for month in ("2020-05-01+00", "2020-06-01+00"):
        _make(superuser, "audit", month)
    for day in (5, 6, 7):
        superuser.execute(_OLD_ENTRY.encode(), (datetime(2020, 5, day, tzinfo=UTC),))
    assert [each.act for each in months(database.superuser_dsn) if each.act] == []
    database.connect("admin").execute("SELECT atalaya.set_trail_term(400)")
    # A changed term sets nothing aside for seven days.
    assert [each.act for each in months(database.superuser_dsn) if each.act] == []
    superuser.execute(_AGE_TERM.encode())
    assert "audit_2020_05 was set aside" in _keep(database)
    return database


def test_a_month_of_the_trail_is_set_aside_and_stays_in_the_chain(
    archived: Database,
) -> None:
    superuser = archived.connect()
    here = superuser.execute(
        "SELECT count(*) FROM atalaya.audit WHERE action = 'an_act'"
    )
    assert here.fetchone() == (0,)
    aside = archived.connect("aurora").execute(
        "SELECT entries, last_sequence - first_sequence FROM atalaya.archived_month"
    )
    assert aside.fetchone() == (3, 2)
    total = superuser.execute("SELECT sequence FROM atalaya.audit_head").fetchone()
    for dsn in (archived.superuser_dsn, archived.dsn("aurora")):
        report = verify_audit(dsn)
        assert report.findings == ()
        assert total == (report.entries,)
    assert archived.login("aurora").audit.first_fault() is None
    assert list(check(archived.superuser_dsn, MemoryEvidenceStore())) == []


def test_a_month_that_was_set_aside_comes_back_for_no_other_ones_rows(
    archived: Database,
) -> None:
    """An entry of a wrong clock lies in a month that is gone: it gets a second part."""
    superuser = archived.connect()
    superuser.execute(_OLD_ENTRY.encode(), (datetime(2020, 5, 9, tzinfo=UTC),))
    superuser.execute(_OLD_ENTRY.encode(), (datetime(2020, 9, 9, tzinfo=UTC),))
    gone = _names(superuser)
    done = _keep(archived)
    made = {each for each in _names(superuser) if each not in gone}
    assert made == {
        "atalaya_archive.audit_2020_05_2",
        "atalaya_archive.audit_2020_09",
    }
    assert sum("audit_2020_05 was set aside" in each for each in done) == 1
    told = superuser.execute(
        "SELECT detail ->> 'part', detail ->> 'entries' FROM atalaya.audit"
        " WHERE action = 'archive_month' ORDER BY id"
    ).fetchall()
    assert told[-2:] == [("audit_2020_05_2", "1"), ("audit_2020_09", "1")]
    assert verify_audit(archived.superuser_dsn).findings == ()
    assert archived.login("aurora").audit.first_fault() is None
    assert _keep(archived) == []


def test_what_was_set_aside_moves_with_the_trail(archived: Database) -> None:
    superuser = archived.connect()
    moved = {each.name: each for each in tables_of(superuser)}
    trail = moved["audit"]
    head = superuser.execute("SELECT sequence FROM atalaya.audit_head").fetchone()
    assert head == (digest_of(superuser, trail).rows,)
    # Where it goes nothing lies aside, and nothing says so.
    assert "archived_month" not in moved


@pytest.mark.parametrize(
    ("act", "trouble"),
    [
        ("UPDATE atalaya_archive.audit_2020_05 SET subject = 'y'", "ALTERED"),
        ("DELETE FROM atalaya_archive.audit_2020_05", "MISSING_BEFORE"),
        ("DROP TABLE atalaya_archive.audit_2020_05", "MISSING_BEFORE"),
    ],
)
def test_what_is_done_to_what_was_set_aside_is_found(
    archived: Database, act: str, trouble: str
) -> None:
    superuser = archived.connect()
    if not act.startswith("DROP"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            superuser.execute(act.encode())
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(act.encode())
    first = verify_audit(archived.superuser_dsn).first_broken
    assert first is not None
    assert first.trouble is AuditTrouble[trouble]
    fault = archived.login("aurora").audit.first_fault()
    assert fault is not None
    assert fault.trouble is AuditTrouble[trouble]


def test_each_part_is_closed_to_all_but_the_owner(database: Database) -> None:
    """What the whole forces is for who asks the whole; a part has no policy at all."""
    superuser = database.connect()
    superuser.execute("SELECT atalaya.keep_months(5)")
    superuser.execute("SELECT atalaya.keep_months(5)")
    states = superuser.execute(
        "SELECT c.relrowsecurity, c.relforcerowsecurity,"
        " EXISTS (SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee <> c.relowner),"
        " EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)"
        " FROM pg_class AS c WHERE c.relnamespace = 'atalaya_months'::regnamespace"
        " AND c.relkind = 'r'"
    ).fetchall()
    assert set(states) == {(True, False, False, False)}
    whole = superuser.execute(
        "SELECT relforcerowsecurity FROM pg_class"
        " WHERE oid IN ('atalaya.infraction'::regclass, 'atalaya.plate_read'::regclass)"
    )
    assert whole.fetchall() == [(True,), (True,)]
    for login in ("ana", "sofia", "teo", "admin", "aurora", "engine"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.connect(login).execute(
                "SELECT id FROM atalaya_months.infraction_first"
            )


def test_too_many_cases_of_a_plate_are_told(database: Database) -> None:
    (case,) = _found(database, new_uuid())
    superuser = database.connect()
    superuser.execute("SET session_replication_role = replica")
    # Every column but two is that of the case.
    superuser.execute(
        "CREATE TEMP TABLE many AS SELECT i.* FROM atalaya.infraction AS i,"
        " generate_series(1, 20000)"
    )
    superuser.execute("UPDATE many SET id = gen_random_uuid()")
    superuser.execute(
        "UPDATE many AS m SET track_id = r.n FROM (SELECT id, row_number() OVER ()"
        " + 1000 AS n FROM many) AS r WHERE r.id = m.id"
    )
    store = database.login("ana").case_store
    part = str(case.plate.text)[1:4]
    assert [each.infraction.id for each in store.cases(CaseQuery(plate=part))] == [
        case.id
    ]
    superuser.execute("INSERT INTO atalaya.infraction SELECT * FROM many")
    with pytest.raises(NotPermitted, match="Too many cases have this"):
        store.cases(CaseQuery(plate=part))
    with pytest.raises(NotPermitted, match="Too many cases have this"):
        store.count(CaseQuery(plate=part))
