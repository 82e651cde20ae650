"""The last seconds of a camera's compressed packets, kept to cut evidence from."""

import threading
from collections import deque
from dataclasses import dataclass

from app.domain.clock import NS_PER_S

MOST_RING_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRecord:
    """One compressed access unit, as it came from the camera.

    `stream_ns` is the presentation time of its frame and `decode_ns` its decode time,
    both in nanoseconds of stream time; they differ only where there are B-frames.
    """

    stream_ns: int
    decode_ns: int
    duration_ns: int
    keyframe: bool
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFormat:
    """What a muxer must know of the packets; `extradata` as libav gives it.

    `codec` is libav's name ("h264", "hevc"); `extradata` is Annex B or avcC/hvcC.
    """

    codec: str
    width_px: int
    height_px: int
    extradata: bytes


class PacketRing:
    """The packets of one unbroken session, bounded in seconds and in bytes.

    Packets go out a whole group of pictures at a time, because a delta without its
    keyframe can never be shown. The bound in seconds keeps at least that much; the
    bound in bytes is hard. Thread-safe: capture appends, evidence waits and cuts.
    """

    def __init__(
        self,
        keep_ns: int = 60 * NS_PER_S,
        max_bytes: int = MOST_RING_BYTES,
    ) -> None:
        """Start empty and open."""
        self._keep_ns = keep_ns
        self._max_bytes = max_bytes
        self._packets: deque[PacketRecord] = deque()
        self._keyframes: deque[int] = deque()
        self._bytes = 0
        self._newest_ns: int | None = None
        self._closed = False
        self._changed = threading.Condition()

    @property
    def size_bytes(self) -> int:
        """Compressed bytes held."""
        with self._changed:
            return self._bytes

    @property
    def newest_ns(self) -> int | None:
        """Latest presentation time appended, None before the first packet."""
        with self._changed:
            return self._newest_ns

    @property
    def closed(self) -> bool:
        """Whether the session ended: nothing will be appended any more."""
        with self._changed:
            return self._closed

    def append(self, packet: PacketRecord) -> None:
        """Keep a packet; those before the first keyframe are of no use and go."""
        with self._changed:
            if packet.keyframe or self._packets:
                self._keep(packet)
            self._newest_ns = max(packet.stream_ns, self._newest_ns or 0)
            self._evict(self._newest_ns)
            self._changed.notify_all()

    def cut(self, start_ns: int, end_ns: int) -> list[PacketRecord]:
        """Return the packets of [start_ns, end_ns], in decode order.

        They begin with the keyframe at or before `start_ns`, or the oldest one held;
        the list is empty when nothing of the interval is held.
        """
        with self._changed:
            packets = list(self._packets)
        return _from_keyframe(packets, start_ns, end_ns)

    def wait_for(self, stream_ns: int, timeout_s: float) -> bool:
        """Wait until a packet of `stream_ns` or later is in, or the ring is closed.

        Returns whether it came.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._reached(stream_ns), timeout_s
            )
            return self._reached(stream_ns)

    def limit(self, max_bytes: int) -> None:
        """Hold at most this much from now on; the oldest goes at once."""
        with self._changed:
            self._max_bytes = max_bytes
            if self._newest_ns is not None:
                self._evict(self._newest_ns)

    def close(self) -> None:
        """Say that the session is over; what is held can still be cut."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _reached(self, stream_ns: int) -> bool:
        return self._newest_ns is not None and self._newest_ns >= stream_ns

    def _keep(self, packet: PacketRecord) -> None:
        self._packets.append(packet)
        self._bytes += len(packet.data)
        if packet.keyframe:
            self._keyframes.append(packet.stream_ns)

    def _evict(self, newest_ns: int) -> None:
        oldest_wanted_ns = newest_ns - self._keep_ns
        while self._bytes > self._max_bytes or (
            len(self._keyframes) > 1 and self._keyframes[1] <= oldest_wanted_ns
        ):
            self._drop_oldest_group()

    def _drop_oldest_group(self) -> None:
        self._bytes -= len(self._packets.popleft().data)
        self._keyframes.popleft()
        while self._packets and not self._packets[0].keyframe:
            self._bytes -= len(self._packets.popleft().data)


def _from_keyframe(
    packets: list[PacketRecord], start_ns: int, end_ns: int
) -> list[PacketRecord]:
    inside = [
        index
        for index, packet in enumerate(packets)
        if start_ns <= packet.stream_ns <= end_ns
    ]
    if not inside:
        return []
    first = 0
    for index in range(inside[-1] + 1):
        if packets[index].keyframe and packets[index].stream_ns <= start_ns:
            first = index
    return packets[first : inside[-1] + 1]
