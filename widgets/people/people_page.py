"""The people page: who may log in on the left, what they see on the right."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtWidgets import QLabel

from app.domain.people import PersonEntry, Site
from app.ports import Change
from widgets import theme
from widgets.common.background import Background
from widgets.common.beside import lay_out_beside
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.people.people_table import PeopleTable
from widgets.people.person_panel import PersonPanel
from widgets.services import PageContext

_RIGHT_PX = 360
_T = TypeVar("_T")
Known = tuple[Sequence[PersonEntry], Sequence[Site]]


class PeoplePage(Page):
    """The server shows only whom this administrator may look after."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is read yet."""
        super().__init__(context, background)
        self._people = context.session.people
        self._sites: Sequence[Site] = ()
        self._errors = ErrorBar()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.table = PeopleTable(context.services.clock.now)
        self.panel = PersonPanel(context.session.person.login)
        self.setFocusProxy(self.table.table)
        lay_out_beside(
            self, self._errors, self._title, self.table, self.panel, _RIGHT_PX
        )
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Read who there is."""
        self._load()

    def on_change(self, change: Change) -> None:
        """Follow what other administrators do."""
        if change.topic == "person" and self.isVisible():
            self._load()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("People"))
        for part in (self.table, self.panel):
            part.retranslate()

    def _connect(self) -> None:
        self.table.chosen.connect(self._show)
        self.panel.sites_wanted.connect(self._set_sites)
        self.panel.active_wanted.connect(self._set_active)
        self.panel.unlock_wanted.connect(self._unlock)
        self.panel.password.asked.connect(self._ask_reset)
        self.panel.password.ended.connect(self._end_reset)

    def _load(self) -> None:
        def ask() -> Known:
            return self._people.people(), self._people.sites()

        failed = partial(self._errors.show_trouble, "people")
        self.background.query(self, "people", ask, self._show_known, failed)

    def _show_known(self, known: Known) -> None:
        self._errors.mend("people")
        people, self._sites = known
        self.table.show_people(people, self._sites)

    def _show(self, entry: PersonEntry | None) -> None:
        self.panel.show_person(entry, self._sites)

    def _set_sites(self, sites: tuple[int, ...] | None) -> None:
        self._do(
            lambda entry: self._people.set_sites(entry.login, sites),
            lambda _: self.panel.say(self.tr("The sites are saved.")),
        )

    def _set_active(self, active: bool) -> None:
        self._do(
            lambda entry: self._people.set_active(entry.login, active=active),
            lambda _: self.panel.say(self.tr("This is done.")),
        )

    def _unlock(self) -> None:
        self._do(
            lambda entry: self._people.lift_lockout(entry.login),
            lambda _: self.panel.say(self.tr("This is done.")),
        )

    def _ask_reset(self, reason: str) -> None:
        self._do(
            lambda entry: self._people.ask_password_reset(entry.login, reason),
            self._show_password,
        )

    def _show_password(self, password: str) -> None:
        self.panel.password.clear()
        text = self.tr("Once it is approved, for a first login only: {}")
        self.panel.say(text.format(password), "good")

    def _end_reset(self, approve: bool) -> None:
        self._do(
            lambda entry: self._people.end_password_reset(entry.login, approve=approve),
            lambda _: self.panel.say(self.tr("This is done.")),
        )

    def _do(self, act: Callable[[PersonEntry], _T], done: Callable[[_T], None]) -> None:
        entry = self.table.current
        if entry is None:
            return

        def went_well(answer: _T) -> None:
            self._errors.mend("act")
            done(answer)
            self._load()

        refused = partial(self._errors.show_trouble, "act")
        self.background.command(self, partial(act, entry), went_well, refused)
