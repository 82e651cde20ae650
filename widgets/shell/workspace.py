"""Everything a logged-in person has: rail, page, what is wrong, status."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.camera import EngineStatus
from app.domain.person import Right
from app.ports import Change
from app.report.catalogue import Catalogue
from widgets.bridge import ChangesBridge, DatabasePulse, EnginePulse
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.common.fault_text import told
from widgets.common.page import Page
from widgets.services import PageContext
from widgets.shell.page_catalogue import PageEntry, pages_for
from widgets.shell.rail import Rail
from widgets.shell.status_bar import StatusBar
from widgets.shell.watch_notice import SOURCE, WatchNotice
from widgets.theme import State


class Workspace(QWidget):
    """Made at log-in, thrown away at log-out; pages are made when first shown."""

    page_shown = Signal(str)

    def __init__(
        self, context: PageContext, background: Background, error_bar: ErrorBar
    ) -> None:
        """Build the frame; no page yet, and no question to anyone before `start`."""
        super().__init__()
        self.context = context
        self._background = background
        self._errors = error_bar
        self._entries = {e.key: e for e in pages_for(context.session.person)}
        self._pages: dict[str, Page] = {}
        self._current = ""
        self._rail = Rail(tuple(self._entries.values()))
        self._stack = QStackedWidget()
        services, session = context.services, context.session
        self._status = StatusBar(services.clock, session.person)
        self._engine = EnginePulse(services.engine)
        self._database = DatabasePulse(session, background)
        self._changes: ChangesBridge | None = None
        self._notice = self._made_notice()
        self._build()
        self._connect()

    def start(self) -> None:
        """Begin to ask and to listen."""
        self._engine.start()
        self._database.start()
        self._changes = ChangesBridge(self.context.session, self._background)
        self._changes.changed.connect(self._spread)
        self._changes.failed.connect(self._listening_failed)
        if self._notice is not None:
            self._notice.start()

    @property
    def entries(self) -> tuple[PageEntry, ...]:
        """The pages this person may open."""
        return tuple(self._entries.values())

    @property
    def current_key(self) -> str:
        """Key of the page in view; empty before the first."""
        return self._current

    @property
    def page(self) -> Page | None:
        """The page in view."""
        return self._pages.get(self._current)

    def show_page(self, key: str, target: object = None) -> None:
        """Bring a page into view; a page that is not for this person is ignored."""
        if key not in self._entries:
            return
        if key != self._current:
            page = self._pages.get(key) or self._make(key)
            self._leave()
            self._current = key
            self._stack.setCurrentWidget(page)
            self._rail.mark(key)
            page.activate()
            if self.window().focusWidget() not in page.findChildren(QWidget):
                page.setFocus(Qt.FocusReason.OtherFocusReason)
            self.page_shown.emit(key)
        if target is not None:
            self._pages[key].show_target(target)

    def set_chrome_visible(self, visible: bool) -> None:
        """Show or hide rail and status bar, for the wall in full screen."""
        self._rail.setVisible(visible)
        self._status.setVisible(visible)

    def finish(self) -> Callable[[], None]:
        """Close all pages; return the work of logging out, for the background."""
        self._engine.stop()
        self._database.stop()
        self._leave()
        for page in self._pages.values():
            page.close_page()
        stop_listening = self._changes.close() if self._changes else None
        session = self.context.session

        def log_out() -> None:
            if stop_listening:
                stop_listening()
            session.close()

        return log_out

    def changeEvent(self, event: QEvent) -> None:
        """Let the pages follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            for page in self._pages.values():
                page.retranslate()

    def _build(self) -> None:
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._rail)
        across.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(across, 1)
        column.addWidget(self._status)

    def _connect(self) -> None:
        self._rail.chosen.connect(self.show_page)
        self._engine.beat.connect(self._engine_beat)
        self._database.answered.connect(self._database_answered)
        self._database.failed.connect(self._database_failed)
        self._errors.action_chosen.connect(self._act_on)

    def _made_notice(self) -> WatchNotice | None:
        session = self.context.session
        if not session.person.may(Right.SEARCH_PLATES):
            return None
        zone = Catalogue.load().zone
        return WatchNotice(session.plates, self._background, self._errors, zone)

    def _act_on(self, source: str) -> None:
        """Follow the way out that the bar offers."""
        if source == SOURCE and self._notice is not None:
            self._notice.put_away()
            self.show_page("plates")

    def _make(self, key: str) -> Page:
        page = self._entries[key].make(self.context, self._background)
        page.open_requested.connect(self.show_page)
        self._pages[key] = page
        self._stack.addWidget(page)
        return page

    def _leave(self) -> None:
        page = self.page
        if page is not None:
            page.deactivate()

    def _spread(self, change: Change) -> None:
        for page in self._pages.values():
            page.on_change(change)
        if self._notice is not None:
            self._notice.on_change(change)

    def _engine_beat(self, status: EngineStatus | None, message: str) -> None:
        self._status.show_engine(status, message)
        if message:
            state = State.ALARM if status is None else State.WARN
            self._errors.show_trouble("engine", told(message), state=state)
        else:
            self._errors.mend("engine")

    def _database_answered(self, round_trip_ms: float) -> None:
        self._status.show_round_trip(round_trip_ms)
        self._errors.mend("database")

    def _database_failed(self, sentence: str) -> None:
        self._status.show_database_failed()
        self._errors.show_trouble("database", sentence)

    def _listening_failed(self, sentence: str) -> None:
        self._errors.show_trouble("listen", sentence, state=State.WARN)
