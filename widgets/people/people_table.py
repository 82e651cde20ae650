"""Who has a login, and what waits for an administrator."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Signal

from app.domain.ids import Login
from app.domain.people import PersonEntry, Site
from widgets.common.table import Column
from widgets.common.table_or_note import TableOrNote
from widgets.people.person_words import role_name, sites_text, state_text

_tr = QCoreApplication.translate


class PeopleTable(TableOrNote[PersonEntry]):
    """People by login; `chosen` carries the current one, None for none."""

    chosen = Signal(object)

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; `now` tells which locks are over."""
        self._sites: dict[int, str] = {}
        super().__init__(
            self._columns(now),
            "person",
            lambda: _tr("PeopleTable", "Nobody is there whom you may look after."),
        )
        self.table.chosen.connect(self._choose)

    def show_people(self, people: Sequence[PersonEntry], sites: Sequence[Site]) -> None:
        """Show other people; who was current stays so."""
        current = None if self.current is None else self.current.login
        self._sites = {site.id: site.name for site in sites}
        self.show_rows(people)
        logins = [each.login for each in people]
        if people:
            self.table.choose_row(logins.index(current) if current in logins else 0)
        self._choose(self.table.current_row())

    def choose(self, login: Login) -> None:
        """Make somebody current."""
        logins = [each.login for each in self.rows]
        if login in logins:
            self.table.choose_row(logins.index(login))

    def _choose(self, row: int) -> None:
        self.chosen.emit(self.model.row(row))

    def _columns(self, now: Callable[[], datetime]) -> list[Column[PersonEntry]]:
        def state(entry: PersonEntry) -> str:
            return state_text(entry, now())

        return [
            Column(lambda: _tr("PeopleTable", "Login"), lambda each: each.login, 120),
            Column(
                lambda: _tr("PeopleTable", "Full name"), lambda each: each.full_name
            ),
            Column(lambda: _tr("PeopleTable", "Role"), _role, 112),
            Column(
                lambda: _tr("PeopleTable", "Sites"),
                lambda each: sites_text(each.sites, self._sites),
                168,
            ),
            Column(
                lambda: _tr("PeopleTable", "State"),
                state,
                224,
                token=lambda each: "warn" if state(each) else None,
            ),
        ]


def _role(entry: PersonEntry) -> str:
    return role_name(entry.role)
