"""One attempt to log in, off the GUI thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.domain.errors import PasswordMustChange
from app.domain.ids import Login
from app.ports import Session
from widgets.common.background import Background
from widgets.services import DesktopServices


class LoginAttempt(QObject):
    """Asks the server who somebody is; a newer attempt makes an older one void."""

    succeeded = Signal(object)
    """The `app.ports.Session`."""
    refused = Signal(str)
    change_needed = Signal()
    """The password is right, but another one must be chosen."""

    def __init__(self, services: DesktopServices, background: Background) -> None:
        """Ask nothing yet."""
        super().__init__()
        self._services = services
        self._background = background

    def ask(self, dsn: str, login: str, password: str) -> None:
        """Log in; one of the signals follows."""
        connect = self._services.connect
        self._try(lambda: connect(dsn).login(Login(login), password))

    def change(self, dsn: str, login: str, old: str, new: str) -> None:
        """Change the password and log in with the new one; a signal follows."""
        connect = self._services.connect

        def change_and_log_in() -> Session:
            server = connect(dsn)
            server.change_password(Login(login), old, new)
            return server.login(Login(login), new)

        self._try(change_and_log_in)

    def _try(self, enter: Callable[[], Session]) -> None:
        def entered() -> Session | None:
            try:
                return enter()
            except PasswordMustChange:
                return None

        self._background.query(self, "login", entered, self._arrived, self.refused.emit)

    def _arrived(self, session: Session | None) -> None:
        if session is None:
            self.change_needed.emit()
        else:
            self.succeeded.emit(session)
