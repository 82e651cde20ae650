"""A server that people log in to, and what it tells by itself."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from app.domain.ids import Login
from app.domain.person import Person
from app.ports.cases import CaseStore
from app.ports.people import People
from app.ports.registers import (
    AuditTrail,
    PlateRegister,
    Retention,
    SealRegister,
    SiteStore,
)


class Changes(Protocol):
    """What the server says has changed, to redraw by."""

    def listen(self, callback: Callable[["Change"], None]) -> Callable[[], None]:
        """Call back from a thread of its own; return the function that stops it."""
        ...


class Change(Protocol):
    """A table and the row in it that changed."""

    @property
    def topic(self) -> str:
        """What changed: "infraction", "camera", "configuration" or "person".

        "watch" tells of the watch list, "watch_hit" of what was met of it, "claim" of a
        case that was taken in hand or let go.
        """
        ...

    @property
    def row_id(self) -> UUID | None:
        """The row; None when many changed or a connection was lost meanwhile."""
        ...


class Session(Protocol):
    """A person's open connection to the server."""

    @property
    def person(self) -> Person:
        """Who is logged in, with the rights that the server states."""
        ...

    @property
    def site(self) -> SiteStore:
        """Cameras and configurations."""
        ...

    @property
    def case_store(self) -> CaseStore:
        """Cases and figures."""
        ...

    @property
    def plates(self) -> PlateRegister:
        """Plates that passed, and those that are watched for."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """What people did."""
        ...

    @property
    def seals(self) -> SealRegister:
        """Keys and time-stamps of cases."""
        ...

    @property
    def people(self) -> People:
        """Who may log in, for administrators."""
        ...

    @property
    def retention(self) -> Retention:
        """For how long cases are kept."""
        ...

    @property
    def changes(self) -> Changes:
        """Notices of change."""
        ...

    def ping(self) -> float:
        """Return the round trip in milliseconds; raises DatabaseUnavailable."""
        ...

    def close(self) -> None:
        """Log out."""
        ...


class Server(Protocol):
    """A PostgreSQL server that people log in to."""

    def login(self, login: Login, password: str) -> Session:
        """Open a session; LoginRefused or DatabaseUnavailable otherwise.

        PasswordMustChange, a LoginRefused, when another password must be chosen first.
        """
        ...

    def change_password(self, login: Login, old: str, new: str) -> None:
        """Change one's own; WeakPassword when `new` is no good, and as `login` does."""
        ...
