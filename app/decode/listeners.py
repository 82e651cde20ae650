"""What each of a camera's streams does with its packets, on its own thread."""

from collections.abc import Callable

from av.video.frame import VideoFrame

from app.camera.source import SourceListener, VideoPacket
from app.camera.stream import VideoStream
from app.camera.transport import Transport
from app.decode.backlog import Backlog
from app.decode.decoder import PictureDecoder
from app.decode.streams import Streams
from app.domain.clock import CaptureTime
from app.domain.pulse import Pulse

_BEHIND = "read too late"
_CORRUPT = "corrupt"
_WITHHELD = "awaiting a keyframe"
_Show = Callable[[VideoFrame, CaptureTime], None]


class LivelyListener:
    """Passes everything on, and shows by it that the thread lives."""

    def __init__(self, listener: SourceListener, pulse: Pulse) -> None:
        """Stand before `listener`."""
        self._listener = listener
        self._pulse = pulse

    def opened(self, stream: VideoStream) -> None:
        """Pass it on."""
        self._pulse.beat()
        self._listener.opened(stream)

    def arrived(self, packet: VideoPacket) -> None:
        """Pass it on."""
        self._pulse.beat()
        self._listener.arrived(packet)

    def ended(self, stream: VideoStream) -> None:
        """Pass it on."""
        self._pulse.beat()
        self._listener.ended(stream)

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """Pass it on; nothing is to be expected until the next try."""
        self._listener.lost(message, retry_in_s)
        self._pulse.rest(retry_in_s or 0.0)


class _Decoding:
    """Decodes one stream, unless it is read later than is of any use."""

    def __init__(self, streams: Streams, took: Callable[[float], None] | None) -> None:
        self._streams = streams
        self._took = took
        self._decoder = PictureDecoder()
        self._backlog = Backlog()

    def begin(self, stream: VideoStream) -> None:
        """Begin with a decoder of its own."""
        self._decoder = _decoder_of(stream, self._took)
        self._backlog = Backlog()

    def skip(self) -> None:
        """Leave a packet undecoded that is not to be seen."""
        self._decoder.skip()

    def decode(self, packet: VideoPacket, show: _Show) -> None:
        """Show the pictures of the packet, and count what is not shown."""
        if _too_late(self._backlog, packet):
            self._decoder.skip()
            self._streams.dropped(_BEHIND, 1)
            return
        decoder = self._decoder
        corrupt, withheld = decoder.corrupt_count, decoder.withheld_count
        for frame, time in decoder.decode(packet):
            show(frame, time)
        self._streams.dropped(_CORRUPT, decoder.corrupt_count - corrupt)
        self._streams.dropped(_WITHHELD, decoder.withheld_count - withheld)

    def flush(self, stream: VideoStream, show: _Show) -> None:
        """Show the last pictures of a recording."""
        for frame, time in self._decoder.flush(stream.codec_context):
            show(frame, time)


class MainListener:
    """Keeps the main stream, and decodes it where its pictures are wanted."""

    def __init__(
        self, streams: Streams, decode_took: Callable[[float], None] | None = None
    ) -> None:
        """Hand everything to `streams`; `decode_took` is told seconds."""
        self._streams = streams
        self._decoding = _Decoding(streams, decode_took)

    def opened(self, stream: VideoStream) -> None:
        """Begin with a ring and a decoder of its own."""
        self._decoding.begin(stream)
        self._streams.main_opened(stream)

    def arrived(self, packet: VideoPacket) -> None:
        """Keep the packet, then decode it if it is to be seen."""
        if self._streams.keep(packet):
            self._decoding.decode(packet, self._streams.show_main)
        else:
            self._decoding.skip()

    def ended(self, stream: VideoStream) -> None:
        """Deliver the last pictures of a recording."""
        self._decoding.flush(stream, self._streams.show_main)

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """End the session."""
        self._streams.main_lost(message, retry_in_s)


class SecondListener:
    """Decodes the second stream, whose packets nobody keeps."""

    def __init__(
        self, streams: Streams, decode_took: Callable[[float], None] | None = None
    ) -> None:
        """Hand everything to `streams`; `decode_took` is told seconds."""
        self._streams = streams
        self._decoding = _Decoding(streams, decode_took)

    def opened(self, stream: VideoStream) -> None:
        """Begin with a decoder of its own."""
        self._decoding.begin(stream)
        self._streams.second_opened()

    def arrived(self, packet: VideoPacket) -> None:
        """Decode the packet."""
        self._streams.saw_second(packet)
        self._decoding.decode(packet, self._streams.show_second)

    def ended(self, stream: VideoStream) -> None:
        """Deliver the last pictures of a recording."""
        self._decoding.flush(stream, self._streams.show_second)

    def lost(self, message: str, retry_in_s: float | None) -> None:
        """Say that its pictures stopped."""
        self._streams.second_lost(message, retry_in_s)


def _decoder_of(
    stream: VideoStream, took: Callable[[float], None] | None
) -> PictureDecoder:
    return PictureDecoder(
        lossy=stream.transport is Transport.UDP,
        live=stream.frame_count is None,
        took=took,
    )


def _too_late(backlog: Backlog, packet: VideoPacket) -> bool:
    return backlog.too_late(packet.stamp.stream_ns, packet.arrival.monotonic_ns)
