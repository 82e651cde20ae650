"""The clip: the camera's own packets in an MP4, never decoded, never re-encoded."""

import errno
import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from app.decode.packets import PacketRecord, StreamFormat
from app.domain.clock import NS_PER_S
from app.evidence.nal import Framing

TICKS_PER_S = 90_000
"""The clock of RTP video (RFC 6184), so that a camera's timestamps stay exact."""

MEDIA_TYPE = "video/mp4"
_TIME_BASE = Fraction(1, TICKS_PER_S)
# The header waits for the first packets, so that its edit list makes time start at 0.
_OPTIONS = {
    "movflags": "frag_keyframe+delay_moov+default_base_moof",
    "video_track_timescale": str(TICKS_PER_S),
    # Whole fragments reach the disk: a file that ends within a header plays nowhere.
    "flush_packets": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clip that was written; time 0 in it is `start_ns` of stream time."""

    path: Path
    start_ns: int
    end_ns: int
    frame_count: int


@dataclass(frozen=True, slots=True)
class _Timing:
    shown: int
    decoded: int
    lasts: int


def write_clip(
    stream: StreamFormat, packets: Sequence[PacketRecord], path: Path
) -> Clip:
    """Write `packets`, in decode order from a keyframe on, as fragmented MP4.

    Raises ValueError when they cannot make a clip: none, no keyframe first, a codec
    that MP4 does not hold, broken framing. OSError when the disk refuses.
    """
    if not packets or not packets[0].keyframe:
        raise ValueError("a clip must begin with a keyframe")
    framing = Framing.of(stream)
    start_ns = min(packet.stream_ns for packet in packets)
    timings = _timings(packets, start_ns)
    try:
        with (
            _template(stream, framing, packets[0]) as template,
            av.open(str(path), "w", format="mp4", options=_OPTIONS) as container,
        ):
            track = container.add_stream_from_template(
                template.streams.video[0], opaque=True
            )
            track.time_base = _TIME_BASE
            for packet, timing in zip(packets, timings, strict=True):
                _mux(container, track, framing.annex_b(packet.data), packet, timing)
    except av.FFmpegError as error:
        if error.errno == errno.ENOSPC:
            raise OSError(error.errno, error.strerror) from error
        raise ValueError(f"the packets make no clip: {error.strerror}") from error
    return Clip(
        path=path,
        start_ns=start_ns,
        end_ns=max(packet.stream_ns for packet in packets),
        frame_count=len(packets),
    )


def _template(
    stream: StreamFormat, framing: Framing, first: PacketRecord
) -> InputContainer:
    """Let libav read the parameter sets, as from a file of one picture."""
    sample = io.BytesIO(framing.with_parameter_sets(first.data))
    return av.open(sample, mode="r", format=stream.codec)


def _mux(
    container: OutputContainer,
    track: VideoStream,
    data: bytes,
    record: PacketRecord,
    timing: _Timing,
) -> None:
    packet = av.Packet(data)
    packet.stream = track
    packet.time_base = _TIME_BASE
    packet.pts = timing.shown
    packet.dts = timing.decoded
    packet.duration = timing.lasts
    packet.is_keyframe = record.keyframe
    container.mux(packet)


def _ticks(duration_ns: int) -> int:
    return round(duration_ns * TICKS_PER_S / NS_PER_S)


def _timings(packets: Sequence[PacketRecord], start_ns: int) -> list[_Timing]:
    """Return presentation times from 0 on, and decode times that a muxer accepts.

    Cameras send decode times that stand still, jump or lie after presentation; they
    are made to rise and moved before it. Presentation times are never touched.
    """
    shown = [_ticks(packet.stream_ns - start_ns) for packet in packets]
    decoded: list[int] = []
    for packet in packets:
        wished = _ticks(packet.decode_ns - start_ns)
        decoded.append(max(wished, decoded[-1] + 1) if decoded else wished)
    late = max(0, *(d - s for d, s in zip(decoded, shown, strict=True)))
    decoded = [each - late for each in decoded]
    lasts = [after - before for before, after in pairwise(decoded)]
    lasts.append(max(1, _ticks(packets[-1].duration_ns)))
    return [_Timing(*each) for each in zip(shown, decoded, lasts, strict=True)]
