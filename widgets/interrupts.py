"""SIGINT and SIGTERM end the event loop the way a closed window does.

Python runs signal handlers only between its own instructions, and Qt's loop may not
come back to Python for long; the wake-up socket makes it.
"""

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """Calls `stop` in the GUI thread when the process is asked to end."""

    def __init__(self, stop: Callable[[], object]) -> None:
        """Install the handlers; call from the main thread."""
        super().__init__()
        self._stop = stop
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)
        self._mouth.setblocking(False)
        self._notifier = QSocketNotifier(
            self._ear.fileno(), QSocketNotifier.Type.Read, self
        )
        self._notifier.activated.connect(self._heard)
        self._old_fd = signal.set_wakeup_fd(self._mouth.fileno())
        self._old = {s: signal.signal(s, _wake) for s in _SIGNALS}

    def close(self) -> None:
        """Put the former handlers back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._ear.close()
        self._mouth.close()

    def _heard(self) -> None:
        self._ear.recv(64)
        self._stop()


def _wake(_number: int, _frame: FrameType | None) -> None:
    """The work is done by the wake-up socket."""
