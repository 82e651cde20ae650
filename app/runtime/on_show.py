"""camera -> decode -> wall: what happens to a picture the moment it is decoded."""

from app.decode.picture import Picture, Session
from app.runtime.camera_monitor import CameraMonitor
from app.runtime.live_overlay import LiveOverlay
from app.runtime.showcase import Showcase


class OnShow:
    """Counts a camera's pictures and shows each of them at once.

    The wall does not wait for the detector: every picture gets the boxes of the last
    look, moved on to its own moment. Implements `app.decode.capture.CaptureEvents`.
    """

    def __init__(
        self, monitor: CameraMonitor, overlay: LiveOverlay, showcase: Showcase
    ) -> None:
        """Join the three."""
        self._monitor = monitor
        self._overlay = overlay
        self._showcase = showcase

    def session_began(self, session: Session) -> None:
        """Count the session."""
        self._monitor.session_began(session)

    def received(self, picture: Picture) -> None:
        """Count the picture, and show it if anybody looks."""
        self._monitor.received(picture)
        if self._showcase.watched(picture.time.monotonic_ns):
            self._showcase.show(picture, self._overlay.of(picture))

    def dropped(self, reason: str, count: int = 1) -> None:
        """Count pictures that were given up."""
        self._monitor.dropped(reason, count)

    def stream_remark(self, sentence: str) -> None:
        """Pass it on."""
        self._monitor.stream_remark(sentence)

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        """Say why nothing comes."""
        self._monitor.session_lost(message, retry_in_s)
