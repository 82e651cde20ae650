"""People as an administrator looks after them, by the functions of the server."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import cast

from sqlalchemy import Connection as PoolConnection
from sqlalchemy import Engine, text

from app.domain.ids import Login
from app.domain.people import OpenSession, PersonEntry, Site
from app.domain.person import Role
from db import people
from db.address import Connection
from db.faults import translated

_SITES = text("SELECT id, name FROM atalaya.site ORDER BY id")


class PostgresPeople:
    """`app.ports.People` on the functions of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def people(self) -> list[PersonEntry]:
        """Return who sees no more sites than oneself, by login."""
        with self._engine.connect() as connection:
            return people.people(_bare(connection))

    def sites(self) -> list[Site]:
        """Return all sites."""
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(_SITES).all()
        return [Site(id=row.id, name=row.name) for row in rows]

    def sessions(self) -> list[OpenSession]:
        """Return who is connected now, by login and since when."""
        with self._engine.connect() as connection:
            return people.sessions(_bare(connection))

    def add(self, login: Login, full_name: str, role: Role) -> str:
        """Make a person; return the password that serves to set another one."""
        with self._begin() as connection:
            return people.add_person(_bare(connection), login, full_name, role)

    def end_sessions(self, login: Login) -> int:
        """End all of a person but this one; return how many."""
        with self._begin() as connection:
            return people.end_sessions(_bare(connection), login)

    def set_sites(self, login: Login, sites: Sequence[int] | None) -> None:
        """Give these sites and no others; None gives all, those to come included."""
        with self._begin() as connection:
            people.set_sites(_bare(connection), login, sites)

    def set_active(self, login: Login, *, active: bool) -> None:
        """Put a person out, with all sessions, or let him or her in again."""
        with self._begin() as connection:
            people.set_active(_bare(connection), login, active=active)

    def lift_lockout(self, login: Login) -> None:
        """Let somebody log in again who failed too often."""
        with self._begin() as connection:
            people.lift_lockout(_bare(connection), login)

    def ask_password_reset(self, login: Login, reason: str) -> str:
        """Ask another administrator for a password for once; return that."""
        with self._begin() as connection:
            return people.ask_password_reset(_bare(connection), login, reason)

    def end_password_reset(self, login: Login, *, approve: bool) -> None:
        """Let another administrator's reset happen, or end it."""
        with self._begin() as connection:
            people.end_password_reset(_bare(connection), login, approve=approve)

    def _begin(self) -> AbstractContextManager[PoolConnection]:
        return self._engine.begin()


def _bare(connection: PoolConnection) -> Connection:
    """Return libpq's connection, which makes the verifiers."""
    return cast("Connection", connection.connection.driver_connection)
