"""From the product's threads and processes to signals of the GUI thread.

Everything here lives in the GUI thread. What calls back from elsewhere only emits a
signal that is queued to a slot of an object of the GUI thread; what can block runs in
the background.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.domain.camera import EngineStatus
from app.ports import Change, EngineLink, Session
from widgets.common.background import Background

_ENGINE_PERIOD_MS: Final = 500
_DATABASE_PERIOD_MS: Final = 2000


class ChangesBridge(QObject):
    """Hands the server's notices of change to the GUI thread, in order."""

    changed = Signal(object)
    """An `app.ports.Change`."""
    failed = Signal(str)
    _arrived = Signal(object)

    def __init__(self, session: Session, background: Background) -> None:
        """Start listening; that may take a while and happens in the background."""
        super().__init__()
        self._background = background
        self._stop: Callable[[], None] | None = None
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        background.query(
            self,
            "listen",
            lambda: session.changes.listen(self._arrived.emit),
            self._listening,
            self.failed.emit,
        )

    def close(self) -> Callable[[], None]:
        """Deliver nothing more; return the work that stops the listener."""
        self._closed = True
        return self._stop or _nothing

    def _listening(self, stop: Callable[[], None]) -> None:
        self._stop = stop

    @Slot(object)
    def _deliver(self, change: Change) -> None:
        if not self._closed:
            self.changed.emit(change)


class EnginePulse(QObject):
    """Asks the engine link how it is, twice a second; the link answers at once."""

    beat = Signal(object, str)
    """The EngineStatus, None without a live engine, and the link's sentence."""

    def __init__(self, link: EngineLink) -> None:
        """Stand still until `start`."""
        super().__init__()
        self._link = link
        self._timer = QTimer(self)
        self._timer.setInterval(_ENGINE_PERIOD_MS)
        self._timer.timeout.connect(self.ask)

    def start(self) -> None:
        """Ask now and from now on."""
        self._timer.start()
        self.ask()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()

    def ask(self) -> None:
        """Emit what the link knows at this moment."""
        status: EngineStatus | None = self._link.status()
        self.beat.emit(status, self._link.message())


class DatabasePulse(QObject):
    """Measures the round trip to the server; one question is open at a time."""

    answered = Signal(float)
    """Round trip in milliseconds."""
    failed = Signal(str)

    def __init__(self, session: Session, background: Background) -> None:
        """Stand still until `start`."""
        super().__init__()
        self._session = session
        self._background = background
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DATABASE_PERIOD_MS)
        self._timer.timeout.connect(self._ask)
        self._running = False

    def start(self) -> None:
        """Ask now and from now on."""
        self._running = True
        self._ask()

    def stop(self) -> None:
        """Ask no more; an answer under way is dropped."""
        self._running = False
        self._timer.stop()

    def _ask(self) -> None:
        self._background.query(self, "ping", self._session.ping, self._good, self._bad)

    def _good(self, round_trip_ms: float) -> None:
        if self._running:
            self.answered.emit(round_trip_ms)
            self._timer.start()

    def _bad(self, sentence: str) -> None:
        if self._running:
            self.failed.emit(sentence)
            self._timer.start()


def _nothing() -> None:
    return None
