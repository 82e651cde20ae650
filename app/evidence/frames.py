"""Single pictures out of the compressed packets, by stream time.

Runs on the evidence thread, decodes each packet at most once, and converts only the
pictures that were asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext

from app.decode.packets import PacketRecord, StreamFormat
from app.domain.clock import NS_PER_S
from app.evidence.nal import Framing

_TIME_BASE = Fraction(1, NS_PER_S)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One picture: BGR of shape (height, width, 3), and which one it is.

    `number` of `count` frames in the clip, from 1, in order of presentation.
    """

    stream_ns: int
    number: int
    count: int
    image: npt.NDArray[np.uint8]


def pick_pictures(
    stream: StreamFormat, packets: Sequence[PacketRecord], wanted_ns: Sequence[int]
) -> list[Picture | None]:
    """Return, for each wanted stream time, the sound picture nearest to it.

    That is the very frame when it is there and can be decoded. None when nothing at
    all can be decoded; ValueError for a codec or a framing that is not known.
    """
    framing = Framing.of(stream)
    nearest: list[av.VideoFrame | None] = [None] * len(wanted_ns)
    for frame in _decoded(stream, framing, _needed(packets, wanted_ns)):
        for index, wanted in enumerate(wanted_ns):
            if _closer(frame, nearest[index], wanted):
                nearest[index] = frame
    order = sorted({packet.stream_ns for packet in packets})
    pictures = {id(f): _picture(f, order) for f in nearest if f is not None}
    return [pictures.get(id(frame)) for frame in nearest]


def _picture(frame: av.VideoFrame, order: list[int]) -> Picture:
    stream_ns = _time_of(frame)
    return Picture(
        stream_ns=stream_ns,
        number=order.index(stream_ns) + 1,
        count=len(order),
        image=np.asarray(frame.to_ndarray(format="bgr24", threads=1), np.uint8),
    )


def _time_of(frame: av.VideoFrame) -> int:
    if frame.pts is None:
        raise ValueError("the decoder lost the time of a frame")
    return frame.pts


def _closer(frame: av.VideoFrame, held: av.VideoFrame | None, wanted: int) -> bool:
    if held is None:
        return True
    return abs(_time_of(frame) - wanted) < abs(_time_of(held) - wanted)


def _needed(
    packets: Sequence[PacketRecord], wanted_ns: Sequence[int]
) -> Sequence[PacketRecord]:
    """Cut to what the wanted pictures depend on, and one packet more."""
    if not packets or not wanted_ns:
        return ()
    first, last = 0, 0
    for index, packet in enumerate(packets):
        if packet.keyframe and packet.stream_ns <= min(wanted_ns):
            first = index
        if packet.stream_ns <= max(wanted_ns):
            last = index
    return packets[first : last + 2]


def _decoded(
    stream: StreamFormat, framing: Framing, packets: Sequence[PacketRecord]
) -> Iterator[av.VideoFrame]:
    """Decode; from a damaged picture on, nothing is sound before the next keyframe."""
    decoder = _decoder(stream)
    sound = True
    for packet in _encoded(framing, packets):
        try:
            frames = decoder.decode(packet)
        except av.FFmpegError:
            sound = False
            continue
        for frame in frames:
            sound = (sound or frame.key_frame) and not frame.is_corrupt
            if sound and frame.pts is not None:
                yield frame


def _decoder(stream: StreamFormat) -> VideoCodecContext:
    decoder = av.CodecContext.create(stream.codec, "r")
    if not isinstance(decoder, VideoCodecContext):
        raise ValueError("this is no video codec")
    decoder.thread_count = 1
    return decoder


def _encoded(
    framing: Framing, packets: Sequence[PacketRecord]
) -> Iterator["av.Packet[Stream] | None"]:
    """Yield the packets for the decoder, and None to empty it at the end."""
    frame_data = framing.with_parameter_sets
    for record in packets:
        packet = av.Packet(frame_data(record.data))
        packet.time_base = _TIME_BASE
        packet.pts = record.stream_ns
        packet.dts = record.decode_ns
        yield packet
        frame_data = framing.annex_b
    yield None
