"""A decoded picture that is converted only if somebody looks at it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from app.decode.packets import PacketRing, StreamFormat
from app.domain.clock import CaptureTime
from app.domain.frame import Frame
from app.domain.ids import CameraId


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """One unbroken run of a stream; tracks and lamp phases do not outlive it.

    `number` counts the sessions of a camera since the engine started.
    """

    number: int
    format: StreamFormat
    ring: PacketRing


class Converter:
    """Planar YUV to packed pixels by swscale, its tables kept from call to call.

    One instance serves one thread: the one that takes a camera's pictures.
    """

    def __init__(self) -> None:
        """Build the tables at the first picture."""
        self._full = VideoReformatter()
        self._small = VideoReformatter()

    def bgr(self, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        """Return the full-size picture, shape (height, width, 3), read-only."""
        converted = self._full.reformat(frame, format="bgr24", threads=1)
        image = _pixels(converted, 3)
        image.flags.writeable = False
        return image

    def bgra(
        self, frame: VideoFrame, width_px: int, height_px: int
    ) -> npt.NDArray[np.uint8]:
        """Return the picture at exactly this size, shape (height, width, 4)."""
        converted = self._small.reformat(
            frame,
            width=width_px,
            height=height_px,
            format="bgra",
            interpolation=Interpolation.FAST_BILINEAR,
            threads=1,
        )
        return _pixels(converted, 4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A frame as the decoder made it, with its times; converted when asked."""

    camera_id: CameraId
    sequence: int
    time: CaptureTime
    session: Session
    video_frame: VideoFrame
    converter: Converter

    def to_frame(self) -> Frame:
        """Convert to full-size BGR for the detector."""
        return Frame(
            camera_id=self.camera_id,
            sequence=self.sequence,
            time=self.time,
            image=self.converter.bgr(self.video_frame),
        )

    def to_bgra(self, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        """Scale to fit `width_px` x `height_px`, keeping the aspect; never enlarge."""
        source = self.video_frame
        scale = min(1.0, width_px / source.width, height_px / source.height)
        return self.converter.bgra(
            source,
            max(2, round(source.width * scale)),
            max(2, round(source.height * scale)),
        )


def _pixels(frame: VideoFrame, channels: int) -> npt.NDArray[np.uint8]:
    """View the only plane of a packed frame, copied if its lines are padded."""
    plane = frame.planes[0]
    row_bytes = frame.width * channels
    lines = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * frame.height]
    rows = lines.reshape(frame.height, plane.line_size)[:, :row_bytes]
    return np.ascontiguousarray(rows).reshape(frame.height, frame.width, channels)
