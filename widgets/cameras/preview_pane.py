"""The picture of the chosen camera: from the engine, or tried before it is added."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.camera.credentials import Credentials
from app.camera.live_preview import LivePreview
from app.domain.camera import CameraState
from app.domain.clock import Clock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.ports import EngineLink
from widgets import theme
from widgets.common.empty_state import EmptyState
from widgets.common.fault_text import told
from widgets.common.picture_view import PictureView

_FRAME_MS: Final = 66


class PreviewPane(QWidget):
    """Pulls frames of one source at a time.

    A tried source has its own thread, which `released` hands over to be closed away
    from the GUI thread: it may hang in the network for a moment.
    """

    released = Signal(object)
    """A function that closes what is no longer shown; it may block."""

    def __init__(self, engine: EngineLink, clock: Clock) -> None:
        """Start without a source."""
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._camera_id: CameraId | None = None
        self._live: LivePreview | None = None
        self._frame: PreviewFrame | None = None
        self._reason = ""
        self._empty, self._view = EmptyState("play"), PictureView()
        self._facts = QLabel()
        theme.as_role(self._facts, "small")
        self._stack = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.pull)
        self._build()
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show no camera."""
        self._change()
        self._empty.say(self.tr("Choose a camera, or try an address, to see it."))

    def show_camera(self, camera_id: CameraId) -> None:
        """Show what the engine sees of a camera."""
        if camera_id == self._camera_id:
            return
        self._change()
        self._camera_id = camera_id
        self._empty.say(self.tr("Waiting for the engine's picture…"))
        self._timer.start()

    def try_address(self, url: str, credentials: Credentials | None) -> None:
        """Connect to an address and show what comes."""
        self._change()
        self._live = LivePreview(url, credentials, self._clock)
        self._empty.say(self.tr("Connecting…"))
        self._timer.start()

    def show_reason(self, sentence: str) -> None:
        """Say why the engine has no picture; its last one would look alive."""
        self._reason = sentence
        self.pull()

    def pause(self) -> None:
        """Stop pulling and let go of a tried source."""
        self._change()

    def take_closers(self) -> list[Callable[[], None]]:
        """Return what must be closed, for a caller that closes it itself."""
        live, self._live = self._live, None
        self._timer.stop()
        return [live.close] if live is not None else []

    @property
    def trying(self) -> bool:
        """Whether an address is tried, not a camera of the engine shown."""
        return self._live is not None

    @property
    def facts(self) -> str:
        """What is said below the picture."""
        return self._facts.text()

    @property
    def sentence(self) -> str:
        """What is said instead of a picture; empty while there is one."""
        return "" if self._stack.currentWidget() is self._view else self._empty.sentence

    def pull(self) -> None:
        """Show the newest frame, or why there is none."""
        frame = self._newest()
        if frame is None:
            self._say_why()
            return
        if frame is self._frame:
            return
        self._frame = frame
        height, width = frame.image.shape[:2]
        stride = int(frame.image.strides[0])
        image = QImage(
            frame.image.data, width, height, stride, QImage.Format.Format_RGB32
        )
        source = QSize(frame.source_width_px, frame.source_height_px)
        self._view.set_image(image, source)
        self._facts.setText(f"{source.width()} × {source.height()}")
        self._stack.setCurrentWidget(self._view)

    def _newest(self) -> PreviewFrame | None:
        if self._live is not None:
            # A source that broke off keeps its last picture; that would be a lie here.
            online = self._live.state is CameraState.ONLINE
            return self._live.latest() if online else None
        if self._camera_id is None or self._reason:
            return None
        ratio = self._view.devicePixelRatioF()
        size = self._stack.size() * ratio
        self._engine.request_size(self._camera_id, size.width(), size.height())
        return self._engine.frame(self._camera_id)

    def _say_why(self) -> None:
        self._stack.setCurrentWidget(self._empty)
        self._facts.setText("")
        self._frame = None
        if self._live is not None and self._live.message:
            self._empty.say(told(self._live.message))
        elif self._camera_id is not None and self._reason:
            self._empty.say(told(self._reason))

    def _change(self) -> None:
        """Let go of the source that was shown."""
        self._timer.stop()
        self._camera_id = self._frame = None
        self._reason = ""
        self._stack.setCurrentWidget(self._empty)
        self._facts.setText("")
        for close in self.take_closers():
            self.released.emit(close)

    def _build(self) -> None:
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._stack, 1)
        column.addWidget(self._facts)
