"""The plates page: who passed on the left, who is watched for on the right."""

from functools import partial

from PySide6.QtGui import QAction, QKeySequence

from app.domain.ids import PlateSearchId, WatchId
from app.domain.person import Right
from app.domain.plate_search import NewWatch, PlatePage, PlateQuery
from app.ports import Change
from app.report.catalogue import Catalogue
from widgets.common.background import Background
from widgets.common.beside import lay_out_beside
from widgets.common.error_bar import ErrorBar
from widgets.common.page import Page
from widgets.plates.results_table import ResultsTable
from widgets.plates.search_form import SearchForm
from widgets.plates.watch_panel import WatchPanel
from widgets.services import PageContext

_RIGHT_PX = 432
_PAGE_SIZE = 100
_HITS_SHOWN = 50


class PlatesPage(Page):
    """Searches leave a trace on the server: none is made that nobody asked for."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is asked for yet."""
        super().__init__(context, background)
        clock, zone = context.services.clock, Catalogue.load().zone
        may_watch = context.session.person.may(Right.WATCH_PLATES)
        self._register = context.session.plates
        self._search_id: PlateSearchId | None = None
        self._errors = ErrorBar()
        self.form = SearchForm(clock)
        self.results = ResultsTable(zone, may_watch=may_watch)
        self.watch = WatchPanel(clock, zone, may_watch=may_watch)
        self._to_search = QAction(self)
        self._to_search.setShortcut(QKeySequence("Ctrl+F"))
        self.addAction(self._to_search)
        self.setFocusProxy(self.form)
        lay_out_beside(
            self, self._errors, self.form, self.results, self.watch, _RIGHT_PX
        )
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Load the watch list."""
        self._load_watches()

    def show_target(self, _target: object) -> None:
        """A hit was told: the list on the right has it."""
        self._load_watches()

    def on_change(self, change: Change) -> None:
        """Follow the watch list."""
        if change.topic in ("watch", "watch_hit") and self.isVisible():
            self._load_watches()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._to_search.setText(self.tr("Search for a plate"))
        for part in (self.form, self.results, self.watch):
            part.retranslate()

    def _connect(self) -> None:
        self._to_search.triggered.connect(self.form.setFocus)
        self.form.sent.connect(self._search)
        self.results.more_wanted.connect(self._search_on)
        self.results.watch_wanted.connect(self.watch.form.begin)
        self.watch.wanted.connect(self._add_watch)
        self.watch.ended.connect(self._end_watch)

    def _search(self, query: PlateQuery) -> None:
        self.background.query(
            self,
            "search",
            partial(self._register.search, query, _PAGE_SIZE),
            self._show_first,
            partial(self._errors.show_trouble, "search"),
        )

    def _show_first(self, page: PlatePage) -> None:
        self._errors.mend("search")
        self._search_id = page.search_id
        self.results.show_hits(page.hits, more=page.more)

    def _search_on(self) -> None:
        if self._search_id is None or not self.results.hits:
            return
        last = self.results.hits[-1]
        self.background.query(
            self,
            "search",
            partial(self._register.next_page, self._search_id, last, _PAGE_SIZE),
            self._show_further,
            partial(self._errors.show_trouble, "search"),
        )

    def _show_further(self, page: PlatePage) -> None:
        self._errors.mend("search")
        self.results.append_hits(page.hits, more=page.more)

    def _load_watches(self) -> None:
        failed = partial(self._errors.show_trouble, "watch")
        self.background.query(
            self, "watches", self._register.watches, self.watch.show_watches, failed
        )
        self.background.query(
            self,
            "hits",
            partial(self._register.watch_hits, _HITS_SHOWN),
            self.watch.show_hits,
            failed,
        )

    def _add_watch(self, wanted: NewWatch) -> None:
        act = partial(self._register.add_watch, wanted)
        self.background.command(self, act, self._added, self._refused)

    def _end_watch(self, watch_id: WatchId) -> None:
        act = partial(self._register.end_watch, watch_id)
        self.background.command(self, act, self._changed, self._refused)

    def _refused(self, sentence: str) -> None:
        self._errors.show_trouble("watch", sentence)

    def _added(self, _watch_id: WatchId) -> None:
        self.watch.form.clear()
        self._changed()

    def _changed(self, _nothing: object = None) -> None:
        self._errors.mend("watch")
        self._load_watches()
