"""The report page: what to make on the left, the real PDF on the right."""

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QSplitter, QVBoxLayout

from app.domain.ids import InfractionId
from app.domain.infraction import Case, InfractionState
from app.domain.person import Right
from app.ports import Change
from app.report.catalogue import Catalogue
from app.report.publish import Publisher, printed_notice
from app.review.decide import Reviewer
from app.review.queue import CaseFilter, load
from widgets import theme
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.report.notice_list import NoticeList
from widgets.report.pdf_panel import PdfPanel
from widgets.report.period_form import Period, PeriodForm
from widgets.services import PageContext

_LEFT_PX = 364
_LISTED = 100
_NOTICE_STATES = (InfractionState.CONFIRMED, InfractionState.NOTIFIED)
_LANGUAGES = (("es", "Español"), ("en", "English"))


class ReportPage(Page):
    """Makes period reports and notices; `show_target` takes an InfractionId."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is asked for yet."""
        super().__init__(context, background)
        services, session = context.services, context.session
        self._case: Case | None = None
        self._plate = ""
        self._errors = ErrorBar()
        self._titles = [QLabel(), QLabel(), QLabel()]
        self._form = PeriodForm(services.clock, Catalogue.load().zone)
        self._notices = NoticeList()
        self._language = QComboBox()
        self._status = QLabel()
        self._pdf = PdfPanel()
        for code, name in _LANGUAGES:
            self._language.addItem(name, code)
        self._language.setCurrentIndex(self._language.findData(services.language))
        self._reviewer = Reviewer(
            person=session.person, store=session.case_store, clock=services.clock
        )
        self._lay_out()
        self._connect()
        self.retranslate()
        self._allow()

    def activate(self) -> None:
        """Load the cases that can have a notice."""
        self._reload()

    def deactivate(self) -> None:
        """Stop the search's timer."""
        self._notices.stop()

    def close_page(self) -> None:
        """Let go of the document."""
        self._notices.stop()
        self._pdf.close_document()

    def retranslate(self) -> None:
        """Set all texts again."""
        names = (self.tr("Period report"), self.tr("Notice"), self.tr("Language"))
        for title, name in zip(self._titles, names, strict=True):
            title.setText(name)
        for part in (self._form, self._notices, self._pdf):
            part.retranslate()

    def on_change(self, change: Change) -> None:
        """Reload the list of cases."""
        if change.topic == "infraction" and self.isVisible():
            self._reload()

    def show_target(self, target: object) -> None:
        """Show the notice of a case."""
        if not isinstance(target, UUID):
            return
        store = self.context.session.case_store
        self.background.query(
            self,
            "target",
            partial(store.case, InfractionId(target)),
            self._choose,
            partial(self._say_trouble, "target"),
        )

    @property
    def document(self) -> Path | None:
        """The file that is shown."""
        return self._pdf.path

    def make_period(self, period: Period) -> None:
        """Make the report of a period and show it."""
        session, publisher = self.context.session, self._publisher()
        self._begin()
        self.background.query(
            self,
            "document",
            partial(
                publisher.period,
                session.case_store,
                session.site,
                since=period.since,
                until=period.until,
                kind=period.kind,
                made_by=session.person.full_name,
            ),
            self._show,
            self._failed,
        )

    def _publisher(self) -> Publisher:
        return self.context.publisher(self._language.currentData())

    def _connect(self) -> None:
        self._form.wanted.connect(self.make_period)
        self._notices.chosen.connect(self._choose)
        self._notices.searched.connect(self._search)
        self._notices.issue_pressed.connect(self._issue)
        self._language.activated.connect(self._change_language)
        self._pdf.failed.connect(partial(self._say_trouble, "pdf"))

    def _lay_out(self) -> None:
        left = QFrame()
        theme.as_role(left, "panel")
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for title in self._titles:
            theme.as_role(title, "heading")
        column.addWidget(self._titles[0])
        column.addWidget(self._form)
        column.addSpacing(8)
        column.addWidget(self._titles[1])
        column.addWidget(self._notices, 1)
        column.addSpacing(8)
        theme.as_role(self._titles[2], "small")
        column.addWidget(self._titles[2])
        column.addWidget(self._language)
        theme.as_role(self._status, "small")
        column.addWidget(self._status)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._pdf)
        split.setStretchFactor(1, 1)
        split.setSizes([_LEFT_PX, 1200])
        split.setChildrenCollapsible(False)
        left.setMinimumWidth(_LEFT_PX)
        left.setMaximumWidth(480)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._errors)
        page.addWidget(split, 1)

    def _reload(self) -> None:
        wanted = CaseFilter(states=_NOTICE_STATES, plate=self._plate or None)
        self.background.query(
            self,
            "notices",
            partial(load, self.context.session.case_store, wanted, _LISTED),
            self._take_cases,
            partial(self._say_trouble, "notices"),
        )

    def _take_cases(self, cases: list[Case]) -> None:
        self._errors.mend("notices")
        keep = None if self._case is None else self._case.infraction.id
        self._notices.show_cases(cases, keep)

    def _search(self, plate: str) -> None:
        self._plate = plate.strip()
        self._reload()

    def _choose(self, case: Case) -> None:
        self._errors.mend("target")
        self._case = case
        self._allow()
        self._take_cases(list(self._notices.cases))
        self._make_notice()

    def _make_notice(self) -> None:
        case = self._case
        if case is None:
            return
        self._begin()
        publisher = self._publisher()
        self.background.query(
            self,
            "document",
            partial(printed_notice, publisher, self.context.session.case_store, case),
            self._show,
            self._failed,
        )

    def _issue(self) -> None:
        case = self._case
        if case is not None:
            act = partial(self._reviewer.issue_notice, case)
            failed = partial(self._say_trouble, "issue")
            self.background.command(self, act, self._issued, failed)

    def _issued(self, case: Case) -> None:
        self._errors.mend("issue")
        self._choose(case)
        self._reload()

    def _change_language(self, _index: int) -> None:
        self._make_notice()

    def _begin(self) -> None:
        self._status.setText(self.tr("Making the document"))

    def _show(self, path: Path) -> None:
        self._status.clear()
        self._errors.mend("document")
        self._errors.mend("pdf")
        self._pdf.show_document(path)

    def _failed(self, sentence: str) -> None:
        self._status.clear()
        self._pdf.close_document()
        self._say_trouble("document", sentence)

    def _allow(self) -> None:
        person = self.context.session.person
        may = person.may(Right.REPORT) or person.may(Right.REVIEW)
        fresh = self._case is not None and (
            self._case.state is InfractionState.CONFIRMED
        )
        self._notices.allow_issue(may and fresh)

    def _say_trouble(self, source: str, sentence: str) -> None:
        self._errors.show_trouble(source, sentence)
