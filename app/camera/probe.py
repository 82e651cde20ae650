"""What a camera sends, before it is added."""

from dataclasses import dataclass

from app.camera.credentials import Credentials
from app.camera.stream import OPEN_TIMEOUT_S, open_stream


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
    """Open `url`, look at its video and close it; blocks for up to `timeout_s` twice.

    Raises CameraUnreachable with a sentence for the person who typed the address.
    """
    stream = open_stream(url, credentials, timeout_s)
    try:
        return ProbeResult(
            width_px=stream.codec_context.width,
            height_px=stream.codec_context.height,
            codec=stream.codec,
            fps=stream.fps,
        )
    finally:
        stream.close()
