"""People are roles of the server; a password leaves this process only as a verifier."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import StateConflict
from app.domain.ids import Login, new_uuid
from app.domain.password import require_good
from app.domain.people import OpenSession, PersonEntry
from app.domain.person import Role
from db.address import Connection
from db.faults import translated

_PASSWORD_BYTES = 12
_RESET = (
    "SELECT reset_id FROM atalaya.people() WHERE login = %s AND reset_id IS NOT NULL"
)
_CAMERA = """
    SELECT id FROM atalaya.camera
    WHERE removed_at IS NULL AND (name = %s OR id::text = %s)
"""
_SITES = """
    SELECT id, name, second_review, separate_notice, claim_needed
    FROM atalaya.site ORDER BY id
"""
_PEOPLE = """
    SELECT login, full_name, role, active, CASE WHEN all_sites THEN NULL ELSE sites END,
        must_change_password, locked_until, reset_asked_by
    FROM atalaya.people()
"""
_SESSIONS = """
    SELECT login, address, application, since, in_transaction_since
    FROM atalaya.sessions()
"""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What a site asks for: two reviews, a notice by another, a claim first."""

    second_review: bool = False
    separate_notice: bool = False
    claim_needed: bool = False


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


def add_person(connection: Connection, login: Login, full_name: str, role: Role) -> str:
    """Make a person with a password for once; return that. Raises as `create_person`.

    The first login sets another one.
    """
    password = random_password()
    verifier = scram_verifier(connection, login, password)
    values = (login, full_name, role.value, verifier)
    with translated():
        connection.execute("SELECT atalaya.add_person(%s, %s, %s, %s)", values)
    return password


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


def change_password(connection: Connection, login: Login, password: str) -> None:
    """Change one's own, on one's own connection; WeakPassword when it is no good."""
    require_good(login, password)
    verifier = scram_verifier(connection, login, password)
    with translated():
        connection.execute("SELECT atalaya.change_password(%s)", (verifier,))


def ask_password_reset(connection: Connection, login: Login, reason: str) -> str:
    """Ask another administrator to let a new password in force; return that.

    Raises KeyError without such a person, NotPermitted for the reason, StateConflict
    for oneself.
    """
    password = random_password()
    values = (new_uuid(), login, scram_verifier(connection, login, password), reason)
    with translated():
        connection.execute("SELECT atalaya.ask_password_reset(%s, %s, %s, %s)", values)
    return password


def end_password_reset(connection: Connection, login: Login, *, approve: bool) -> None:
    """Let another administrator's reset happen, or end it.

    KeyError when none is waiting, StateConflict when it is one's own or over.
    """
    with translated():
        row = connection.execute(_RESET, (login,)).fetchone()
        if row is None:
            raise KeyError(login)
        connection.execute("SELECT atalaya.end_password_reset(%s, %s)", (*row, approve))


def lift_lockout(connection: Connection, login: Login) -> int:
    """Let somebody log in again who failed too often; return from how many places."""
    with translated():
        row = connection.execute("SELECT atalaya.lift_lockout(%s)", (login,)).fetchone()
    return 0 if row is None else int(row[0])


def release_engine(connection: Connection, station: UUID, reason: str) -> None:
    """Let the next login that tells a key of an engine speak for it.

    Raises KeyError where no login holds it.
    """
    with translated():
        connection.execute("SELECT atalaya.release_engine(%s, %s)", (station, reason))


def people(connection: Connection) -> list[PersonEntry]:
    """Return whom an administrator, or the superuser, looks after."""
    with translated():
        rows = connection.execute(_PEOPLE.encode()).fetchall()
    return [_entry(*row) for row in rows]


def _entry(
    login: str,
    full_name: str,
    role: str,
    active: bool,
    sites: list[int] | None,
    must_change: bool,
    locked_until: datetime | None,
    reset_asked_by: str | None,
) -> PersonEntry:
    return PersonEntry(
        login=Login(login),
        full_name=full_name,
        role=Role(role) if role in set(Role) else None,
        active=active,
        sites=None if sites is None else tuple(sites),
        must_change_password=must_change,
        locked_until=locked_until,
        reset_asked_by=None if reset_asked_by is None else Login(reset_asked_by),
    )


def close_direct_reading(connection: Connection) -> bool:
    """Leave personal data to functions that keep a trace; return whether it was open.

    The releases up to migration 0006 read the tables themselves: their desktops show
    no case any more.
    """
    with translated():
        row = connection.execute("SELECT atalaya.close_direct_reading()").fetchone()
    return bool(row and row[0])


def set_password_age(connection: Connection, most_days: int | None) -> None:
    """Say after how many days a password must be changed; None: never."""
    with translated():
        connection.execute(
            "SELECT atalaya.set_password_age(CAST(%s AS integer))", (most_days,)
        )


def set_sites(
    connection: Connection, login: Login, sites: Sequence[int] | None
) -> None:
    """Give a person these sites and no others; None gives all, those to come included.

    Raises KeyError without such a person, NotPermitted for a site that there is not or
    that one does not see, StateConflict for oneself.
    """
    given = None if sites is None else list(sites)
    with translated():
        connection.execute(
            "SELECT atalaya.set_sites(%s, CAST(%s AS smallint[]))", (login, given)
        )


def add_site(connection: Connection, name: str, timezone: str, prefix: str) -> int:
    """Make a site; return its number. NotPermitted for a bad zone or prefix."""
    with translated():
        row = connection.execute(
            "SELECT atalaya.add_site(%s, %s, %s)", (name, timezone, prefix)
        ).fetchone()
    if row is None:
        raise TypeError("the function gives one row")
    return int(row[0])


def move_camera(connection: Connection, camera: str, site: int) -> None:
    """Put the camera of this name or identity under another site.

    KeyError for none; StateConflict when several have that name.
    """
    with translated():
        found = connection.execute(_CAMERA, (camera, camera)).fetchall()
        if not found:
            raise KeyError(camera)
        if len(found) > 1:
            raise StateConflict("Several cameras have this name. Give the identity.")
        connection.execute(
            "SELECT atalaya.move_camera(%s, CAST(%s AS smallint))", (found[0][0], site)
        )


def set_review_rules(connection: Connection, site: int, rules: ReviewRules) -> None:
    """Say how a site wants its cases decided; KeyError without such a site."""
    values = (site, rules.second_review, rules.separate_notice, rules.claim_needed)
    with translated():
        connection.execute(
            "SELECT atalaya.set_review_rules(CAST(%s AS smallint), %s, %s, %s)", values
        )


def sites(connection: Connection) -> list[tuple[int, str, ReviewRules]]:
    """Return all sites: number, name and rules."""
    with translated():
        rows = connection.execute(_SITES).fetchall()
    return [(number, name, ReviewRules(*rules)) for number, name, *rules in rows]


def set_active(connection: Connection, login: Login, *, active: bool) -> None:
    """Put a person out, with all sessions, or let him or her in again.

    Raises KeyError without such a person, StateConflict for oneself.
    """
    with translated():
        connection.execute("SELECT atalaya.set_active(%s, %s)", (login, active))
