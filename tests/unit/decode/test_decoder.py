"""What rests on damaged data is not shown, and what cannot be mended is given up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import cast

import av
import pytest

from app.camera.source import VideoPacket
from app.decode.decoder import PictureDecoder
from app.decode.packets import PacketRecord
from app.domain.clock import NS_PER_S, CaptureTime
from app.domain.errors import CameraUnreachable
from tests.builders.video import FRAME_NS, encode, number_of

_WALL = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class _Packet:
    """What the decoder asks of a packet of an open stream."""

    record: PacketRecord
    codec: av.VideoCodecContext
    is_corrupt: bool = False

    @property
    def pts(self) -> int:
        return self.record.stream_ns

    def decode(self) -> list[av.VideoFrame]:
        packet = av.Packet(self.record.data)
        packet.pts = packet.dts = self.record.stream_ns
        packet.time_base = Fraction(1, NS_PER_S)
        return self.codec.decode(packet)


def arriving(records: list[PacketRecord], codec: str = "h264") -> list[VideoPacket]:
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, av.VideoCodecContext)
    context.flags |= av.codec.context.Flags.low_delay
    made = []
    for record in records:
        at_ns = record.stream_ns
        arrival = CaptureTime(stream_ns=at_ns, monotonic_ns=at_ns, wall=_WALL)
        packet = cast("av.Packet[av.VideoStream]", _Packet(record, context))
        made.append(_Arrived(packet=packet, stamp=None, arrival=arrival))
    return cast("list[VideoPacket]", made)


@dataclass(frozen=True, kw_only=True)
class _Arrived:
    packet: "av.Packet[av.VideoStream]"
    stamp: None
    arrival: CaptureTime

    @property
    def keyframe(self) -> bool:
        return cast("_Packet", self.packet).record.keyframe


def shown(decoder: PictureDecoder, records: list[PacketRecord]) -> list[int]:
    return [
        number_of(frame.to_ndarray(format="bgr24"))
        for packet in arriving(records)
        for frame, _ in decoder.decode(packet)
    ]


def test_decoding_begins_at_a_keyframe() -> None:
    video = encode(frames=40, gop=20)
    decoder = PictureDecoder()
    assert shown(decoder, video.packets[5:]) == list(range(20, 40))
    assert decoder.withheld_count == 15


def test_what_follows_a_lost_picture_waits_for_a_keyframe_on_a_lossy_way() -> None:
    video = encode(frames=60, gop=20)
    left = [p for i, p in enumerate(video.packets) if i not in (27, 40)]
    decoder = PictureDecoder(lossy=True)

    numbers = shown(decoder, left)

    assert numbers == [*range(27)]
    assert decoder.withheld_count == len(left) - len(numbers)
    assert decoder.corrupt_count == 2, "those that were lost"


def test_after_skipping_the_next_keyframe_is_awaited() -> None:
    video = encode(frames=60, gop=20)
    decoder = PictureDecoder()
    packets = arriving(video.packets)
    for packet in packets[:5]:
        decoder.decode(packet)
    for _ in packets[5:30]:
        decoder.skip()

    first = next(frame for p in packets[30:] for frame, _ in decoder.decode(p))

    assert number_of(first.to_ndarray(format="bgr24")) == 40


def test_a_live_stream_without_a_sound_picture_is_given_up() -> None:
    video = encode(frames=900, gop=900, width_px=64, height_px=64)
    with pytest.raises(CameraUnreachable, match="cannot be decoded"):
        shown(PictureDecoder(live=True), video.packets[1:])
    assert shown(PictureDecoder(), video.packets[1:200]) == []
    assert 30 * NS_PER_S < 899 * FRAME_NS
