"""Full-size pictures of the stream that is kept but not shown.

Of the main stream only the packets are kept. Where somebody needs a picture of it, a
plate to read, it is decoded then: from its keyframe on, and the decoder stays where it
is, since the next wish mostly lies a little later.
"""

import threading
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from app.decode.packets import PacketRecord, PacketRing, StreamFormat
from app.domain.clock import NS_PER_S

_TIME_BASE = Fraction(1, NS_PER_S)
_MOST_HELD = 4
_LONGEST_GROUP = 375
_NEIGHBOUR_NS = NS_PER_S // 10

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Decoded:
    stream_ns: int
    frame: VideoFrame


class MainPictures:
    """Decodes on demand out of a ring; any thread may ask, one at a time is served.

    Holds one decoder and its last four pictures.
    """

    def __init__(
        self, ring: PacketRing, stream: StreamFormat, *, patience_s: float = 0.5
    ) -> None:
        """Decode nothing yet. `patience_s` is how long a packet is waited for."""
        self._ring = ring
        self._format = stream
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._closed = False
        self._decoder: VideoCodecContext | None = None
        self._position_ns: int | None = None
        self._sound = False
        self._held: deque[_Decoded] = deque(maxlen=_MOST_HELD)
        self._decoded_count = 0

    @property
    def decoded_count(self) -> int:
        """Packets decoded so far: what the wishes have cost."""
        with self._lock:
            return self._decoded_count

    def at(self, stream_ns: int) -> Bytes | None:
        """Return the picture of that moment, shape (height, width, 3), BGR.

        None when its packets are not there any more, do not come in time, or are
        damaged. A moment between two pictures gives the nearer.
        """
        self._ring.wait_for(stream_ns, self._patience_s)
        with self._lock:
            frame = self._frame_at(stream_ns)
            if self._closed:
                self._restart()
        if frame is None:
            return None
        image = np.asarray(frame.to_ndarray(format="bgr24", threads=1), np.uint8)
        image.flags.writeable = False
        return image

    def close(self) -> None:
        """Let go of the decoder, now or after the wish that is being served.

        Waits for nobody: a decoder that hangs must not hang the capture, too.
        """
        self._closed = True
        if self._lock.acquire(blocking=False):
            try:
                self._restart()
            finally:
                self._lock.release()

    def _frame_at(self, stream_ns: int) -> VideoFrame | None:
        packets = self._ring.cut(stream_ns, stream_ns + 2 * _NEIGHBOUR_NS)
        packets = packets or self._ring.cut(stream_ns - _NEIGHBOUR_NS, stream_ns)
        if not packets:
            return None
        wanted = min(packets, key=lambda packet: abs(packet.stream_ns - stream_ns))
        group = _group_of(wanted, packets)
        if abs(wanted.stream_ns - stream_ns) > _NEIGHBOUR_NS or not group:
            return None
        return self._held_at(wanted.stream_ns) or self._decode(group, wanted)

    def _held_at(self, stream_ns: int) -> VideoFrame | None:
        for held in self._held:
            if held.stream_ns == stream_ns:
                return held.frame
        return None

    def _decode(
        self, packets: list[PacketRecord], wanted: PacketRecord
    ) -> VideoFrame | None:
        for packet in self._still_to_decode(packets, wanted):
            self._feed(packet)
            frame = self._held_at(wanted.stream_ns)
            if frame is not None:
                return frame
        return None

    def _still_to_decode(
        self, packets: list[PacketRecord], wanted: PacketRecord
    ) -> list[PacketRecord]:
        """Go on where the decoder stands, if that is on the way."""
        position_ns = self._position_ns
        first_ns = packets[0].decode_ns
        on_the_way = (
            position_ns is not None
            and self._decoder is not None
            and first_ns <= position_ns < wanted.decode_ns
        )
        if on_the_way and position_ns is not None:
            return [p for p in packets if p.decode_ns > position_ns]
        self._restart()
        return packets

    def _feed(self, record: PacketRecord) -> None:
        decoder = self._decoder = self._decoder or _decoder(self._format)
        packet = av.Packet(record.data)
        packet.time_base = _TIME_BASE
        packet.pts, packet.dts = record.stream_ns, record.decode_ns
        self._position_ns = record.decode_ns
        self._decoded_count += 1
        try:
            frames = decoder.decode(packet)
        except av.error.FFmpegError:
            self._sound = False
            return
        for frame in frames:
            self._sound = (self._sound or frame.key_frame) and not frame.is_corrupt
            if self._sound and frame.pts is not None:
                self._held.append(_Decoded(frame.pts, frame))

    def _restart(self) -> None:
        self._decoder = None
        self._position_ns = None
        self._sound = False
        self._held.clear()


def _group_of(
    wanted: PacketRecord, packets: list[PacketRecord]
) -> list[PacketRecord] | None:
    """Return the packets from the last keyframe before `wanted` on, if not too many."""
    last = packets.index(wanted)
    for first in range(last, max(-1, last - _LONGEST_GROUP), -1):
        packet = packets[first]
        if packet.keyframe and packet.stream_ns <= wanted.stream_ns:
            return packets[first:]
    return None


def _decoder(stream: StreamFormat) -> VideoCodecContext:
    decoder = av.CodecContext.create(stream.codec, "r")
    if not isinstance(decoder, VideoCodecContext):
        raise ValueError("this is no video codec")
    if stream.extradata:
        decoder.extradata = stream.extradata
    decoder.thread_type = "SLICE"
    decoder.thread_count = 1
    decoder.flags |= av.codec.context.Flags.low_delay
    return decoder
