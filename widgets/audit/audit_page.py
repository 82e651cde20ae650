"""The trail: filters and entries on the left, the chosen entry on the right."""

from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence

from app.domain.audit import AuditPage as EntriesPage
from app.domain.audit import AuditQuery, ChainFault
from app.report.audit_csv import export_audit
from app.report.catalogue import Catalogue
from widgets import theme
from widgets.audit.entries_table import EntriesTable
from widgets.audit.entry_panel import EntryPanel
from widgets.audit.fault_words import fault_text
from widgets.audit.filter_form import FilterForm
from widgets.common import formatting
from widgets.common.background import Background
from widgets.common.beside import lay_out_beside
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.services import PageContext

_RIGHT_PX = 400
_PAGE_SIZE = 100


class AuditPage(Page):
    """Reads only; what it shows is what the server lets this person read."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is read yet."""
        super().__init__(context, background)
        zone = Catalogue.load().zone
        self._trail = context.session.audit
        self._query = AuditQuery()
        self._errors = ErrorBar()
        self.form = FilterForm(context.services.clock)
        self.entries = EntriesTable(zone)
        self.panel = EntryPanel(zone)
        self._to_filter = QAction(self)
        self._to_filter.setShortcut(QKeySequence("Ctrl+F"))
        self.addAction(self._to_filter)
        self.setFocusProxy(self.entries)
        lay_out_beside(
            self, self._errors, self.form, self.entries, self.panel, _RIGHT_PX
        )
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Read the newest entries."""
        self._load(self.form.query())

    def retranslate(self) -> None:
        """Set all texts again."""
        self._to_filter.setText(self.tr("Filter the trail"))
        for part in (self.form, self.entries, self.panel):
            part.retranslate()

    def _connect(self) -> None:
        self._to_filter.triggered.connect(self.form.setFocus)
        self.form.asked.connect(self._ask)
        self.entries.more_wanted.connect(self._load_further)
        self.entries.all_wanted.connect(self.form.clear)
        self.entries.chosen.connect(self.panel.show_entry)
        self.panel.export_wanted.connect(self._export)
        self.panel.walk_wanted.connect(self._walk)

    def _ask(self, query: AuditQuery) -> None:
        self._load(query)
        # The hands stay on the keyboard: arrows and letters go to the answer.
        self.entries.setFocus()

    def _load(self, query: AuditQuery) -> None:
        self._query = query
        self.background.query(
            self,
            "entries",
            partial(self._trail.entries, query, limit=_PAGE_SIZE),
            self._show_first,
            partial(self._errors.show_trouble, "entries"),
        )

    def _show_first(self, page: EntriesPage) -> None:
        self._errors.mend("entries")
        self.entries.show_entries(page.entries, more=page.more)

    def _load_further(self) -> None:
        if not self.entries.entries:
            return
        after = self.entries.entries[-1].sequence
        self.background.query(
            self,
            "entries",
            partial(self._trail.entries, self._query, after=after, limit=_PAGE_SIZE),
            self._show_further,
            partial(self._errors.show_trouble, "entries"),
        )

    def _show_further(self, page: EntriesPage) -> None:
        self._errors.mend("entries")
        self.entries.append_entries(page.entries, more=page.more)

    def _export(self) -> None:
        services = self.context.services
        self.panel.say(self.tr("The trail is being exported."))
        work = partial(
            export_audit,
            self._trail,
            self._query,
            services.export,
            services.clock.now(),
        )
        self.background.command(self, work, self._exported, self._refused)

    def _exported(self, made: tuple[Path, int]) -> None:
        self._errors.mend("trail")
        path, count = made
        text = self.tr("Entries in {0}: {1}")
        self.panel.say(text.format(path, formatting.count(count)))

    def _walk(self) -> None:
        self.panel.say(self.tr("The chain is being walked."))
        self.background.query(
            self, "walk", self._trail.first_fault, self._walked, self._refused
        )

    def _walked(self, fault: ChainFault | None) -> None:
        self._errors.mend("trail")
        if fault is not None:
            text = f"{theme.State.ALARM.glyph} {fault_text(fault)}"
            self.panel.say(text, "alarm")
            return
        self.panel.say(
            self.tr(
                "Within the database the chain holds. That no tail was cut off is for "
                "the anchors to say: python main.py db verify-audit"
            )
        )

    def _refused(self, sentence: str) -> None:
        self.panel.say("")
        self._errors.show_trouble("trail", sentence)
