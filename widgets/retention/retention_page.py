"""The page of terms: for how long what is kept on the left, one term on the right."""

from functools import partial

from PySide6.QtWidgets import QLabel

from app.domain.retention import DueTotal, RetentionRule
from widgets import theme
from widgets.common.background import Background
from widgets.common.beside import lay_out_beside
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.retention.term import Term, terms_of
from widgets.retention.term_panel import TermPanel
from widgets.retention.term_table import TermTable
from widgets.services import PageContext

_RIGHT_PX = 360


class RetentionPage(Page):
    """Terms are there at once; what is due by them may take a while to count."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is read yet."""
        super().__init__(context, background)
        self._retention = context.session.retention
        self._plates = context.session.plates
        self._clock = context.services.clock
        self._rules: list[RetentionRule] = []
        self._plate_days = 0
        self._due: list[DueTotal] | None = None
        self._errors = ErrorBar()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.table = TermTable()
        self.panel = TermPanel()
        self.setFocusProxy(self.table.table)
        lay_out_beside(
            self, self._errors, self._title, self.table, self.panel, _RIGHT_PX
        )
        self.table.chosen.connect(self.panel.show_term)
        self.panel.days_wanted.connect(self._save)
        self.retranslate()

    def activate(self) -> None:
        """Read the terms, and count."""
        self._load()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("Terms of keeping"))
        for part in (self.table, self.panel):
            part.retranslate()

    def _load(self) -> None:
        def ask() -> tuple[list[RetentionRule], int]:
            return self._retention.rules(), self._plates.keep_days()

        failed = partial(self._errors.show_trouble, "terms")
        self.background.query(self, "terms", ask, self._take_terms, failed)
        count = partial(self._retention.due, self._clock.now())
        uncounted = partial(self._errors.show_trouble, "due")
        self.background.query(self, "due", count, self._take_due, uncounted)

    def _take_terms(self, read: tuple[list[RetentionRule], int]) -> None:
        self._errors.mend("terms")
        self._rules, self._plate_days = read
        self._show()

    def _take_due(self, due: list[DueTotal]) -> None:
        self._errors.mend("due")
        self._due = due
        self._show()

    def _show(self) -> None:
        if self._rules:
            self.table.show_terms(terms_of(self._rules, self._plate_days, self._due))

    def _save(self, days: int) -> None:
        term = self.table.current
        if term is None:
            return

        def saved(_: None) -> None:
            self._errors.mend("save")
            self.panel.say(self._said(term))
            self._due = None
            self._load()

        refused = partial(self._errors.show_trouble, "save")
        self.background.command(self, partial(self._set, term, days), saved, refused)

    def _set(self, term: Term, days: int) -> None:
        if term.rule is None:
            self._plates.set_keep_days(days)
        else:
            self._retention.set_days(term.rule.kind, term.rule.state, days)

    def _said(self, term: Term) -> str:
        if term.rule is None:
            return self.tr("Saved. What is older goes within a day.")
        return self.tr("Saved. It erases nothing before seven days are over.")
