"""A decoded picture that is converted only if, and where, somebody looks at it."""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from app.camera.alignment import Alignment
from app.decode.main_pictures import MainPictures
from app.decode.packets import PacketRing, StreamFormat
from app.domain.clock import CaptureTime
from app.domain.frame import Frame
from app.domain.ids import CameraId

_PLANAR_420 = {"yuv420p", "yuvj420p"}
_CHANNELS = {"bgr24": 3, "bgra": 4}
TO_NETWORK = Interpolation.BILINEAR
TO_WALL = Interpolation.FAST_BILINEAR

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """One unbroken run of a stream; tracks and lamp phases do not outlive it.

    `number` counts the sessions of a camera since the engine started. `format` and
    `ring` are those of the main stream, in whose pixels everything is measured.

    Where the pictures are those of a second, smaller stream, `alignment` says how its
    times were moved onto the main stream's, and `main` gives the full-size picture of
    any moment that the ring still holds; both are None where the main stream itself is
    decoded.
    """

    number: int
    format: StreamFormat
    ring: PacketRing
    alignment: Alignment | None = None
    main: MainPictures | None = None


class Converter:
    """Planar YUV to packed pixels by swscale, its tables kept from call to call.

    One instance serves one thread.
    """

    def __init__(self) -> None:
        """Build the tables at the first picture."""
        self._scaler = VideoReformatter()

    def packed(
        self,
        frame: VideoFrame,
        pixel_format: str,
        size_px: tuple[int, int],
        interpolation: Interpolation,
    ) -> Bytes:
        """Return the picture at (width, height) in "bgr24" or "bgra"."""
        converted = self._scaler.reformat(
            frame,
            width=size_px[0],
            height=size_px[1],
            format=pixel_format,
            interpolation=interpolation,
            threads=1,
        )
        return _pixels(converted, _CHANNELS[pixel_format])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A frame as the decoder made it, with its times; converted when asked.

    `to_network` and `to_wall` each serve one thread: the one that looks, and the one
    that shows. Implements `app.ports.ScalablePicture` and `app.domain.frame.Pixels`.
    """

    camera_id: CameraId
    sequence: int
    time: CaptureTime
    session: Session
    video_frame: VideoFrame
    to_network: Converter
    to_wall: Converter

    @property
    def width_px(self) -> int:
        """Width of this picture, perhaps of the smaller stream."""
        return self.video_frame.width

    @property
    def height_px(self) -> int:
        """Height of this picture."""
        return self.video_frame.height

    def to_frame(self) -> Frame:
        """Return the frame in the main stream's pixels; nothing is converted yet."""
        main = self.session.main
        stream_ns = self.time.stream_ns
        return Frame(
            camera_id=self.camera_id,
            sequence=self.sequence,
            time=self.time,
            pixels=self,
            width_px=self.session.format.width_px,
            height_px=self.session.format.height_px,
            larger=None if main is None else partial(main.at, stream_ns),
        )

    def in_full_px(self, boxes_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return boxes (n, 4) of this picture in pixels of the main stream."""
        full = self.session.format
        if (full.width_px, full.height_px) == (self.width_px, self.height_px):
            return boxes_px
        across, down = full.width_px / self.width_px, full.height_px / self.height_px
        return boxes_px * np.asarray([across, down, across, down], np.float32)

    def scaled_bgr(self, width_px: int, height_px: int) -> Bytes:
        """Return the picture at exactly this size, shape (height, width, 3)."""
        # Scaling as OpenCV does, not as swscale does: the networks were trained on it,
        # and boxes near the threshold come and go by the resampler (design/backends).
        own = (self.width_px, self.height_px)
        whole = self.to_network.packed(self.video_frame, "bgr24", own, TO_NETWORK)
        if own == (width_px, height_px):
            return whole
        size = (width_px, height_px)
        scaled = cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(scaled, np.uint8)

    def whole(self) -> Bytes:
        """Return the full-size picture, shape (height, width, 3), read-only.

        Any thread may ask: the tables are built anew for every call.
        """
        size = (self.width_px, self.height_px)
        image = Converter().packed(self.video_frame, "bgr24", size, TO_NETWORK)
        image.flags.writeable = False
        return image

    def cut(self, left_px: int, top_px: int, right_px: int, bottom_px: int) -> Bytes:
        """Return a part of the picture without converting the rest of it."""
        if not self._has_even_planes():
            return self.whole()[top_px:bottom_px, left_px:right_px]
        # Colour is stored for two by two pixels: the part grows to even edges.
        left, top = left_px // 2, top_px // 2
        right, bottom = -(-right_px // 2), -(-bottom_px // 2)
        luma = self._plane(0)[2 * top : 2 * bottom, 2 * left : 2 * right]
        colour = [self._plane(n)[top:bottom, left:right] for n in (1, 2)]
        packed = np.concatenate([part.ravel() for part in (luma, *colour)])
        rows = packed.reshape(3 * (bottom - top), 2 * (right - left))
        image = np.asarray(cv2.cvtColor(rows, cv2.COLOR_YUV2BGR_I420), np.uint8)
        x, y = left_px - 2 * left, top_px - 2 * top
        return image[y : y + bottom_px - top_px, x : x + right_px - left_px]

    def luma(self) -> Bytes:
        """Return a view of the brightness, shape (height, width)."""
        return self._plane(0)[: self.height_px, : self.width_px]

    def to_bgra(self, width_px: int, height_px: int) -> Bytes:
        """Scale to fit `width_px` x `height_px`, keeping the aspect; never enlarge."""
        scale = min(1.0, width_px / self.width_px, height_px / self.height_px)
        size = (
            max(2, round(self.width_px * scale)),
            max(2, round(self.height_px * scale)),
        )
        return self.to_wall.packed(self.video_frame, "bgra", size, TO_WALL)

    def _has_even_planes(self) -> bool:
        even = self.width_px % 2 == 0 and self.height_px % 2 == 0
        return even and self.video_frame.format.name in _PLANAR_420

    def _plane(self, number: int) -> Bytes:
        plane = self.video_frame.planes[number]
        lines = np.frombuffer(memoryview(plane), np.uint8)
        return lines[: plane.line_size * plane.height].reshape(-1, plane.line_size)


def _pixels(frame: VideoFrame, channels: int) -> Bytes:
    """View the only plane of a packed frame, copied if its lines are padded."""
    plane = frame.planes[0]
    row_bytes = frame.width * channels
    lines = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * frame.height]
    rows = lines.reshape(frame.height, plane.line_size)[:, :row_bytes]
    return np.ascontiguousarray(rows).reshape(frame.height, frame.width, channels)
