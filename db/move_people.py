"""People of a move: roles with their verifiers, made as `create_person` makes them."""

from dataclasses import dataclass, field

from psycopg import sql

from app.domain.errors import StateConflict
from db import address
from db.provision import ENGINE_LOGIN

_LOGINS = """
    SELECT u.rolname::text, u.rolcanlogin, u.rolconnlimit, u.rolvaliduntil,
        u.rolpassword,
        array_agg(g.rolname::text ORDER BY g.rolname)
            FILTER (WHERE g.rolname IS NOT NULL)
    FROM pg_catalog.pg_authid AS u
    LEFT JOIN pg_catalog.pg_auth_members AS m ON m.member = u.oid
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = m.roleid
        AND g.rolname ~ '^atalaya_'
    WHERE u.rolname IN (SELECT login FROM atalaya.person)
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1
"""
_WITHOUT_ROLE = """
    SELECT login FROM atalaya.person AS p WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_roles AS u WHERE u.rolname = p.login) ORDER BY 1
"""
_THERE = "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = ANY (%s)"
# A statement that fails would otherwise be logged with the verifier in it.
_UNLOGGED = (
    "SET LOCAL log_statement = 'none'",
    "SET LOCAL log_min_error_statement = 'panic'",
    "SET LOCAL log_min_duration_statement = -1",
)


@dataclass(frozen=True, slots=True)
class MovedLogin:
    """A person's role; a password is only ever known by its verifier."""

    name: str
    can_login: bool
    connection_limit: int
    valid_until: object
    groups: tuple[str, ...]
    verifier: str | None = field(repr=False)


def logins_of(connection: address.Connection) -> list[MovedLogin]:
    """Return the roles of all people; the engine's is each server's own."""
    rows = connection.execute(_LOGINS.encode()).fetchall()
    return [
        MovedLogin(name, can_login, limit, until, tuple(groups or ()), verifier)
        for name, can_login, limit, until, verifier, groups in rows
        if name != ENGINE_LOGIN
    ]


def without_role(connection: address.Connection) -> list[str]:
    """Return people who can log in nowhere: rows of a restored backup, say."""
    return [row[0] for row in connection.execute(_WITHOUT_ROLE.encode())]


def make_logins(connection: address.Connection, logins: list[MovedLogin]) -> None:
    """Make them, within a transaction; StateConflict when the server has one already.

    In the name of the role that makes people: it must be able to put them out later.
    """
    names = [each.name for each in logins]
    there = [row[0] for row in connection.execute(_THERE.encode(), (names,))]
    if there:
        raise StateConflict(
            f"The server has these logins already: {', '.join(sorted(there))}. Remove "
            "them there, or move to a server that nobody uses yet."
        )
    for statement in _UNLOGGED:
        connection.execute(statement.encode())
    connection.execute("SET LOCAL ROLE atalaya_people")
    for each in logins:
        _make(connection, each)
    connection.execute("RESET ROLE")


def _make(connection: address.Connection, login: MovedLogin) -> None:
    name = sql.Identifier(login.name)
    words = [
        sql.SQL("LOGIN" if login.can_login else "NOLOGIN"),
        sql.SQL("CONNECTION LIMIT {}").format(sql.Literal(login.connection_limit)),
    ]
    if login.verifier is not None:
        words.append(sql.SQL("PASSWORD {}").format(sql.Literal(login.verifier)))
    if login.valid_until is not None:
        until = str(login.valid_until)
        words.append(sql.SQL("VALID UNTIL {}").format(sql.Literal(until)))
    connection.execute(
        sql.SQL("CREATE ROLE {} {}").format(name, sql.SQL(" ").join(words))
    )
    for group in login.groups:
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(
                sql.Identifier(group), name
            )
        )
