"""People are roles of the server; a password leaves this process only as a verifier."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import Login
from app.domain.person import Role
from db.address import Connection
from db.faults import translated

_PASSWORD_BYTES = 12
_SESSIONS = """
    SELECT login, address, application, since, in_transaction_since
    FROM atalaya.sessions()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A connection of a person; `application` is what its client says it is."""

    login: Login
    address: str
    application: str
    since: datetime
    in_transaction_since: datetime | None


def random_password() -> str:
    """Return a password of 96 random bits."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def scram_verifier(connection: Connection, login: str, password: str) -> str:
    """Return the SCRAM-SHA-256 verifier (RFC 5803), iterated as the server wishes."""
    made = connection.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    )
    return made.decode("ascii")


def create_person(
    connection: Connection, login: Login, full_name: str, role: Role, password: str
) -> None:
    """Make a person, as an administrator or superuser.

    Raises NotPermitted for a bad name or role or another caller, StateConflict when
    the login is taken.
    """
    verifier = scram_verifier(connection, login, password)
    with translated():
        connection.execute(
            "SELECT atalaya.create_person(%s, %s, %s, %s)",
            (login, full_name, role.value, verifier),
        )


def sessions(connection: Connection) -> list[OpenSession]:
    """Return who is connected to this database, as an administrator or superuser."""
    with translated():
        rows = connection.execute(_SESSIONS.encode()).fetchall()
    return [
        OpenSession(
            login=Login(login),
            address=address or "local",
            application=application,
            since=since,
            in_transaction_since=in_transaction_since,
        )
        for login, address, application, since, in_transaction_since in rows
    ]


def end_sessions(connection: Connection, login: Login) -> int:
    """End all other sessions of a person; return how many. KeyError without one."""
    with translated():
        row = connection.execute("SELECT atalaya.end_sessions(%s)", (login,)).fetchone()
    return 0 if row is None else int(row[0])


def set_active(connection: Connection, login: Login, *, active: bool) -> None:
    """Put a person out, with all sessions, or let him or her in again.

    Raises KeyError without such a person, StateConflict for oneself.
    """
    with translated():
        connection.execute("SELECT atalaya.set_active(%s, %s)", (login, active))
