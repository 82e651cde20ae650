"""The picture of a camera that is not added yet."""

import logging
import threading
from uuid import UUID

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from app.camera.credentials import Credentials
from app.camera.source import CameraSource, Pace, VideoPacket
from app.camera.stream import VideoStream
from app.domain.camera import CameraState
from app.domain.clock import CaptureTime, Clock
from app.domain.ids import CameraId
from app.domain.overlay import Overlay, PreviewFrame

_log = logging.getLogger(__name__)
_MAX_WIDTH_PX = 1280
_MAX_HEIGHT_PX = 720
_NO_CAMERA = CameraId(UUID(int=0))


class LivePreview:
    """Plays `url` on a thread of its own; the GUI polls `latest` when it paints."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        clock: Clock,
        *,
        pace: Pace | None = None,
    ) -> None:
        """Start connecting and return at once."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._frame: PreviewFrame | None = None
        self._state = CameraState.CONNECTING
        self._message = ""
        self._sequence = 0
        self._scaler = VideoReformatter()
        live = Pace.LIVE if "://" in url else Pace.REAL_TIME
        self._source = CameraSource(
            url, lambda: credentials, clock, self._stop, pace=pace or live
        )
        self._thread = threading.Thread(
            target=self._source.run, args=(self,), name="live-preview", daemon=True
        )
        self._thread.start()

    def latest(self) -> PreviewFrame | None:
        """Return the newest picture: the same object until there is a newer one."""
        with self._lock:
            return self._frame

    @property
    def state(self) -> CameraState:
        """Whether pictures come."""
        with self._lock:
            return self._state

    @property
    def message(self) -> str:
        """A sentence on why no pictures come, empty when they do."""
        with self._lock:
            return self._message

    def close(self) -> None:
        """Stop playing; a connection that hangs is left to end within 3 s by itself."""
        self._stop.set()
        self._thread.join(timeout=0.5)

    def opened(self, stream: VideoStream) -> None:
        """Wait for the first picture of the session."""

    def arrived(self, packet: VideoPacket) -> None:
        """Decode and publish."""
        try:
            frames = packet.packet.decode()
        except av.error.FFmpegError:
            return
        for frame in frames:
            self._publish(frame, packet.arrival)

    def ended(self, stream: VideoStream) -> None:
        """Leave the last pictures: the recording starts again at once."""

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """Tell why there is no picture."""
        _log.info("live preview: %s (again in %s s)", message, retry_in_s)
        with self._lock:
            self._state = CameraState.OFFLINE
            self._message = message

    def _publish(self, frame: VideoFrame, time: CaptureTime) -> None:
        self._sequence += 1
        shown = PreviewFrame(
            camera_id=_NO_CAMERA,
            sequence=self._sequence,
            time=time,
            image=self._scaled(frame),
            source_width_px=frame.width,
            source_height_px=frame.height,
            overlay=Overlay(),
        )
        with self._lock:
            self._frame = shown
            self._state = CameraState.ONLINE
            self._message = ""

    def _scaled(self, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        scale = min(1.0, _MAX_WIDTH_PX / frame.width, _MAX_HEIGHT_PX / frame.height)
        image = self._scaler.reformat(
            frame,
            width=max(2, int(frame.width * scale)),
            height=max(2, int(frame.height * scale)),
            format="bgra",
            interpolation=Interpolation.FAST_BILINEAR,
        )
        return np.asarray(image.to_ndarray(), np.uint8)
