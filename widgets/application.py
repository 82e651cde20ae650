"""The desktop as a whole: made once, run until its window closes."""

import sys
from types import TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from widgets import theme
from widgets.common.background import Background
from widgets.fault_report import FaultReport
from widgets.interrupts import Interrupts
from widgets.language import Language
from widgets.preferences import Preferences
from widgets.qt_platform import use_own_plugins
from widgets.services import DesktopServices
from widgets.shell.main_window import MainWindow

_LOGIN_TIMEOUT_MS = 15_000


class Desktop:
    """Window and everything behind it, also for use by scripts.

    A context manager: leaving it logs out and ends all threads that it started. The
    engine link belongs to whoever made the services and is not closed here.
    """

    def __init__(self, services: DesktopServices) -> None:
        """Make the window without showing it."""
        self.application = _application()
        self.services = services
        self.preferences = Preferences(services.paths)
        self.language = Language()
        self.language.install(self.preferences.language(services.language))
        theme.apply(self.preferences.mode)
        self.background = Background()
        self.window = MainWindow(
            services, self.background, self.preferences, self.language
        )
        self.faults = FaultReport(self.window.error_bar)
        self.faults.install()

    def __enter__(self) -> Self:
        """Show the window."""
        self.window.show()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything."""
        self.close()

    def login(self, login: str, password: str, dsn: str = "") -> bool:
        """Log in and wait for the answer; tell whether it was yes.

        The event loop runs meanwhile. `window.login_page.trouble` says why not.
        """
        loop = QEventLoop()
        self.window.logged_in.connect(loop.quit)
        self.window.login_refused.connect(loop.quit)
        QTimer.singleShot(_LOGIN_TIMEOUT_MS, loop, loop.quit)
        self.window.log_in(dsn or self.services.default_dsn, login, password)
        loop.exec()
        return self.window.workspace is not None

    def show_page(self, key: str) -> None:
        """Bring a page into view by its key."""
        self.window.show_page(key)

    def run(self) -> int:
        """Show the window and run until it closes, or SIGINT or SIGTERM comes."""
        interrupts = Interrupts(self.window.close)
        self.window.closed.connect(self.application.quit)
        self.window.show()
        try:
            return self.application.exec()
        finally:
            interrupts.close()

    def close(self) -> None:
        """Log out, end the threads, give the hooks back."""
        self.window.close()
        self.background.close()
        self.faults.uninstall()
        QCoreApplication.processEvents()


def run_desktop(
    services: DesktopServices, *, login: tuple[str, str] | None = None
) -> int:
    """Run the desktop until its window closes; return the exit code.

    `login` is a name and a password to enter with at once, as the demo does.
    """
    desktop = Desktop(services)
    try:
        if login is not None:
            desktop.window.log_in(services.default_dsn, *login)
        return desktop.run()
    finally:
        desktop.close()


def _application() -> QApplication:
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    use_own_plugins()
    QCoreApplication.setApplicationName("atalaya")
    QCoreApplication.setOrganizationName("atalaya")
    return QApplication(sys.argv[:1])
