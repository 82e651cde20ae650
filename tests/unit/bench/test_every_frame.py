"""The benchmark of every frame runs, at a size that proves nothing."""

from pathlib import Path

import pytest

from app.config.paths import RESOURCES
from ml import weights as registry
from ml.backends import Backend, Model, Variant
from tests.bench.every_frame import Contest, Setting, cut, pictures, run

pytest.importorskip("openvino")

_CLIP = RESOURCES / "simulator" / "junction-front.mp4"


def test_a_stretch_is_cut_at_a_keyframe(tmp_path: Path) -> None:
    """Packet by packet, its time beginning at nought."""
    target = tmp_path / "stretch.mp4"
    cut(_CLIP, target, 20.0, 5)
    found = list(pictures(target))
    assert len(found) == 5
    assert found[0].time.stream_ns == 0
    assert found[0].width_px == 1280
    times = [picture.time.stream_ns for picture in found]
    assert times == sorted(times)


def test_all_sides_see_the_same_boxes(tmp_path: Path) -> None:
    """Ours and the loop run the same network on the same pixels."""
    wanted = registry.entry(registry.DEFAULT_DETECTOR, tmp_path)
    if not (registry.BUNDLED / f"{wanted.name}.pt").is_file():
        pytest.skip("the bundled detector weights are not in resources/models")
    clip = tmp_path / "stretch.mp4"
    cut(_CLIP, clip, 20.0, 6)
    setting = Setting(
        clip=clip,
        contest=Contest.of_model(
            Model.of_entry(wanted, tmp_path),
            Variant(Backend.OPENVINO, "CPU", eight_bit=True),
        ),
        legs=1,
        torch_loop=False,
        model_runs=5,
    )
    loop, alone = run(setting, tmp_path)
    assert loop.ours == alone.ours
    assert loop.ours[0] > 0
    boxes, score = loop.extra["boxes"], loop.extra["box_f1"]
    assert isinstance(boxes, int)
    assert boxes > 0
    assert isinstance(score, float)
    assert score > 0.9
