"""Compressed video whose every picture tells its own number."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from app.decode.packets import PacketRecord, StreamFormat

FRAME_NS = 40_000_000
_BITS = 8


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stream as a camera would send it."""

    stream: StreamFormat
    packets: list[PacketRecord]


def picture(number: int, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Draw `number` as eight black or white bars; survives any compression."""
    image = np.full((height_px, width_px, 3), 96, np.uint8)
    bar_px = width_px // _BITS
    for bit in range(_BITS):
        level = 255 if number >> bit & 1 else 0
        image[: height_px // 2, bit * bar_px : (bit + 1) * bar_px] = level
    return image


def number_of(image: npt.NDArray[Any]) -> int:
    """Read back the number that `picture` drew."""
    bar_px = image.shape[1] // _BITS
    row = image[image.shape[0] // 4, bar_px // 2 :: bar_px, 0][:_BITS]
    return sum(int(level > 128) << bit for bit, level in enumerate(row))


def encode(
    *,
    codec: str = "h264",
    frames: int = 100,
    start_ns: int = 5_000_000_000,
    b_frames: int = 0,
    gop: int = 25,
    width_px: int = 320,
    height_px: int = 240,
) -> Encoded:
    """Encode `frames` pictures at 25 frames a second, the first at `start_ns`."""
    encoder = av.CodecContext.create({"h264": "libx264", "hevc": "libx265"}[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = width_px, height_px
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, 25)
    encoder.framerate = Fraction(25)
    encoder.gop_size = gop
    encoder.max_b_frames = b_frames
    encoder.thread_count = 1
    encoder.options = {
        "preset": "veryfast",
        "x264-params": "scenecut=0",
        "x265-params": "log-level=none:pools=none:scenecut=0",
    }
    packets = [
        PacketRecord(
            stream_ns=start_ns + (packet.pts or 0) * FRAME_NS,
            decode_ns=start_ns + (packet.dts or 0) * FRAME_NS,
            duration_ns=FRAME_NS,
            keyframe=packet.is_keyframe,
            data=bytes(packet),
        )
        for packet in _packets(encoder, frames, width_px, height_px)
    ]
    stream = StreamFormat(
        codec=codec, width_px=width_px, height_px=height_px, extradata=b""
    )
    return Encoded(stream, packets)


def _packets(
    encoder: av.VideoCodecContext, frames: int, width_px: int, height_px: int
) -> Iterator["av.Packet[av.VideoStream]"]:
    for number in range(frames):
        image = picture(number, width_px, height_px)
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts = number
        yield from encoder.encode(frame)
    yield from encoder.encode(None)
