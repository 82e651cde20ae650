"""What a camera sends, before it is added."""

import contextlib
import time
from dataclasses import dataclass

import av
from av.video.frame import VideoFrame

from app.camera.credentials import Credentials
from app.camera.stream import OPEN_TIMEOUT_S, VideoStream, open_somehow
from app.domain.errors import CameraUnreachable

FIRST_PICTURE_S = 12.0
"""Some cameras send a keyframe every ten seconds only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """Picture size, libav's codec name, and frames per second if it says so."""

    width_px: int
    height_px: int
    codec: str
    fps: float | None


def probe(
    url: str, credentials: Credentials | None, timeout_s: float = OPEN_TIMEOUT_S
) -> ProbeResult:
    """Open `url`, wait for its first whole picture, and close it.

    Blocks for up to `timeout_s` until the camera answers and up to `FIRST_PICTURE_S`
    until a keyframe comes. Raises CameraUnreachable with a sentence for the person
    who typed the address.
    """
    stream = open_somehow(url, credentials, timeout_s)
    try:
        picture = _first_picture(stream)
        return ProbeResult(
            width_px=picture.width,
            height_px=picture.height,
            codec=stream.codec,
            fps=stream.fps,
        )
    finally:
        stream.close()


def _first_picture(stream: VideoStream) -> VideoFrame:
    deadline = time.monotonic() + FIRST_PICTURE_S
    for packet in stream.packets():
        with contextlib.suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                return frame
        if time.monotonic() > deadline:
            break
    raise CameraUnreachable("The camera sends no whole picture. Check its encoder.")
