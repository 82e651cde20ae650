"""Evidence by remuxing, against decoding and encoding the same seconds again.

Ours is what the engine does for each case: cut the seconds out of the packet ring, and
write them as fragmented MP4 (`app.evidence.clip`). The peer decodes the same packets
and encodes them with libx264 at its preset veryfast, as a recorder without a ring of
packets must. Both are CPU time of the whole process for each clip.
"""

import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from app.decode.packets import PacketRecord, PacketRing, StreamFormat
from app.domain.clock import NS_PER_S
from app.evidence.clip import write_clip
from tests.bench.legs import Comparison, alternate, parser, report

GOAL = 0.02
PRE_ROLL_S, POST_ROLL_S = 4.0, 3.0
_REPOSITORY = Path(__file__).resolve().parents[2]
_CLIP = _REPOSITORY / "resources" / "simulator" / "junction-rear.mp4"
_OURS_PER_LEG = 20


def filled_ring(source: Path) -> tuple[StreamFormat, PacketRing]:
    """Return the first minute of a clip as the capture would keep it."""
    ring = PacketRing()
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        kind = StreamFormat(
            codec=context.name,
            width_px=context.width,
            height_px=context.height,
            extradata=bytes(context.extradata or b""),
        )
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and packet.dts is not None:
                ring.append(_record(packet))
    return kind, ring


def remux_s(
    stream: StreamFormat, ring: PacketRing, path: Path, seconds: float
) -> float:
    """Return the CPU seconds of one clip of the last `seconds`."""
    began = time.process_time()
    for _ in range(_OURS_PER_LEG):
        write_clip(stream, _last(ring, seconds), path)
    return (time.process_time() - began) / _OURS_PER_LEG


def encode_s(
    stream: StreamFormat, ring: PacketRing, path: Path, seconds: float
) -> float:
    """Return the CPU seconds of decoding and encoding the same packets."""
    began = time.process_time()
    packets = _last(ring, seconds)
    decoder = VideoCodecContext.create(stream.codec, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = stream.extradata
    with av.open(str(path), "w", format="mp4") as container:
        track = _encoder(container, stream, packets)
        for record in packets:
            packet = av.Packet(record.data)
            packet.pts, packet.dts = record.stream_ns, record.decode_ns
            packet.time_base = Fraction(1, NS_PER_S)
            for frame in decoder.decode(packet):
                container.mux(track.encode(frame))
        for frame in decoder.decode(None):
            container.mux(track.encode(frame))
        container.mux(track.encode())
    return time.process_time() - began


def _encoder(
    container: av.container.OutputContainer,
    stream: StreamFormat,
    packets: Sequence[PacketRecord],
) -> VideoStream:
    span_ns = packets[-1].stream_ns - packets[0].stream_ns
    rate = round((len(packets) - 1) * NS_PER_S / span_ns)
    track = container.add_stream("libx264", rate=rate)
    track.width, track.height = stream.width_px, stream.height_px
    track.pix_fmt = "yuv420p"
    track.options = {"preset": "veryfast"}
    return track


def _last(ring: PacketRing, seconds: float) -> list[PacketRecord]:
    newest_ns = ring.newest_ns or 0
    return ring.cut(newest_ns - round(seconds * NS_PER_S), newest_ns)


def _record(packet: "av.Packet[av.VideoStream]") -> PacketRecord:
    def ns(ticks: int) -> int:
        return round(ticks * (packet.time_base or Fraction(0)) * NS_PER_S)

    return PacketRecord(
        stream_ns=ns(packet.pts or 0),
        decode_ns=ns(packet.dts or 0),
        duration_ns=ns(packet.duration or 0),
        keyframe=packet.is_keyframe,
        data=bytes(packet),
    )


def compare(
    source: Path = _CLIP, *, legs: int = 6, seconds: float = PRE_ROLL_S + POST_ROLL_S
) -> Comparison:
    """Measure both in turns."""
    stream, ring = filled_ring(source)
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder) / "remuxed.mp4"
        peer = Path(folder) / "encoded.mp4"
        figures = alternate(
            lambda: remux_s(stream, ring, ours, seconds),
            lambda: encode_s(stream, ring, peer, seconds),
            legs,
        )
        sizes = ours.stat().st_size, peer.stat().st_size
    frames = len(_last(ring, seconds))
    return Comparison(
        name="remux",
        unit="CPU s a clip",
        ours=figures[0],
        peer=figures[1],
        higher_is_better=False,
        goal=GOAL,
        extra={
            "frames": frames,
            "bytes": {"ours": sizes[0], "peer": sizes[1]},
            "notes": [
                f"{frames} pictures of {stream.width_px} x {stream.height_px}, "
                f"{sizes[0] / 1000:.0f} kB; encoded {sizes[1] / 1000:.0f} kB"
            ],
        },
    )


def main() -> None:
    """Measure, print, write."""
    options = parser(str(__doc__)).parse_args()
    report(compare(legs=options.legs), options.json)


if __name__ == "__main__":
    main()
