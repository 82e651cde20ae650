"""HOTA against cases that can be worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.track import NamedBoxes, score_tracks

Clip = list[NamedBoxes]
FRAMES = 40


def frame(*rows: tuple[int, float]) -> NamedBoxes:
    """Return boxes of 10 x 10 px, each an identity and its left edge."""
    boxes = [(left, 0, left + 10, 10) for _, left in rows]
    return NamedBoxes(
        np.array([name for name, _ in rows], np.int64),
        np.array(boxes, np.float32).reshape(-1, 4),
    )


def test_the_truth_itself_is_perfect_under_any_names() -> None:
    """Identities are only compared within the tracks."""
    truth = [frame((1, i), (2, 100 - i)) for i in range(FRAMES)]
    tracks = [frame((77, i), (5, 100 - i)) for i in range(FRAMES)]
    score = score_tracks(truth, tracks)
    assert score.hota == pytest.approx(1)
    assert score.switches == 0


def test_a_track_broken_in_two() -> None:
    """Each box agrees with half of the true track: the root of one half."""
    truth = [frame((1, i)) for i in range(FRAMES)]
    tracks = [frame((1 + (i >= FRAMES // 2), i)) for i in range(FRAMES)]
    score = score_tracks(truth, tracks)
    assert score.detection_accuracy == pytest.approx(1)
    assert score.association_accuracy == pytest.approx(0.5)
    assert score.hota == pytest.approx(np.sqrt(0.5))
    assert score.switches == 1


def test_two_tracks_that_swap_their_vehicles() -> None:
    """Of three quarters of a pair of tracks a third is shared."""
    truth = [frame((1, 0), (2, 100)) for _ in range(FRAMES)]
    tracks = [
        frame((1, 0), (2, 100)) if i < FRAMES // 2 else frame((2, 0), (1, 100))
        for i in range(FRAMES)
    ]
    score = score_tracks(truth, tracks)
    assert score.association_accuracy == pytest.approx(1 / 3)
    assert score.switches == 2


def test_half_of_the_boxes_missed() -> None:
    """Both accuracies are one half, and so is HOTA."""
    truth = [frame((1, 0)) for _ in range(FRAMES)]
    tracks = [frame((1, 0)) if i % 2 else frame() for i in range(FRAMES)]
    score = score_tracks(truth, tracks)
    assert score.hota == pytest.approx(0.5)
    assert score.switches == 0


def test_a_false_track_spoils_detection_only() -> None:
    """As many false boxes as true ones halve the detection accuracy."""
    truth = [frame((1, 0)) for _ in range(FRAMES)]
    tracks = [frame((1, 0), (2, 500)) for _ in range(FRAMES)]
    score = score_tracks(truth, tracks)
    assert score.detection_accuracy == pytest.approx(0.5)
    assert score.association_accuracy == pytest.approx(1)


def test_loose_boxes_count_at_the_overlaps_they_reach() -> None:
    """Moved by a third of the width two boxes share one half: 10 of 19 overlaps."""
    truth = [frame((1, 0)) for _ in range(FRAMES)]
    tracks = [frame((1, 10 / 3)) for _ in range(FRAMES)]
    assert score_tracks(truth, tracks).hota == pytest.approx(10 / 19)


def test_one_box_is_matched_to_the_track_that_fits_over_the_clip() -> None:
    """A twin that is nearer in one frame does not take the vehicle over."""
    truth = [frame((1, 0)) for _ in range(FRAMES)]
    tracks = [
        frame((1, 1), (2, 0)) if i == FRAMES // 2 else frame((1, 1))
        for i in range(FRAMES)
    ]
    assert score_tracks(truth, tracks).switches == 0


def test_clips_add_up() -> None:
    """A perfect clip and a missed one of equal size: half of the boxes are found."""
    truth = [frame((1, 0)) for _ in range(FRAMES)]
    missed = score_tracks(truth, [frame()] * FRAMES)
    assert missed.hota == 0
    both = missed + score_tracks(truth, truth)
    assert both.detection_accuracy == pytest.approx(0.5)
    assert both.association_accuracy == pytest.approx(1)


def test_names_must_be_unique_within_a_frame() -> None:
    """Otherwise shares could exceed one."""
    with pytest.raises(ValueError, match="one box"):
        frame((1, 0), (1, 50))
    with pytest.raises(ValueError, match="same frames"):
        score_tracks([frame()], [])


def _clip(seed: int) -> Clip:
    rng = np.random.default_rng(seed)
    return [
        frame(*((name, rng.uniform(0, 60)) for name in range(rng.integers(0, 5))))
        for _ in range(6)
    ]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_scores_are_shares_and_do_not_depend_on_the_names(one: int, two: int) -> None:
    """Every accuracy is in 0..1, and renaming the tracks changes nothing."""
    truth, tracks = _clip(one), _clip(two)
    score = score_tracks(truth, tracks)
    for share in (score.hota, score.detection_accuracy, score.association_accuracy):
        assert 0 <= share <= 1 + 1e-9
    assert (score.matched + score.missed == sum(len(f.ids) for f in truth)).all()
    assert (score.matched + score.extra == sum(len(f.ids) for f in tracks)).all()
    renamed = [NamedBoxes(100 - f.ids, f.boxes_px) for f in tracks]
    assert score_tracks(truth, renamed).hota == pytest.approx(score.hota)
