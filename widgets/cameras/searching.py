"""The search for cameras on the network, while the page is in view."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.camera.discovery import Discovery
from app.domain.camera import FoundCamera
from widgets.common.background import Background

_LOOK_MS: Final = 500


class Searching(QObject):
    """Opens and closes a `Discovery` away from the GUI thread and looks at it.

    `found` carries all devices after each change; `failed` a sentence.
    """

    found = Signal(object)
    failed = Signal(str)

    def __init__(
        self, interfaces: Sequence[str] | None, background: Background, parent: QObject
    ) -> None:
        """Search nothing before `start`."""
        super().__init__(parent)
        self._interfaces = interfaces
        self._background = background
        self._discovery: Discovery | None = None
        self._wanted = False
        self._opening = False
        self._last: tuple[FoundCamera, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def searching(self) -> bool:
        """Whether the network is being listened to."""
        return self._discovery is not None

    def start(self) -> None:
        """Begin to listen."""
        self._wanted = True
        if self._discovery is None and not self._opening:
            self._opening = True
            self._background.command(
                self, lambda: Discovery(self._interfaces), self._opened, self._refused
            )

    def stop(self) -> None:
        """Listen no more; the sockets are closed in the background."""
        self._wanted = False
        self._timer.stop()
        discovery, self._discovery = self._discovery, None
        if discovery is not None:
            self._background.command(self, discovery.close, _ignore, _ignore)

    def close(self) -> None:
        """Close at once: the page goes away."""
        self._wanted = False
        self._timer.stop()
        discovery, self._discovery = self._discovery, None
        if discovery is not None:
            discovery.close()

    def again(self) -> None:
        """Ask the network again."""
        if self._discovery is not None:
            self._background.command(self, self._discovery.refresh, _ignore, _ignore)
        else:
            self.start()

    def _opened(self, discovery: Discovery) -> None:
        self._opening = False
        if not self._wanted:
            self._background.command(self, discovery.close, _ignore, _ignore)
            return
        self._discovery = discovery
        self._timer.start()
        self._look()

    def _refused(self, sentence: str) -> None:
        self._opening = False
        self.failed.emit(sentence)

    def _look(self) -> None:
        if self._discovery is None:
            return
        now = self._discovery.found()
        if now != self._last:
            self._last = now
            self.found.emit(now)


def _ignore(_outcome: object) -> None:
    """Nothing follows."""
