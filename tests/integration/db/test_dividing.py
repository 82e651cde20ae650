"""A table with rows becomes a divided one: what hung on it hangs on it still."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db.address import Connection
from db.document import canonical_document
from db.migrate import _run_alembic, upgrade
from db.migrations.versions.v0013_months import down_revision
from tests.builders.infractions import CAMERA_ID, CONFIGURATION_ID, ENGINE_ID, speeding
from tests.fixtures_db import Host

_DIVIDED = ("audit", "infraction", "plate_read")
_ROWS = f"""
    INSERT INTO atalaya.person (login, full_name) VALUES ('postgres', 'Somebody');
    INSERT INTO atalaya.camera (id, name, location, url, enabled)
        VALUES ('{CAMERA_ID}', 'Norte', 'Lima', 'rtsp://127.0.0.1/x', true);
    INSERT INTO atalaya.camera_configuration
        (id, camera_id, version, body, note, created_by)
        VALUES ('{CONFIGURATION_ID}', '{CAMERA_ID}', 1, '{{"schema_version": 1}}', '',
            'postgres');
    SELECT atalaya.add_watch(gen_random_uuid(), 'ABC123', false, 'stolen, 4711',
        now() + interval '9 days');
    SELECT atalaya.add_plate_reads('{ENGINE_ID}', jsonb_build_array(jsonb_build_object(
        'id', gen_random_uuid(), 'plate', 'ABC123', 'published', true,
        'confidence', 0.9, 'read_count', 3, 'camera_id', '{CAMERA_ID}', 'track_id', 1,
        'vehicle_class', 'car', 'seen_at', now())))
"""  # noqa: S608
# What another migration may have put on the tables by then.
_ODDITIES = """
    ALTER TABLE atalaya.infraction ENABLE ROW LEVEL SECURITY;
    ALTER TABLE atalaya.infraction FORCE ROW LEVEL SECURITY;
    CREATE POLICY mine ON atalaya.infraction FOR SELECT TO atalaya_operator
        USING (camera_id IS NOT NULL AND kind = 'speeding');
    CREATE POLICY narrow ON atalaya.infraction AS RESTRICTIVE TO PUBLIC
        USING (true) WITH CHECK (track_id <> 99);
    CREATE POLICY through ON atalaya.evidence TO atalaya_operator USING (EXISTS (
        SELECT FROM atalaya.infraction AS i WHERE i.id = infraction_id));
    GRANT SELECT (track_id), REFERENCES (id) ON atalaya.infraction TO atalaya_engine;
    GRANT SELECT ON atalaya.plate_read TO atalaya_auditor WITH GRANT OPTION;
    COMMENT ON TABLE atalaya.infraction IS 'cases';
    COMMENT ON COLUMN atalaya.infraction.kind IS 'what was broken';
    COMMENT ON CONSTRAINT infraction_is_measured ON atalaya.infraction IS 'a figure';
    COMMENT ON TRIGGER guard ON atalaya.infraction IS 'for ever';
    COMMENT ON POLICY mine ON atalaya.infraction IS 'of the site';
    COMMENT ON INDEX atalaya.infraction_newest IS 'of the pages';
    CREATE FUNCTION atalaya.of_another() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER of_another BEFORE INSERT OR UPDATE OF kind ON atalaya.infraction
        FOR EACH ROW WHEN (NEW.track_id > 7) EXECUTE FUNCTION atalaya.of_another();
    ALTER TABLE atalaya.infraction ENABLE ALWAYS TRIGGER of_another;
    ALTER TABLE atalaya.plate_read REPLICA IDENTITY FULL;
    ALTER TABLE atalaya.infraction ADD COLUMN gone integer;
    ALTER TABLE atalaya.infraction DROP COLUMN gone;
    ALTER TABLE atalaya.infraction ADD CONSTRAINT loose CHECK (track_id > 1000000)
        NOT VALID
"""
_CATALOGUE = {
    "rights": """
        SELECT c.relname, n.attname, a.grantee::regrole::text, a.privilege_type,
            a.is_grantable
        FROM pg_class AS c
        LEFT JOIN pg_attribute AS n ON n.attrelid = c.oid AND n.attacl IS NOT NULL
        CROSS JOIN LATERAL (
            SELECT * FROM aclexplode(c.relacl) UNION ALL
            SELECT * FROM aclexplode(n.attacl)) AS a
        WHERE c.relnamespace = 'atalaya'::regnamespace AND c.relkind IN ('r', 'p', 'S')
            AND c.relname <> 'alembic_version'""",
    "tables": """
        SELECT c.relname, c.relowner::regrole::text, c.relrowsecurity,
            c.relforcerowsecurity, c.relreplident, obj_description(c.oid, 'pg_class')
        FROM pg_class AS c WHERE c.relnamespace = 'atalaya'::regnamespace
            AND c.relkind IN ('r', 'p', 'S')""",
    "columns": """
        SELECT c.relname, a.attname, a.atttypid::regtype::text, a.attnotnull,
            a.attidentity, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid,
            a.attnum)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'atalaya'::regnamespace AND c.relkind IN ('r', 'p')
            AND a.attnum > 0 AND NOT a.attisdropped""",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check
        FROM pg_policies WHERE schemaname = 'atalaya'""",
    "triggers": """
        SELECT t.tgrelid::regclass::text, t.tgname, t.tgenabled,
            pg_get_triggerdef(t.oid), obj_description(t.oid, 'pg_trigger')
        FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'atalaya'::regnamespace AND NOT t.tgisinternal""",
    "constraints": """
        SELECT k.conrelid::regclass::text, k.conname, k.convalidated,
            pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint')
        FROM pg_constraint AS k WHERE k.connamespace = 'atalaya'::regnamespace
            AND k.conparentid = 0 AND k.contype <> 'n'""",
    "indexes": """
        SELECT replace(indexdef, ' ONLY ', ' '), obj_description(
            (schemaname || '.' || quote_ident(indexname))::regclass, 'pg_class')
        FROM pg_indexes WHERE schemaname = 'atalaya'""",
    "functions": """
        SELECT p.oid::regprocedure::text, p.prorettype::regtype::text,
            p.proowner::regrole::text, p.prosecdef, p.proconfig::text,
            (SELECT array_agg(a.grantee::regrole::text ORDER BY 1)::text
                FROM aclexplode(p.proacl) AS a), obj_description(p.oid, 'pg_proc')
        FROM pg_proc AS p WHERE p.pronamespace = 'atalaya'::regnamespace""",
}
# What cannot be as it was, and why: a unique key of a divided table holds its border.
_TAKEN_AWAY = {
    "constraints": {
        "audit_pkey",
        "audit_sequence_key",
        "infraction_same_track",
        "plate_read_pkey",
        "watch_hit_read_id_fkey",
    },
    "indexes": {
        "audit_pkey",
        "audit_sequence_key",
        # Made again, with the site.
        "infraction_kept",
        "infraction_same_track",
        "plate_read_pkey",
    },
}


def _catalogue(connection: Connection) -> dict[str, set[Any]]:
    connection.execute("SET search_path = pg_catalog")
    return {
        about: set(connection.execute(query.encode()).fetchall())
        for about, query in _CATALOGUE.items()
    }


@pytest.fixture
def undivided(database_host: Host) -> Iterator[Connection]:
    """Give a database before it is divided, with rows, as its superuser."""
    postgres = make_conninfo(database_host.superuser_dsn, dbname="postgres")
    with psycopg.connect(postgres, autocommit=True) as connection:
        # One that an earlier test could not make to its end may lie there.
        connection.execute("DROP DATABASE IF EXISTS undivided")
        connection.execute("CREATE DATABASE undivided TEMPLATE template0")
    dsn = make_conninfo(database_host.superuser_dsn, dbname="undivided")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA atalaya")
        _run_alembic(dsn, down_revision)
        connection.execute(_ROWS.encode())
        _add(connection)
        connection.execute(_ODDITIES.encode())
        yield connection
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE undivided")


def _add(connection: Connection) -> None:
    document = canonical_document(speeding())
    connection.execute("SELECT atalaya.add_infraction(%s)", (document,))


def _divide(connection: Connection) -> None:
    dsn = make_conninfo(
        connection.info.dsn, password=connection.info.password, dbname="undivided"
    )
    upgrade(dsn)


def test_the_catalogue_is_as_it_was(undivided: Connection) -> None:
    before = _catalogue(undivided)
    _divide(undivided)
    after = _catalogue(undivided)
    for about, known in before.items():
        lost = {
            each
            for each in known - after[about]
            if not any(name in str(each) for name in _TAKEN_AWAY.get(about, ()))
        }
        assert lost == set(), about
    made = {(each[0], each[1]) for each in after["triggers"] - before["triggers"]}
    assert made == {
        ("atalaya.infraction", "fold_same_track"),
        ("atalaya.infraction", "record_added"),
        ("atalaya.infraction_twin", "record_added"),
        ("atalaya.archived_month", "keep"),
        ("atalaya.archived_month", "keep_all"),
        ("atalaya.trail_term", "keep"),
        ("atalaya.trail_term", "keep_all"),
    }
    assert after["policies"] == before["policies"]


def _files(connection: Connection, *tables: str) -> list[Any]:
    query = b"SELECT pg_relation_filenode(%s::regclass)"
    return [connection.execute(query, (each,)).fetchone() for each in tables]


def test_no_row_is_written_again(undivided: Connection) -> None:
    files = _files(undivided, *(f"atalaya.{each}" for each in _DIVIDED))
    rows = {each: _rows(undivided, each) for each in _DIVIDED}
    assert all(rows.values())
    _divide(undivided)
    firsts = (f"atalaya_months.{each}_first" for each in _DIVIDED)
    assert _files(undivided, *firsts) == files
    assert {each: _rows(undivided, each) for each in _DIVIDED} == rows
    assert undivided.execute("SELECT * FROM atalaya.verify_audit()").fetchall() == []


def _rows(connection: Connection, table: str) -> list[Any]:
    query = f"SELECT to_jsonb(t)::text FROM atalaya.{table} AS t ORDER BY 1"  # noqa: S608
    return connection.execute(query.encode()).fetchall()


def test_what_is_numbered_goes_on(undivided: Connection) -> None:
    undivided.execute("SELECT atalaya.record('a', 'x', '{}')")
    _divide(undivided)
    undivided.execute("SELECT atalaya.record('b', 'x', '{}')")
    ids = undivided.execute(
        "SELECT id, sequence FROM atalaya.audit WHERE subject = 'x' ORDER BY id"
    ).fetchall()
    assert ids == [(2, 2), (3, 3)]


def test_rows_dated_ahead_by_a_wrong_clock_are_divided_as_well(
    undivided: Connection,
) -> None:
    undivided.execute("SET session_replication_role = replica")
    undivided.execute(
        "INSERT INTO atalaya.plate_read (id, plate_id, published, confidence,"
        " read_count, camera_id, engine_id, track_id, vehicle_class, seen_at)"
        " SELECT gen_random_uuid(), plate_id, published, confidence, read_count,"
        " camera_id, engine_id, track_id, vehicle_class, now() + interval '45 days'"
        " FROM atalaya.plate_read"
    )
    _divide(undivided)
    assert len(_rows(undivided, "plate_read")) == 2
    rest = undivided.execute("SELECT FROM atalaya_months.plate_read_rest").fetchall()
    assert rest == []


def test_a_view_that_would_go_on_reading_the_old_table_is_told_of(
    undivided: Connection,
) -> None:
    undivided.execute("CREATE VIEW public.mine AS TABLE atalaya.plate_read")
    with pytest.raises(RuntimeError, match=r"plate_read cannot be divided: .*mine"):
        _divide(undivided)
    assert len(_rows(undivided, "plate_read")) == 1
