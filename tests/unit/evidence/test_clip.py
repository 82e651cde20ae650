"""The clip holds the camera's own bytes at the camera's own times."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from app.decode.packets import PacketRecord
from app.evidence.clip import TICKS_PER_S, write_clip
from app.evidence.nal import annex_b_units, length_prefixed_units
from tests.builders.video import FRAME_NS, Encoded, encode, number_of

STREAMS = [("h264", 0), ("h264", 2), ("hevc", 0), ("hevc", 2)]


def _units_in(path: Path) -> list[list[bytes]]:
    with av.open(str(path)) as container:
        return [
            list(length_prefixed_units(bytes(packet), 4))
            for packet in container.demux(video=0)
            if packet.size
        ]


def _shown(path: Path) -> list[tuple[int, int]]:
    """Return (stream ticks, number drawn) of each picture of the clip."""
    with av.open(str(path)) as container:
        return [
            (int(frame.pts or 0), number_of(frame.to_ndarray(format="bgr24")))
            for frame in container.decode(video=0)
        ]


@pytest.mark.parametrize(("codec", "b_frames"), STREAMS)
def test_not_a_byte_of_the_video_changes(
    tmp_path: Path, codec: str, b_frames: int
) -> None:
    """Every NAL unit comes out as it went in: a camera's signature stays valid."""
    video = encode(codec=codec, b_frames=b_frames, frames=50)
    clip = write_clip(video.stream, video.packets, tmp_path / "clip.mp4")
    sent = [list(annex_b_units(packet.data)) for packet in video.packets]
    assert _units_in(clip.path) == sent


@pytest.mark.parametrize(("codec", "b_frames"), STREAMS)
def test_time_starts_at_zero_and_keeps_the_cameras_intervals(
    tmp_path: Path, codec: str, b_frames: int
) -> None:
    """Frame n of the clip is shown at its stream time less that of the first."""
    video = encode(codec=codec, b_frames=b_frames, frames=50)
    clip = write_clip(video.stream, video.packets, tmp_path / "clip.mp4")
    ticks = FRAME_NS * TICKS_PER_S // 1_000_000_000
    assert _shown(clip.path) == [(n * ticks, n) for n in range(50)]
    assert clip.start_ns == 5_000_000_000
    assert clip.end_ns == 5_000_000_000 + 49 * FRAME_NS
    assert clip.frame_count == 50


def test_uneven_intervals_survive(tmp_path: Path) -> None:
    """A camera that hesitates is shown hesitating."""
    video = encode(frames=30)
    jitter_ns = [n * FRAME_NS + (n * 7_654_321) % 30_000_000 for n in range(30)]
    packets = [
        replace(packet, stream_ns=10**12 + at, decode_ns=10**12 + at)
        for packet, at in zip(video.packets, jitter_ns, strict=True)
    ]
    clip = write_clip(video.stream, packets, tmp_path / "clip.mp4")
    assert clip.start_ns == 10**12
    for (ticks, number), at in zip(_shown(clip.path), jitter_ns, strict=True):
        assert abs(ticks * 1_000_000_000 / TICKS_PER_S - at) <= 5_556
        assert number == jitter_ns.index(at)


def test_parameter_sets_apart_from_the_packets(tmp_path: Path) -> None:
    """Length-prefixed packets with avcC make the same clip."""
    video = encode(frames=30)
    first = list(annex_b_units(video.packets[0].data))
    sets = [unit for unit in first if unit[0] & 0x1F in (7, 8)]
    sps, pps = sets
    avcc = (
        bytes([1, sps[1], sps[2], sps[3], 0xFF, 0xE1])
        + len(sps).to_bytes(2, "big")
        + sps
        + b"\x01"
        + len(pps).to_bytes(2, "big")
        + pps
    )
    apart = Encoded(
        replace(video.stream, extradata=avcc),
        [_length_prefixed(packet, sets) for packet in video.packets],
    )
    clip = write_clip(apart.stream, apart.packets, tmp_path / "clip.mp4")
    assert [number for _, number in _shown(clip.path)] == list(range(30))
    assert _units_in(clip.path)[0] == [u for u in first if u not in sets]


def _length_prefixed(packet: PacketRecord, without: list[bytes]) -> PacketRecord:
    units = [u for u in annex_b_units(packet.data) if u not in without]
    data = b"".join(len(u).to_bytes(4, "big") + u for u in units)
    return replace(packet, data=data)


@pytest.mark.parametrize("mangled", [0, -1, 3])
def test_mangled_decode_times_are_mended(tmp_path: Path, mangled: int) -> None:
    """Standing, falling or late decode times lose no frame and move none."""
    video = encode(frames=30)
    packets = [
        replace(packet, decode_ns=5_000_000_000 + mangled * n * FRAME_NS)
        for n, packet in enumerate(video.packets)
    ]
    clip = write_clip(video.stream, packets, tmp_path / "clip.mp4")
    assert [number for _, number in _shown(clip.path)] == list(range(30))


def test_a_cut_short_file_still_plays(tmp_path: Path) -> None:
    """Fragments before the cut can be shown."""
    video = encode(frames=75)
    clip = write_clip(video.stream, video.packets, tmp_path / "clip.mp4")
    content = clip.path.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(content[: int(len(content) * 0.8)])
    with av.open(str(cut)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    assert 25 <= len(packets) < 75


def test_what_makes_no_clip_is_refused(tmp_path: Path) -> None:
    """No packets, no keyframe, no known codec, no pictures."""
    video = encode(frames=10)
    path = tmp_path / "clip.mp4"
    garbage = [replace(video.packets[0], data=b"\x00\x00\x01garbage")]
    for stream, packets in (
        (video.stream, []),
        (video.stream, video.packets[1:]),
        (replace(video.stream, codec="mjpeg"), video.packets),
        (video.stream, garbage),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            write_clip(stream, packets, path)
