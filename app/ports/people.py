"""Who may log in."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import Login
from app.domain.people import OpenSession, PersonEntry, Site
from app.domain.person import Role


class People(Protocol):
    """Who may log in, and which sites they see.

    NotPermitted for others than administrators, and for people who see sites that one
    does not see.
    """

    def people(self) -> list[PersonEntry]:
        """Return whom one looks after, by login."""
        ...

    def sites(self) -> list[Site]:
        """Return all sites."""
        ...

    def sessions(self) -> list[OpenSession]:
        """Return who is connected now, by login and since when."""
        ...

    def add(self, login: Login, full_name: str, role: Role) -> str:
        """Make a person; return the password that serves to set another one.

        NotPermitted for a bad login, name or role, StateConflict for a login taken.
        """
        ...

    def end_sessions(self, login: Login) -> int:
        """End all of a person but this one; return how many. KeyError for nobody."""
        ...

    def set_sites(self, login: Login, sites: Sequence[int] | None) -> None:
        """Give these sites and no others; None gives all, those to come included.

        StateConflict for oneself, KeyError without such a person.
        """
        ...

    def set_active(self, login: Login, *, active: bool) -> None:
        """Put a person out, with all sessions, or let in; StateConflict for oneself."""
        ...

    def lift_lockout(self, login: Login) -> None:
        """Let somebody log in again who failed too often."""
        ...

    def ask_password_reset(self, login: Login, reason: str) -> str:
        """Ask another administrator for a password for once; return that."""
        ...

    def end_password_reset(self, login: Login, *, approve: bool) -> None:
        """Let another administrator's reset happen, or end it.

        KeyError when none is waiting, StateConflict when one asked for it oneself.
        """
        ...
