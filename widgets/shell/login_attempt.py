"""One attempt to log in, off the GUI thread."""

from PySide6.QtCore import QObject, Signal

from app.domain.ids import Login
from app.ports import Session
from widgets.common.background import Background
from widgets.services import DesktopServices


class LoginAttempt(QObject):
    """Asks the server who somebody is; a newer attempt makes an older one void."""

    succeeded = Signal(object)
    """The `app.ports.Session`."""
    refused = Signal(str)

    def __init__(self, services: DesktopServices, background: Background) -> None:
        """Ask nothing yet."""
        super().__init__()
        self._services = services
        self._background = background

    def ask(self, dsn: str, login: str, password: str) -> None:
        """Log in; one of the signals follows."""
        connect = self._services.connect

        def log_in() -> Session:
            return connect(dsn).login(Login(login), password)

        self._background.query(
            self, "login", log_in, self.succeeded.emit, self.refused.emit
        )
