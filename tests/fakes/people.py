"""People and sites in memory: same contract suite as PostgreSQL's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import Login
from app.domain.people import (
    LEAST_NAME,
    LEAST_REASON,
    MOST_NAME,
    MOST_REASON,
    OpenSession,
    PersonEntry,
    Site,
)
from app.domain.person import Person, Right, Role
from tests.fakes.audit import AuditBook

_LOGIN = re.compile(r"[a-z][a-z0-9_.]{1,30}")


@dataclass(slots=True)
class PeopleBook:
    """What the server knows of people; a test may put more into it."""

    trail: AuditBook
    people: dict[Login, PersonEntry] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=lambda: [Site(id=1, name="Atalaya")])
    sessions: list[OpenSession] = field(default_factory=list)


class InMemoryPeople:
    """Implements `app.ports.People`."""

    def __init__(self, book: PeopleBook, person: Person) -> None:
        """Act in the name of `person`."""
        self._book = book
        self._person = person

    def people(self) -> list[PersonEntry]:
        """Return all, by login."""
        self._require()
        return sorted(self._book.people.values(), key=lambda each: each.login)

    def sites(self) -> list[Site]:
        """Return all sites."""
        return list(self._book.sites)

    def sessions(self) -> list[OpenSession]:
        """Return who is connected."""
        self._require()
        return sorted(self._book.sessions, key=lambda each: (each.login, each.since))

    def add(self, login: Login, full_name: str, role: Role) -> str:
        """Make a person."""
        self._require()
        name = full_name.strip()
        if not _LOGIN.fullmatch(login) or role is Role.ENGINE:
            raise NotPermitted("A login has 2 to 31 small letters, digits or dots.")
        if not LEAST_NAME <= len(name) <= MOST_NAME:
            raise NotPermitted("A full name has 2 to 80 characters.")
        if login in self._book.people:
            raise StateConflict("Somebody has this login already.")
        self._put(
            PersonEntry(
                login=login,
                full_name=name,
                role=role,
                active=True,
                sites=None,
                must_change_password=True,
            )
        )
        self._record("create_person", login)
        return "fresh-password-1"

    def end_sessions(self, login: Login) -> int:
        """End all of a person."""
        self._require()
        if login not in self._book.people:
            raise KeyError(login)
        before = len(self._book.sessions)
        kept = [each for each in self._book.sessions if each.login != login]
        self._book.sessions[:] = kept
        self._record("end_sessions", login)
        return before - len(kept)

    def set_sites(self, login: Login, sites: Sequence[int] | None) -> None:
        """Give these sites and no others."""
        self._require()
        if login == self._person.login:
            raise StateConflict("Nobody gives or takes the own sites.")
        entry = self._book.people[login]
        if sites is not None and not set(sites) <= {s.id for s in self._book.sites}:
            raise NotPermitted("There is no such site.")
        given = None if sites is None else tuple(sorted(set(sites)))
        self._put(replace(entry, sites=given))
        self._record("set_sites", login)

    def set_active(self, login: Login, *, active: bool) -> None:
        """Put out or let in."""
        self._require()
        if login == self._person.login:
            raise StateConflict("Nobody puts out or lets in oneself.")
        self._put(replace(self._book.people[login], active=active))
        self._record("set_active", login)

    def lift_lockout(self, login: Login) -> None:
        """Let somebody log in again."""
        self._require()
        self._put(replace(self._book.people[login], locked_until=None))
        self._record("lift_lockout", login)

    def ask_password_reset(self, login: Login, reason: str) -> str:
        """Ask another administrator."""
        self._require()
        if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
            raise NotPermitted("A reason has 5 to 200 characters.")
        if login == self._person.login:
            raise StateConflict("The own password is changed, not reset.")
        asked = replace(self._book.people[login], reset_asked_by=self._person.login)
        self._put(asked)
        self._record("ask_password_reset", login)
        return "fresh-password-1"

    def end_password_reset(self, login: Login, *, approve: bool) -> None:
        """Let it happen, or end it."""
        self._require()
        entry = self._book.people[login]
        if entry.reset_asked_by is None:
            raise KeyError(login)
        if approve and self._person.login in (entry.reset_asked_by, login):
            raise StateConflict("Another administrator must approve this reset.")
        self._put(
            replace(
                entry,
                reset_asked_by=None,
                must_change_password=entry.must_change_password or approve,
            )
        )
        self._record("end_password_reset", login)

    def _put(self, entry: PersonEntry) -> None:
        self._book.people[entry.login] = entry

    def _record(self, action: str, login: Login) -> None:
        self._book.trail.record(self._person, action, login, {})

    def _require(self) -> None:
        if not self._person.may(Right.MANAGE_PEOPLE):
            raise NotPermitted("The server does not allow this to your role.")
