"""The benchmarks of the wall run and measure what they say, at a tiny size."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.bench import latency, tile, wall, wall_scene


@pytest.mark.timeout(180)
def test_wall(qapp: QApplication) -> None:
    """Both sides paint, and pictures of another process arrive whole."""
    measured = wall.compare(legs=1, refreshes=2, seconds=1.0)
    assert min(measured.ours + measured.peer) > 0
    assert float(str(measured.extra["shown_per_s"])) > 0
    assert float(str(measured.extra["lag_p99_ms"])) > 0


@pytest.mark.timeout(180)
def test_latency(qapp: QApplication) -> None:
    """Pictures come all the way, and their boxes with them."""
    measured = latency.compare(cameras=1, legs=1, seconds=2.0)
    assert 0 < measured.ours[0] < 60_000
    assert int(str(measured.extra["boxes_judged"])) > 0
    assert float(str(measured.extra["own_boxes_share"])) > 0.5


@pytest.mark.timeout(120)
def test_tile(tmp_path: Path) -> None:
    """The small stream is the cheaper one."""
    measured = tile.compare(tmp_path, frames=8, legs=1)
    assert 0 < measured.median_ratio < 1


def test_every_vehicle_of_the_scene_moves() -> None:
    """A scene that stood still would be painted from what is kept."""
    one, other = (wall_scene.overlay(4, step).boxes for step in (10, 11))
    assert len(one) == wall_scene.VEHICLES
    assert all(a.box != b.box for a, b in zip(one, other, strict=True))
    assert any(box.violation for box in one)
