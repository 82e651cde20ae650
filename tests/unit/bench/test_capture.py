"""The benchmark of capture runs, at a size that proves nothing."""

from pathlib import Path

from tests.bench.capture import run
from tests.builders.two_streams import write_numbered


def test_both_sides_are_measured(tmp_path: Path) -> None:
    clip = write_numbered(tmp_path / "clip.mp4", 50, (1280, 720))
    comparison = run(clip, tmp_path, legs=1, pictures=12)
    assert min(*comparison.ours, *comparison.peer) > 0
    assert comparison.extra["clip"] == "clip.mp4"
