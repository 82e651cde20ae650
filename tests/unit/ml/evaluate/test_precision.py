"""Average precision against cases that can be reckoned by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.precision import PrecisionMeter, judge, match, within

_TRUTH = np.array([[0, 0, 10, 10], [50, 50, 90, 90]], np.float32)
_AWAY = np.array([[200, 200, 220, 220]], np.float32)


def _scores(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_all_found_exactly_is_one() -> None:
    """Perfect boxes at every level."""
    meter = PrecisionMeter()
    meter.add(_TRUTH, _TRUTH, _scores(0.9, 0.8))
    assert meter.average_precision() == pytest.approx(1.0)


def test_nothing_found_is_zero() -> None:
    """Truth without detections."""
    meter = PrecisionMeter()
    meter.add(_TRUTH, np.empty((0, 4), np.float32), _scores())
    assert meter.average_precision() == pytest.approx(0.0)


def test_half_found_is_half() -> None:
    """One of two, without false ones: recall ends at one half (51 of 101 points)."""
    meter = PrecisionMeter()
    meter.add(_TRUTH, _TRUTH[:1], _scores(0.9))
    assert meter.average_precision()[0] == pytest.approx(51 / 101)


def test_a_surer_false_box_halves_the_precision() -> None:
    """False first, then true: precision one half at every recall."""
    meter = PrecisionMeter()
    meter.add(_TRUTH[:1], np.vstack([_AWAY, _TRUTH[:1]]), _scores(0.9, 0.8))
    assert meter.average_precision()[0] == pytest.approx(0.5)
    assert meter.precision_at(0.85) == 0.0
    assert meter.recall_at(0.5) == 1.0


def test_a_second_box_on_the_same_vehicle_is_false() -> None:
    """A true box is given away once."""
    hits = match(_TRUTH[:1], np.vstack([_TRUTH[:1], _TRUTH[:1]]))
    assert hits[:, 0].tolist() == [True, False]


def test_a_loose_box_counts_at_low_levels_only() -> None:
    """Overlap 0.72: right up to 0.70, wrong from 0.75."""
    loose = np.array([[0, 0, 10, 7.2]], np.float32)
    assert match(_TRUTH[:1], loose)[0].tolist() == [True] * 5 + [False] * 5


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_it_is_a_share_and_falls_with_the_level(rows: list[tuple[float, bool]]) -> None:
    """Between 0 and 1, never rising with a stricter level."""
    meter = PrecisionMeter()
    for score, right in rows:
        boxes = _TRUTH[:1] if right else _AWAY
        meter.add(_TRUTH[:1], boxes, _scores(score))
    levels = meter.average_precision()
    assert ((levels >= 0) & (levels <= 1)).all()
    assert (np.diff(levels) <= 1e-9).all()


def test_a_true_box_set_aside_counts_neither_way() -> None:
    """Not finding it is no miss, finding it no mistake; the other counts as ever."""
    meter = PrecisionMeter()
    aside = np.array([False, True])
    found = np.vstack([_TRUTH[1:], _TRUTH[:1]])
    meter.add(_TRUTH, found, _scores(0.9, 0.8), aside)
    assert meter.truth_count == 1
    assert meter.average_precision() == pytest.approx(1.0)
    assert meter.precision_at(0.1) == 1.0
    assert judge(_TRUTH, found, aside).void[:, 0].tolist() == [True, False]


def test_a_found_box_set_aside_is_no_mistake_but_may_be_right() -> None:
    """Of two boxes set aside the one on a vehicle is a hit."""
    meter = PrecisionMeter()
    found = np.vstack([_AWAY, _TRUTH[:1]])
    both = np.array([True, True])
    meter.add(_TRUTH[:1], found, _scores(0.9, 0.8), found_aside=both)
    assert meter.average_precision() == pytest.approx(1.0)
    assert meter.recall_at(0.1) == 1.0


def test_it_agrees_with_a_well_known_implementation() -> None:
    """Ultralytics' `ap_per_class` over the same hits; it interpolates otherwise."""
    metrics = pytest.importorskip("ultralytics.utils.metrics")
    random = np.random.default_rng(7)
    meter, hits, scores, truth_count = PrecisionMeter(), [], [], 0
    for _ in range(60):
        truth = _random_boxes(random, 12)
        jitter = random.normal(0, 4, truth.shape).astype(np.float32)
        found = np.vstack([truth + jitter, _random_boxes(random, 5)])[3:]
        sure = random.uniform(0.05, 1, len(found)).astype(np.float32)
        meter.add(truth, found, sure)
        order = np.argsort(-sure, kind="stable")
        hits.append(match(truth, found[order]))
        scores.append(sure[order])
        truth_count += len(truth)
    confidence = np.hstack(scores)
    theirs = metrics.ap_per_class(
        np.vstack(hits),
        confidence,
        np.zeros(len(confidence)),
        np.zeros(truth_count),
    )[5][0]
    ours = meter.average_precision()
    assert 0.2 < ours[0] < 0.95
    np.testing.assert_allclose(ours, theirs, atol=0.006)


def _random_boxes(
    random: np.random.Generator, count: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    corner = random.uniform(0, 900, (count, 2))
    size = random.uniform(20, 120, (count, 2))
    return np.hstack([corner, corner + size]).astype(np.float32)


def test_half_of_a_box_in_a_place_is_enough() -> None:
    """Whatever the size of the place; without places nothing lies in one."""
    boxes = np.array([[0, 0, 10, 10], [6, 0, 16, 10], [50, 50, 50, 50]], np.float32)
    place = np.array([[0, 0, 11, 100]], np.float32)
    assert within(boxes, place).tolist() == [True, True, False]
    assert within(boxes + 6, place).tolist() == [True, False, False]
    assert within(boxes, boxes[:0]).tolist() == [False] * 3
    assert within(boxes[:0], place).tolist() == []
