"""Makes a database ready for work: tables, roles, the engine's login, first people.

Run by the superuser; running it again changes nothing that is right already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from psycopg import sql
from psycopg.conninfo import make_conninfo

from app.domain.errors import StateConflict
from app.domain.ids import Login
from app.domain.person import Role
from db import address
from db.migrate import schema_version, upgrade
from db.people import (
    close_direct_reading,
    create_person,
    random_password,
    scram_verifier,
)

ENGINE_LOGIN = Login("engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to be made; without a password a random one is drawn."""

    login: Login
    full_name: str
    role: Role
    password: str | None = field(default=None, repr=False)


DEMO_PEOPLE = (
    NewPerson(login=Login("ana"), full_name="Ana Quispe", role=Role.OPERATOR),
    NewPerson(login=Login("sofia"), full_name="Sofía Paredes", role=Role.SUPERVISOR),
    NewPerson(login=Login("teo"), full_name="Teo Huamán", role=Role.TECHNICIAN),
    NewPerson(login=Login("admin"), full_name="Elena Rojas", role=Role.ADMINISTRATOR),
    NewPerson(login=Login("aurora"), full_name="Aurora Salas", role=Role.AUDITOR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Passwords that were set now, by login; one that was kept is not in it."""

    passwords: dict[Login, str] = field(repr=False)


def provision(
    superuser_dsn: str,
    people: Sequence[NewPerson] = (),
    engine_password: str | None = None,
    *,
    alone: bool = False,
) -> Credentials:
    """Make database, tables, roles and `people`; idempotent.

    A person who is there keeps name, role and password, unless a password is given
    here. The engine's login is `ENGINE_LOGIN`, by the same rule. In a database that is
    made here, or serves this release alone, tables with personal data are closed: no
    desktop of another release reads them.
    """
    _create_database(superuser_dsn)
    new = _is_empty(superuser_dsn)
    upgrade(superuser_dsn)
    protect_database(superuser_dsn)
    set_now: dict[Login, str] = {}
    with address.connect(address.parse(superuser_dsn)) as connection:
        if new or alone:
            close_direct_reading(connection)
        connection.execute(_LEAST_ITERATIONS)
        _set_engine(connection, engine_password, set_now)
        for person in people:
            _set_person(connection, person, set_now)
    return Credentials(passwords=set_now)


def _create_database(superuser_dsn: str) -> None:
    name = address.parse(superuser_dsn).get("dbname") or "atalaya"
    maintenance = make_conninfo(superuser_dsn, dbname="postgres")
    parameters = address.parse(maintenance)
    with address.connect(parameters, autocommit=True) as connection:
        known = connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", (name,)
        ).fetchone()
        if known is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name)
                )
            )


_LEAST_ITERATIONS = """
    UPDATE atalaya.password_policy
    SET least_iterations = current_setting('scram_iterations')::integer
    WHERE current_setting('scram_iterations')::integer BETWEEN 4096 AND 9999999
        AND least_iterations <> current_setting('scram_iterations')::integer
"""


def _is_empty(superuser_dsn: str) -> bool:
    with address.connect(address.parse(superuser_dsn)) as connection:
        return schema_version(connection) is None


def protect_database(superuser_dsn: str) -> None:
    """Let only the site's roles connect.

    These rights belong to the database, not to what is in it: a copy or a restored
    backup comes without them.
    """
    with address.connect(address.parse(superuser_dsn)) as connection:
        database = sql.Identifier(connection.info.dbname)
        roles = sql.SQL(", ").join(
            sql.Identifier(f"atalaya_{role.value}") for role in Role
        )
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
        )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, roles)
        )


# Who was refused what, in the server's own log, and from where each connection came:
# the guard counts failed logins by that.
LOG_SETTINGS = {
    "log_line_prefix": "%m [%p] %q%e %u@%d %h ",
    "log_statement": "none",
    "log_connections": "on",
}


def protect_server(superuser_dsn: str) -> None:
    """Let people into Atalaya's own database alone, and have the log name them.

    For a server that serves nothing else, such as the embedded one: people could
    otherwise fill the disk from the databases that every server has.
    """
    maintenance = make_conninfo(superuser_dsn, dbname="postgres")
    parameters = address.parse(maintenance)
    with address.connect(parameters, autocommit=True) as connection:
        connection.execute(
            "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC"
        )
        for name, value in LOG_SETTINGS.items():
            _set_for_server(connection, name, value)


def _set_for_server(connection: address.Connection, name: str, value: str) -> None:
    now = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    if now == (value,):
        return
    connection.execute(
        sql.SQL("ALTER SYSTEM SET {} = {}").format(
            sql.Identifier(name), sql.Literal(value)
        )
    )
    connection.execute("SELECT pg_reload_conf()")


def _role_exists(connection: address.Connection, login: str) -> bool:
    query = "SELECT FROM pg_roles WHERE rolname = %s"
    return connection.execute(query, (login,)).fetchone() is not None


def _set_password(connection: address.Connection, login: str, password: str) -> None:
    verifier = scram_verifier(connection, login, password)
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(login), sql.Literal(verifier)
        )
    )


def add_engine(superuser_dsn: str, login: Login, password: str) -> None:
    """Make a login for the engine of one workstation, or give it another password.

    Raises StateConflict for the login of a person, or of anybody who is no engine.
    """
    with address.connect(address.parse(superuser_dsn)) as connection:
        if not _role_exists(connection, login):
            _make_engine(connection, login)
        row = connection.execute(_IS_ENGINE, {"login": login}).fetchone()
        if row is None or not row[0]:
            raise StateConflict(f"{login!r} is the login of somebody else.")
        _set_password(connection, login, password)


_IS_ENGINE = """
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_auth_members AS m
        JOIN pg_catalog.pg_roles AS u ON u.oid = m.member
        JOIN pg_catalog.pg_roles AS g ON g.oid = m.roleid
        WHERE u.rolname = %(login)s AND g.rolname = 'atalaya_engine' AND NOT u.rolsuper
    ) AND NOT EXISTS (SELECT FROM atalaya.person WHERE login = %(login)s)
"""


def _make_engine(connection: address.Connection, login: Login) -> None:
    name = sql.Identifier(login)
    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    connection.execute(
        sql.SQL("GRANT atalaya_engine TO {} WITH INHERIT TRUE, SET FALSE").format(name)
    )


def _set_engine(
    connection: address.Connection, password: str | None, set_now: dict[Login, str]
) -> None:
    if not _role_exists(connection, ENGINE_LOGIN):
        _make_engine(connection, ENGINE_LOGIN)
        password = password or random_password()
    if password is not None:
        _set_password(connection, ENGINE_LOGIN, password)
        set_now[ENGINE_LOGIN] = password


# So that the guard does not take it for one that was changed past the functions.
_KNOW = """
    SELECT atalaya.know_password(rolname, rolpassword) FROM pg_authid WHERE rolname = %s
"""


def _set_person(
    connection: address.Connection, person: NewPerson, set_now: dict[Login, str]
) -> None:
    password = person.password
    if not _role_exists(connection, person.login):
        password = password or random_password()
        create_person(connection, person.login, person.full_name, person.role, password)
        set_now[person.login] = password
        return
    # A restored or second database of the cluster knows the role, not the person.
    connection.execute(
        "INSERT INTO atalaya.person (login, full_name) VALUES (%s, %s)"
        " ON CONFLICT DO NOTHING",
        (person.login, person.full_name),
    )
    if password is not None:
        _set_password(connection, person.login, password)
        connection.execute(_KNOW, (person.login,))
        set_now[person.login] = password
