"""What a shared server needs beside its tables, asked for and mended point by point.

Run by the superuser. Each point can be looked at without changing anything, so that a
dry run says the same as a real one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from app.domain.ids import Login
from db import address
from db.faults import translated
from db.migrate import HEAD, schema_version
from db.provision import ENGINE_LOGIN, protect_server

MONITOR_LOGIN = "atalaya_monitor"
_ADMINISTRATORS = """
    SELECT p.login FROM atalaya.person AS p
    JOIN pg_catalog.pg_roles AS u ON u.rolname = p.login
    WHERE pg_catalog.pg_has_role(u.oid, 'atalaya_administrator', 'MEMBER')
        AND u.rolcanlogin ORDER BY 1
"""
_SUPERUSERS_OWN = ("statement_timeout", "idle_in_transaction_session_timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """What is there: no `version` without tables, no administrator at the beginning."""

    version: str | None = None
    engine: bool = False
    administrators: tuple[Login, ...] = ()

    @property
    def current(self) -> bool:
        """Whether the tables are those of this release."""
        return self.version == HEAD


@dataclass(frozen=True, slots=True)
class _Point:
    """Something that shall hold: how to see that it does not, and how to mend it."""

    what: str
    open: str
    mend: Callable[[str, address.Connection], None]


def _close_other_databases(dsn: str, _: address.Connection) -> None:
    protect_server(dsn)


def _make_monitor(_: str, connection: address.Connection) -> None:
    monitor = sql.Identifier(MONITOR_LOGIN)
    for statement in (
        "CREATE ROLE {} LOGIN CONNECTION LIMIT 5",
        "GRANT pg_monitor TO {} WITH INHERIT TRUE, SET FALSE",
        "GRANT CONNECT ON DATABASE postgres TO {}",
    ):
        connection.execute(sql.SQL(statement).format(monitor))


def _free_superuser(_: str, connection: address.Connection) -> None:
    for name in _SUPERUSERS_OWN:
        connection.execute(
            sql.SQL("ALTER ROLE CURRENT_USER SET {} = 0").format(sql.Identifier(name))
        )


_POINTS = (
    _Point(
        "close the databases postgres and template1 to people",
        "SELECT pg_catalog.bool_or(pg_catalog.has_database_privilege('public', oid,"
        " 'CONNECT, TEMPORARY')) FROM pg_catalog.pg_database"
        " WHERE datname IN ('postgres', 'template1')",
        _close_other_databases,
    ),
    _Point(
        f"make the role {MONITOR_LOGIN}, which sees figures and no data",
        "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_roles"
        " WHERE rolname = 'atalaya_monitor')",
        _make_monitor,
    ),
    _Point(
        "let the administrator's own work, such as backups, take its time",
        "SELECT rolconfig IS NULL FROM pg_catalog.pg_roles"
        " WHERE rolname = CURRENT_USER",
        _free_superuser,
    ),
)


def look_at(maintenance_dsn: str, database: str) -> ServerState:
    """Return what there is of a database; `maintenance_dsn` leads to another one."""
    with translated(), address.connect(address.parse(maintenance_dsn)) as connection:
        known = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
        if connection.execute(known, (database,)).fetchone() is None:
            return ServerState()
        engine = "SELECT FROM pg_catalog.pg_roles WHERE rolname = %s"
        has_engine = connection.execute(engine, (ENGINE_LOGIN,)).fetchone() is not None
    parameters = address.parse(maintenance_dsn) | {"dbname": database}
    with translated(), address.connect(parameters) as connection:
        version = schema_version(connection)
        rows = connection.execute(_ADMINISTRATORS.encode()) if version else ()
        found = tuple(Login(row[0]) for row in rows)
    return ServerState(version=version, engine=has_engine, administrators=found)


def open_points(maintenance_dsn: str) -> list[str]:
    """Return what does not hold yet, as what has to be done."""
    with translated(), address.connect(address.parse(maintenance_dsn)) as connection:
        return [point.what for point in _POINTS if _is_open(connection, point)]


def close_point(maintenance_dsn: str, what: str) -> None:
    """Mend one point that `open_points` named."""
    point = next(each for each in _POINTS if each.what == what)
    parameters = address.parse(maintenance_dsn)
    with translated(), address.connect(parameters, autocommit=True) as connection:
        point.mend(maintenance_dsn, connection)


def has_checksums(maintenance_dsn: str) -> bool:
    """Tell whether damaged pages are noticed."""
    with translated(), address.connect(address.parse(maintenance_dsn)) as connection:
        row = connection.execute("SHOW data_checksums").fetchone()
    return row == ("on",)


def setting_of(maintenance_dsn: str, name: str) -> str:
    """Return what a setting of the server is now."""
    query = "SELECT pg_catalog.current_setting(%s)"
    with translated(), address.connect(address.parse(maintenance_dsn)) as connection:
        row = connection.execute(query, (name,)).fetchone()
    return "" if row is None else str(row[0])


def settings_loaded_at(maintenance_dsn: str) -> datetime:
    """Return when the server last read its files."""
    with translated(), address.connect(address.parse(maintenance_dsn)) as connection:
        row = connection.execute("SELECT pg_catalog.pg_conf_load_time()").fetchone()
    if row is None:
        raise TypeError("no moment came back")
    moment: datetime = row[0]
    return moment


def _is_open(connection: address.Connection, point: _Point) -> bool:
    row = connection.execute(point.open.encode()).fetchone()
    return bool(row and row[0])
