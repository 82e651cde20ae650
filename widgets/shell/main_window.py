"""The one window. It only arranges: login or workspace, and what holds for both."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QSize, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ports import Session
from widgets import theme
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.language import Language
from widgets.preferences import Preferences
from widgets.services import DesktopServices, PageContext
from widgets.shell.command import Command, action_commands, page_commands
from widgets.shell.command_palette import CommandPalette
from widgets.shell.login_attempt import LoginAttempt
from widgets.shell.login_page import LoginPage
from widgets.shell.workspace import Workspace
from widgets.theme import Mode

_SMALLEST = QSize(1024, 640)
_FIRST_SIZE = QSize(1440, 900)


class MainWindow(QWidget):
    """Login page or workspace, with the error bar above and the palette over it.

    `logged_in` carries the login name, `login_refused` the server's reason.
    """

    logged_in = Signal(str)
    login_refused = Signal(str)
    logged_out = Signal()
    closed = Signal()

    def __init__(
        self,
        services: DesktopServices,
        background: Background,
        preferences: Preferences,
        language: Language,
    ) -> None:
        """Show the login page; `language` is already installed."""
        super().__init__()
        self._services = services
        self._background = background
        self._preferences = preferences
        self._language = language
        self.error_bar = ErrorBar()
        self.login_page = LoginPage(services.default_dsn, services.demo_logins)
        self.workspace: Workspace | None = None
        self._attempt = LoginAttempt(services, background)
        self._dsn = ""
        self._stack = QStackedWidget()
        self._actions: dict[str, QAction] = {}
        self._build()
        self.palette_box = CommandPalette(self)
        self._connect()
        self._retranslate()
        self._restore()

    def log_in(self, dsn: str, login: str, password: str) -> None:
        """Ask the server; the workspace or a sentence on the login page follows."""
        self._dsn = dsn
        self.login_page.show_waiting()
        self._attempt.ask(dsn, login, password)

    def change_password(self, dsn: str, login: str, old: str, new: str) -> None:
        """Ask the server for another password, and log in with it."""
        self._dsn = dsn
        self.login_page.show_waiting()
        self._attempt.change(dsn, login, old, new)

    def log_out(self) -> None:
        """Close all pages and the session, and show the login page."""
        if self.workspace is None:
            return
        workspace, self.workspace = self.workspace, None
        self._background.command(self, workspace.finish(), _ignore, _ignore)
        self._stack.removeWidget(workspace)
        workspace.deleteLater()
        self.error_bar.clear()
        self._leave_full_screen()
        self._show_login()
        self.logged_out.emit()

    def show_page(self, key: str) -> None:
        """Bring a page into view, when somebody is logged in who may see it."""
        if self.workspace is not None:
            self.workspace.show_page(key)

    def switch_language(self) -> None:
        """Change between Spanish and English, at once."""
        self._language.install("en" if self._language.code == "es" else "es")
        self._preferences.set_language(self._language.code)

    def switch_mode(self) -> None:
        """Change between dark and light, at once."""
        wanted = Mode.LIGHT if theme.mode() is Mode.DARK else Mode.DARK
        theme.apply(wanted)
        self._preferences.set_mode(wanted)

    def toggle_full_screen(self) -> None:
        """Fill the screen with the page alone, or go back."""
        if self.isFullScreen():
            self._leave_full_screen()
            return
        if self.workspace is not None:
            self.workspace.set_chrome_visible(False)
        self.showFullScreen()

    def commands(self) -> list[Command]:
        """Return all that can be done here and now, for the palette."""
        found: list[Command] = []
        workspace = self.workspace
        if workspace is not None and workspace.page is not None:
            found += page_commands(workspace.page)
        if workspace is not None:
            for place, entry in enumerate(workspace.entries, 1):
                found.append(
                    Command(entry.title(), f"F{place}", _opener(workspace, entry.key))
                )
        found += action_commands(self._actions.values())
        # The wall has a second key for full screen: once in the list is enough.
        return list({command.name: command for command in reversed(found)}.values())[
            ::-1
        ]

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._actions:
            self._retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where the window was and log out."""
        if not self.isFullScreen():
            self._preferences.set_geometry(self.saveGeometry())
        self.log_out()
        self._preferences.save()
        super().closeEvent(event)
        self.closed.emit()

    def _build(self) -> None:
        self.setWindowTitle("Atalaya")
        self.setMinimumSize(_SMALLEST)
        self._stack.addWidget(self.login_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.error_bar)
        column.addWidget(self._stack, 1)
        acts: dict[str, tuple[str, Callable[[], object]]] = {
            "palette": ("Ctrl+K", self._ask_palette),
            "full_screen": ("F11", self.toggle_full_screen),
            "language": ("Ctrl+Shift+L", self.switch_language),
            "mode": ("Ctrl+Shift+D", self.switch_mode),
            "log_out": ("Ctrl+Shift+Q", self.log_out),
            "quit": ("Ctrl+Q", self.close),
        }
        for name, (key, act) in acts.items():
            action = QAction(self)
            action.setObjectName(name)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _=False, act=act: act())
            self.addAction(action)
            self._actions[name] = action

    def _connect(self) -> None:
        self.login_page.submitted.connect(self.log_in)
        self.login_page.change_submitted.connect(self.change_password)
        self.login_page.language_asked.connect(self.switch_language)
        self.login_page.mode_asked.connect(self.switch_mode)
        self._attempt.succeeded.connect(self._enter)
        self._attempt.change_needed.connect(self._ask_new_password)
        self._attempt.refused.connect(self.login_page.show_trouble)
        self._attempt.refused.connect(self.login_refused)

    def _ask_new_password(self) -> None:
        self.login_page.ask_new_password()
        self.login_refused.emit(self.login_page.trouble)

    def _retranslate(self) -> None:
        spanish = self._language.code == "es"
        other = "English" if spanish else "Español"
        names = {
            "palette": self.tr("All commands"),
            "full_screen": self.tr("Full screen"),
            "language": self.tr("Language: {}").format(other),
            "mode": self.tr("Dark or light"),
            "log_out": self.tr("Log out"),
            "quit": self.tr("Quit"),
        }
        for name, text in names.items():
            self._actions[name].setText(text)

    def _restore(self) -> None:
        geometry: QByteArray = self._preferences.geometry
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(_FIRST_SIZE)
        self._show_login()

    def _show_login(self) -> None:
        self._actions["log_out"].setEnabled(False)
        self.login_page.reset()
        self.login_page.fill(
            self._preferences.last_server, self._preferences.last_login
        )
        self._stack.setCurrentWidget(self.login_page)

    def _enter(self, session: Session) -> None:
        person = session.person
        self._preferences.set_last_login(person.login)
        default = self._services.default_dsn
        self._preferences.set_last_server("" if self._dsn == default else self._dsn)
        context = PageContext(services=self._services, session=session)
        workspace = Workspace(context, self._background, self.error_bar)
        self.workspace = workspace
        self._stack.addWidget(workspace)
        self._stack.setCurrentWidget(workspace)
        self._actions["log_out"].setEnabled(True)
        workspace.start()
        workspace.show_page(workspace.entries[0].key)
        self.login_page.reset()
        self.logged_in.emit(person.login)

    def _ask_palette(self) -> None:
        if self.palette_box.isVisible():
            self.palette_box.put_away()
        else:
            self.palette_box.ask(self.commands())

    def _leave_full_screen(self) -> None:
        if self.workspace is not None:
            self.workspace.set_chrome_visible(True)
        if self.isFullScreen():
            self.showNormal()


def _opener(workspace: Workspace, key: str) -> Callable[[], None]:
    return lambda: workspace.show_page(key)


def _ignore(_outcome: object) -> None:
    """Logging out of a server that is gone is no trouble for anyone."""
