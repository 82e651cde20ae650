"""The tracker's benchmark at tiny size, and the traffic that it is measured on."""

import json
from pathlib import Path

import numpy as np
import pytest

from ml.evaluate.track import score_tracks
from ml.train.labels import iou_matrix
from tests.bench.legs import report
from tests.bench.tracker import compare, our_tracks
from tests.bench.traffic import Skill, crowd, seen_by

_PERFECT = Skill(
    jitter=0.0,
    missed=0.0,
    gaps_per_s=0.0,
    twins=0.0,
    false_per_frame=0.0,
    confused=0.0,
)


def test_a_tiny_run_says_what_it_must(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Costs of three crowds and the quality of both, in text and file."""
    json_file = tmp_path / "tracker.json"
    report(compare(1, 0.6, {"crowd": crowd(8, 2.0)}), json_file)
    said = json.loads(json_file.read_text(encoding="utf-8"))
    assert set(said["costs_ms"]) == {"10", "50", "100"}
    assert len(said["ours"]) == len(said["peer"]) == 1
    assert min(said["ours"] + said["peer"]) > 0
    for quality in said["quality"].values():
        assert all(0 < share <= 1 for share in quality["hota"])
    assert "HOTA" in capsys.readouterr().out


def test_a_perfect_detector_shows_the_truth() -> None:
    """Nothing is changed, and tracking it is only late by the look it is born with."""
    frames = crowd(12, 4.0)
    seen = list(seen_by(frames, _PERFECT))
    for frame, found in zip(frames, seen, strict=True):
        assert np.allclose(frame.named.boxes_px, found.boxes_px)
    score = score_tracks([f.named for f in frames], our_tracks(frames, seen))
    assert score.association_accuracy > 0.95
    assert score.switches == 0


def test_each_kind_of_error_is_made_and_repeated_by_its_seed() -> None:
    """Misses, jitter, twins and false boxes; the same again from the same seed."""
    frames = crowd(30, 4.0)
    skill = Skill(missed=0.3, twins=0.2, false_per_frame=2.0)
    seen = list(seen_by(frames, skill, seed=4))
    again = list(seen_by(frames, skill, seed=4))
    assert all(
        np.array_equal(a.boxes_px, b.boxes_px) for a, b in zip(seen, again, strict=True)
    )
    overlaps = [
        iou_matrix(frame.named.boxes_px, found.boxes_px)
        for frame, found in zip(frames, seen, strict=True)
    ]
    missed = np.mean([(o.max(axis=1) < 0.5).mean() for o in overlaps])
    false = np.mean([(o.max(axis=0) < 0.01).sum() for o in overlaps])
    best = np.concatenate([o.max(axis=1) for o in overlaps])
    assert 0.2 < missed < 0.45
    assert 0.5 < false < 4
    assert 0.6 < best[best > 0.5].mean() < 0.98
