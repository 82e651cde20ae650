"""The people page: who may log in on the left, what they see on the right."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtWidgets import QStackedWidget

from app.domain.ids import Login
from app.domain.people import OpenSession, PersonEntry, Site
from app.domain.person import Role
from app.ports import Change
from widgets.common.background import Background
from widgets.common.beside import lay_out_beside
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.people.new_person_panel import NewPersonPanel
from widgets.people.people_head import PeopleHead
from widgets.people.people_table import PeopleTable
from widgets.people.person_panel import PersonPanel
from widgets.services import PageContext

_RIGHT_PX = 360
_T = TypeVar("_T")
Known = tuple[Sequence[PersonEntry], Sequence[Site], Sequence[OpenSession]]


class PeoplePage(Page):
    """The server shows only whom this administrator may look after."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is read yet."""
        super().__init__(context, background)
        self._people = context.session.people
        self._sites: Sequence[Site] = ()
        self._sessions: Sequence[OpenSession] = ()
        self._made: tuple[Login, str] | None = None
        self._errors = ErrorBar()
        self.head = PeopleHead()
        self.table = PeopleTable(context.services.clock.now)
        self.panel = PersonPanel(context.session.person.login)
        self.new = NewPersonPanel()
        self._side = QStackedWidget()
        for part in (self.panel, self.new):
            self._side.addWidget(part)
        self.setFocusProxy(self.table.table)
        lay_out_beside(self, self._errors, self.head, self.table, self._side, _RIGHT_PX)
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
        for part in (self.head, self.table, self.panel, self.new):
            part.retranslate()

    def _connect(self) -> None:
        self.table.chosen.connect(self._show)
        self.panel.sites_wanted.connect(self._set_sites)
        self.panel.active_wanted.connect(self._set_active)
        self.panel.unlock_wanted.connect(self._unlock)
        self.panel.sessions.end_wanted.connect(self._end_sessions)
        self.head.new_wanted.connect(self._begin_new)
        self.new.wanted.connect(self._make)
        self.new.left.connect(self._leave_new)
        self.panel.password.asked.connect(self._ask_reset)
        self.panel.password.ended.connect(self._end_reset)

    def _load(self) -> None:
        def ask() -> Known:
            people = self._people
            return people.people(), people.sites(), people.sessions()

        failed = partial(self._errors.show_trouble, "people")
        self.background.query(self, "people", ask, self._show_known, failed)

    def _show_known(self, known: Known) -> None:
        self._errors.mend("people")
        people, self._sites, self._sessions = known
        self.table.show_people(people, self._sites)
        if self._made is not None:
            (login, password), self._made = self._made, None
            self.table.choose(login)
            self._show_password(password, self.tr("For the first login only: {}"))

    def _show(self, entry: PersonEntry | None) -> None:
        login = None if entry is None else entry.login
        theirs = [each for each in self._sessions if each.login == login]
        self.panel.show_person(entry, self._sites, theirs)

    def _begin_new(self) -> None:
        self._side.setCurrentWidget(self.new)
        self.new.begin()

    def _leave_new(self) -> None:
        self._side.setCurrentWidget(self.panel)
        self.table.table.setFocus()

    def _make(self, login: str, full_name: str, role: Role) -> None:
        def made(password: str) -> None:
            self._errors.mend("act")
            self._leave_new()
            # Said once the row is there: choosing it takes away what was said before.
            self._made = (Login(login), password)
            self._load()

        add = partial(self._people.add, Login(login), full_name, role)
        refused = partial(self._errors.show_trouble, "act")
        self.background.command(self, add, made, refused)

    def _end_sessions(self) -> None:
        self._do(
            lambda entry: self._people.end_sessions(entry.login),
            lambda _: self.panel.say(self.tr("This is done.")),
        )

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
            lambda password: self._show_password(
                password, self.tr("Once it is approved, for a first login only: {}")
            ),
        )

    def _show_password(self, password: str, text: str) -> None:
        self.panel.password.clear()
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
