"""The tables that migrations make are those that queries know."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg.conninfo import make_conninfo
from sqlalchemy import ForeignKeyConstraint, create_engine
from sqlalchemy.pool import NullPool

from db.migrate import HEAD, _run_alembic, schema_version, upgrade
from db.tables import SCHEMA, metadata
from tests.builders.site import camera
from tests.fixtures_db import Database, Host

_DEFINERS = """
    SELECT p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'atalaya' AND NOT coalesce(
        'search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
"""
_PUBLIC = """
    SELECT p.proname FROM pg_proc AS p
    WHERE p.pronamespace = 'atalaya'::regnamespace
        AND has_function_privilege('public', p.oid, 'EXECUTE')
    UNION ALL
    SELECT c.relname FROM pg_class AS c
    WHERE c.relnamespace = 'atalaya'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v')
        AND has_table_privilege('public', c.oid,
            'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
"""
_WRITABLE = """
    SELECT r.rolname, c.relname FROM pg_class AS c, pg_roles AS r
    WHERE c.relnamespace = 'atalaya'::regnamespace AND c.relkind IN ('r', 'p')
        AND r.rolname ~ '^atalaya_(operator|supervisor|technician|admin|audit|engine)'
        AND has_table_privilege(r.oid, c.oid,
            'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
"""
_OWNERS = """
    SELECT DISTINCT r.rolname FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
    WHERE p.pronamespace = 'atalaya'::regnamespace AND (r.rolsuper OR r.rolcanlogin)
"""


def _is_no_part(
    item: object, name: object, kind: str, reflected: bool, other: object
) -> bool:
    """Leave out the keys that refer to each month beside the one to the whole."""
    return not (
        kind == "foreign_key_constraint"
        and isinstance(item, ForeignKeyConstraint)
        and reflected
        and item.referred_table.schema == "atalaya_months"
    )


def test_migrated_tables_are_the_known_tables(database: Database) -> None:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(database.superuser_dsn),
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: (
                    kind != "schema" or name == SCHEMA
                ),
                "include_object": _is_no_part,
                "version_table_schema": SCHEMA,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database.superuser_dsn)
    assert schema_version(database.connect()) == HEAD


_OLD_ROWS = """
    INSERT INTO atalaya.engine
        (id, software_version, model_name, device, camera_count, spooled)
        VALUES (gen_random_uuid(), repeat('v', 300), 'm', 'cpu', 1, 0);
    INSERT INTO atalaya.audit (login, workstation, action, subject, detail)
        VALUES ('ana', 'x', 'decide', 'x', '{}')
"""


@pytest.fixture
def release_before(database_host: Host) -> Iterator[str]:
    """Give the address of a database as the release before left it, with its rows."""
    postgres = make_conninfo(database_host.superuser_dsn, dbname="postgres")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE release_before TEMPLATE template0")
    dsn = make_conninfo(database_host.superuser_dsn, dbname="release_before")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA atalaya")
        _run_alembic(dsn, "0005")
        connection.execute(_OLD_ROWS.encode())
    yield dsn
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE release_before")


def test_rows_of_the_release_before_stay(release_before: str) -> None:
    upgrade(release_before)
    with psycopg.connect(release_before, autocommit=True) as connection:
        assert schema_version(connection) == HEAD
        versions = connection.execute(
            "SELECT length(software_version) FROM atalaya.engine"
        )
        assert versions.fetchall() == [(300,)]
        loose = connection.execute(
            "SELECT conname FROM pg_constraint WHERE NOT convalidated"
        )
        assert loose.fetchall() == [("engine_is_brief",)]
        assert (
            connection.execute("SELECT * FROM atalaya.verify_audit()").fetchall() == []
        )


def test_every_function_has_a_fixed_search_path(database: Database) -> None:
    assert database.connect().execute(_DEFINERS).fetchall() == []


def test_no_definer_is_a_superuser_or_can_log_in(database: Database) -> None:
    assert database.connect().execute(_OWNERS).fetchall() == []


def test_nothing_is_granted_to_public(database: Database) -> None:
    assert database.connect().execute(_PUBLIC).fetchall() == []


def test_no_role_writes_a_table_directly(database: Database) -> None:
    assert database.connect().execute(_WRITABLE).fetchall() == []


def test_the_first_release_leaves_the_second_stream_alone(database: Database) -> None:
    store = database.login("teo").site
    made = replace(camera(), sub_url="rtsp://127.0.0.1:8554/norte/small")
    store.save_camera(made)
    renamed = replace(made, name="Otra")
    database.connect("teo").execute(
        "SELECT atalaya.save_camera(%s, %s, %s, %s, %s, %s)",
        (made.id, "Otra", made.location, made.url, made.credential_ref, made.enabled),
    )
    assert store.cameras() == [renamed]


def test_the_trail_names_both_streams(database: Database) -> None:
    made = replace(camera(), sub_url="rtsp://127.0.0.1:8554/norte/small")
    database.login("teo").site.save_camera(made)
    row = database.connect("aurora").execute(
        "SELECT detail ->> 'url', detail ->> 'sub_url' FROM atalaya.audit"
        " WHERE action = 'save_camera'"
    )
    assert row.fetchone() == (made.url, made.sub_url)
