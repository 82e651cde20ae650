"""How the only session of a headless run began and ended."""

import threading

from app.decode.picture import Picture, Session
from app.runtime.camera_monitor import CameraMonitor


class SourceEnds:
    """A camera's monitor that also remembers how the only session ended."""

    def __init__(self, monitor: CameraMonitor) -> None:
        """Start with nothing opened."""
        self._monitor = monitor
        self.message = ""
        self.opened = False
        self.over = threading.Event()

    def session_began(self, session: Session) -> None:
        """Remember that there was something to see."""
        self.opened = True
        self._monitor.session_began(session)

    def received(self, picture: Picture) -> None:
        """Count a picture."""
        self._monitor.received(picture)

    def dropped(self, reason: str, count: int = 1) -> None:
        """Count pictures that were given up."""
        self._monitor.dropped(reason, count)

    def stream_remark(self, sentence: str) -> None:
        """Pass on what is worth knowing."""
        self._monitor.stream_remark(sentence)

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        """Remember why it ended, and let whoever waits for that go on."""
        self._monitor.session_lost(message, retry_in_s)
        self.message = message
        self.over.set()
