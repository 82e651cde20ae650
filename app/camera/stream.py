"""One open session with a camera, or with a file."""

import errno
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import av
import av.container
import av.logging
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream as AvVideoStream

from app.camera.credentials import Credentials, split_credentials, with_credentials
from app.camera.faults import place_of, unreachable
from app.camera.hardware import accelerator
from app.camera.rtsp_check import check_rtsp
from app.camera.transport import Transport
from app.domain.errors import CameraUnreachable

# libav writes whole URLs, passwords included, to the standard error output.
av.logging.set_libav_level(av.logging.PANIC)
_log = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 4.0
STALL_TIMEOUT_S = 2.8
_PROTOCOLS = {
    "rtsp": "rtsp,rtp,udp,tcp",
    "rtsps": "rtsps,rtsp,rtp,udp,tcp,tls,crypto",
    "http": "http,tcp",
    "https": "https,http,tcp,tls,crypto",
    "file": "file",
}


class TransportRefused(CameraUnreachable):
    """The camera does not send in the way that it was asked for (RTSP 461)."""


class VideoStream:
    """The video of an open container; reads block for at most `STALL_TIMEOUT_S`."""

    def __init__(
        self,
        url: str,
        container: av.container.InputContainer,
        stream: AvVideoStream,
        transport: Transport,
    ) -> None:
        """Take over an open container; use `open_stream`."""
        self.transport = transport
        self._url = url
        self._container = container
        self._stream = stream
        _hold_no_frames(stream.codec_context)

    @property
    def codec_context(self) -> VideoCodecContext:
        """The decoder that belongs to this session."""
        return self._stream.codec_context

    @property
    def codec(self) -> str:
        """libav's name of the codec."""
        return self._stream.codec_context.name

    @property
    def size_px(self) -> tuple[int, int] | None:
        """Width and height as the stream states them, None when it does not."""
        context = self._stream.codec_context
        return (context.width, context.height) if context.width else None

    @property
    def extradata(self) -> bytes:
        """Parameter sets that travel apart from the packets, as libav gives them."""
        return bytes(self._stream.codec_context.extradata or b"")

    @property
    def is_annex_b(self) -> bool:
        """Whether packets separate their units by start codes (not avcC or hvcC)."""
        return self.extradata[:1] != b"\x01"

    @property
    def fps(self) -> float | None:
        """Frames per second as the stream states it, None when it does not."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else None

    @property
    def frame_count(self) -> int | None:
        """Frames in a file as its header states it, None for a live stream."""
        return self._stream.frames or None

    def packets(self) -> Iterator["Packet[AvVideoStream]"]:
        """Yield video packets until the end of a file.

        Raises CameraUnreachable when the camera stalls or the connection breaks.
        """
        index = self._stream.index
        asked_s = time.monotonic()
        try:
            for packet in self._container.demux():
                # A read that timed out still gives what the parser had held back.
                if time.monotonic() - asked_s >= STALL_TIMEOUT_S:
                    raise TimeoutError
                if packet.stream_index == index and packet.size:
                    yield packet  # type: ignore[misc]
                    asked_s = time.monotonic()
        except (av.error.FFmpegError, OSError) as error:
            raise unreachable(self._url, error) from None

    def close(self) -> None:
        """Close the connection."""
        try:
            self._container.close()
        except (av.error.FFmpegError, OSError):
            _log.debug("closing %s failed", place_of(self._url))


def open_stream(
    url: str,
    credentials: Credentials | None,
    timeout_s: float = OPEN_TIMEOUT_S,
    transport: Transport = Transport.TCP,
    *,
    accelerate: bool = False,
) -> VideoStream:
    """Open the video of a camera or file.

    With `accelerate` a graphics card decodes it, where there is one.

    `url` is rtsp, rtsps, http or https, or the path of a file. User and password in
    the URL itself are used when `credentials` is None.
    Raises CameraUnreachable with a sentence that holds no secret, TransportRefused
    when another `transport` is worth a try.
    """
    url, own_credentials = split_credentials(url)
    credentials = credentials or own_credentials
    scheme = _scheme(url)
    if scheme == "rtsp":
        check_rtsp(url, timeout_s)
    try:
        container = av.open(
            with_credentials(url, credentials),
            mode="r",
            options=_options(scheme, transport),
            timeout=(timeout_s, STALL_TIMEOUT_S),
            metadata_errors="replace",
            hwaccel=accelerator() if accelerate else None,
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if scheme == "rtsp" and _is_refusal(error):
            raise TransportRefused(
                f"{place_of(url)} sends its video in no way that can be received. "
                "Allow RTP over TCP in the camera."
            ) from None
        raise unreachable(url, error) from None
    return _video_of(url, container, transport)


def open_somehow(
    url: str,
    credentials: Credentials | None,
    timeout_s: float = OPEN_TIMEOUT_S,
    first: Transport = Transport.TCP,
    *,
    accelerate: bool = False,
) -> VideoStream:
    """Open the video, by TCP if the camera lets us, else in a way that it accepts.

    Over UDP datagrams are lost, and lost datagrams would be torn pictures: it is asked
    for only where TCP is refused. `first` is what this camera has accepted before.
    """
    transport: Transport = first
    while True:
        try:
            return open_stream(
                url, credentials, timeout_s, transport, accelerate=accelerate
            )
        except TransportRefused:
            following = transport.following()
            if following is None:
                raise
            transport = following


def _is_refusal(error: Exception) -> bool:
    # libav's answer to RTSP status 461, and when no way is left to try.
    return isinstance(error, OSError) and error.errno == errno.EPROTONOSUPPORT


def _video_of(
    url: str, container: av.container.InputContainer, transport: Transport
) -> VideoStream:
    for stream in container.streams.video:
        # libav lists streams, too, that it has no decoder for.
        if getattr(stream, "codec_context", None) is not None:
            return VideoStream(url, container, stream, transport)
    container.close()
    raise CameraUnreachable(
        f"{place_of(url)} sends no video that can be decoded. Check the camera."
    )


def _scheme(url: str) -> str:
    scheme = urlsplit(url).scheme.lower()
    if scheme in _PROTOCOLS:
        return scheme
    if Path(url).is_file():
        return "file"
    if "://" not in url:
        raise CameraUnreachable(f"There is no file {url}. Check the address.")
    raise CameraUnreachable(
        "The address must begin with rtsp://, rtsps://, http:// or https://."
    )


def _options(scheme: str, transport: Transport) -> dict[str, str]:
    options = {"protocol_whitelist": _PROTOCOLS[scheme]}
    if scheme.startswith("rtsp"):
        options["protocol_whitelist"] += transport.protocols
        options |= transport.options
        options |= {
            "allowed_media_types": "video",
            "timeout": str(int(STALL_TIMEOUT_S * 1_000_000)),
            "probesize": "1000000",
            "analyzeduration": "1000000",
        }
    if scheme.startswith("http"):
        options["max_redirects"] = "0"
    return options


def _hold_no_frames(codec: VideoCodecContext) -> None:
    codec.thread_type = "SLICE"
    codec.thread_count = 1
    codec.flags |= av.codec.context.Flags.low_delay
