"""People are roles of the server; a password leaves this process only as a verifier."""

import secrets

from app.domain.ids import Login
from app.domain.person import Role
from db.address import Connection
from db.faults import translated

_PASSWORD_BYTES = 12


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
