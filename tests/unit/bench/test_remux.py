"""The benchmark measures what it says, at a small size."""

from pathlib import Path

import av

from tests.bench.remux import compare, encode_s, filled_ring, remux_s
from tests.builders.moving_box_clip import write_moving_box


def test_it_compares_clips_of_the_same_pictures(tmp_path: Path) -> None:
    source = write_moving_box(tmp_path / "box.mp4", frame_count=100)
    stream, ring = filled_ring(source)
    ours, peer = tmp_path / "ours.mp4", tmp_path / "peer.mp4"

    assert remux_s(stream, ring, ours, 2.0) > 0
    assert encode_s(stream, ring, peer, 2.0) > 0

    assert _pictures(ours) == _pictures(peer) >= 50


def test_it_runs_in_turns(tmp_path: Path) -> None:
    source = write_moving_box(tmp_path / "box.mp4")
    comparison = compare(source, legs=1, seconds=1.0)
    assert comparison.median_ratio > 0
    assert comparison.extra["frames"]


def _pictures(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))
