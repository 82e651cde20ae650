"""The catalogue says what the matrix says, line by line, and knows nothing else."""

from db.address import Connection
from tests.integration.rights.catalogue import Catalogue
from tests.integration.rights.matrix import (
    ALL_COLUMNS,
    BY_SITE,
    CALLABLE,
    READABLE,
    STRANGER,
    TRIED,
)
from tests.integration.rights.scene import Scene

_WRITES = (
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
    "MAINTAIN",
)
_MAY_READ = "SELECT has_column_privilege(%s, %s, %s, 'SELECT')"
_MAY_CALL = "SELECT has_function_privilege(%s, %s, 'EXECUTE')"
_MAY_WRITE = """
    SELECT c.relname, r.rolname, p.name
    FROM pg_class AS c, pg_roles AS r, unnest(%s::text[]) AS p(name)
    WHERE c.relnamespace = 'atalaya'::regnamespace AND c.relkind IN ('r', 'p')
        AND r.rolname = ANY (%s) AND has_table_privilege(r.oid, c.oid, p.name)
"""
# Reading or writing files, holding locks of the whole database, filling the disk.
_DANGEROUS = """
    SELECT p.oid::regprocedure::text, r.rolname FROM pg_proc AS p, pg_roles AS r
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND r.rolname = ANY (%s)
        AND (p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^pg_(read|ls)_'
            OR p.proname ~ '^pg_replication_origin_' OR p.proname IN (
            'lo_import', 'lo_export', 'lo_creat', 'lo_create', 'lo_from_bytea',
            'lo_put', 'lowrite', 'lo_open', 'lo_unlink', 'lo_truncate',
            'lo_truncate64', 'pg_notify', 'pg_logical_emit_message',
            'pg_export_snapshot', 'pg_reload_conf', 'pg_rotate_logfile',
            'pg_stat_file', 'pg_switch_wal', 'pg_promote', 'pg_stat_reset'))
        AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
"""


_FORCED = """
    SELECT relname FROM pg_class WHERE relnamespace = 'atalaya'::regnamespace
    AND relrowsecurity AND relforcerowsecurity
"""
# What hangs on a camera, directly or through a case or a read.
_OF_A_CAMERA = """
    WITH RECURSIVE hanging AS (
        SELECT 'atalaya.camera'::regclass::oid AS oid
        UNION
        SELECT k.conrelid FROM pg_constraint AS k JOIN hanging AS h
            ON k.confrelid = h.oid WHERE k.contype = 'f'
    )
    SELECT c.relname FROM hanging JOIN pg_class AS c USING (oid)
    WHERE NOT c.relispartition
"""


def _allowed(superuser: Connection, question: str, *about: str) -> bool:
    row = superuser.execute(question.encode(), about).fetchone()
    return bool(row and row[0])


def test_every_table_has_a_line(there: Catalogue) -> None:
    assert set(there.columns) == set(READABLE)


def test_every_function_has_a_line(there: Catalogue) -> None:
    assert set(there.functions) == set(CALLABLE)


def test_columns_are_read_by_whom_the_matrix_names(
    scene: Scene, there: Catalogue
) -> None:
    superuser = scene.watcher
    for table, columns in there.columns.items():
        for login in TRIED:
            named = READABLE[table].get(login, ())
            expected = set(columns) if named == ALL_COLUMNS else set(named)
            found = {
                column
                for column in columns
                if _allowed(superuser, _MAY_READ, login, f"atalaya.{table}", column)
            }
            assert (table, login, found) == (table, login, expected)


def test_functions_are_called_by_whom_the_matrix_names(scene: Scene) -> None:
    superuser = scene.watcher
    for function, logins in CALLABLE.items():
        found = {
            login
            for login in TRIED
            if _allowed(superuser, _MAY_CALL, login, f"atalaya.{function}")
        }
        assert (function, found) == (function, set(logins))


def test_nobody_writes_a_table(scene: Scene) -> None:
    rows = scene.watcher.execute(_MAY_WRITE.encode(), (list(_WRITES), list(TRIED)))
    assert rows.fetchall() == []


def test_nobody_has_what_endangers_the_server(scene: Scene) -> None:
    rows = scene.watcher.execute(_DANGEROUS.encode(), (list(TRIED),))
    assert rows.fetchall() == []


def test_the_stranger_has_nothing_at_all() -> None:
    assert not any(STRANGER in readers for readers in READABLE.values())
    assert not any(STRANGER in callers for callers in CALLABLE.values())


def test_what_hangs_on_a_camera_is_shown_by_site(scene: Scene) -> None:
    forced = {row[0] for row in scene.watcher.execute(_FORCED)}
    hanging = {row[0] for row in scene.watcher.execute(_OF_A_CAMERA)}
    assert forced == BY_SITE
    # A time-stamp names a case or a twin of one, so that no key can hold it to either.
    assert hanging == BY_SITE - {"seal_stamp"}
