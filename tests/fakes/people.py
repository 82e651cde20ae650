"""People and sites in memory: same contract suite as PostgreSQL's."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import Login
from app.domain.people import LEAST_REASON, MOST_REASON, PersonEntry, Site
from app.domain.person import Person, Right
from tests.fakes.audit import AuditBook


@dataclass(slots=True)
class PeopleBook:
    """What the server knows of people; a test may put more into it."""

    trail: AuditBook
    people: dict[Login, PersonEntry] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=lambda: [Site(id=1, name="Atalaya")])


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
