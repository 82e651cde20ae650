"""Average precision against cases that can be reckoned by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.evaluate.detect import evaluate, table
from ml.evaluate.precision import PrecisionMeter, match
from tests.fakes.immediate_detector import ImmediateDetector

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


class _Oracle(ImmediateDetector):
    """Finds the given boxes in every picture, the lorry taken for a car."""

    model_name = "oracle"

    def detect(
        self, image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    ) -> Detections:
        """Return the same two boxes, both called cars."""
        assert image.ndim == 3
        return Detections(
            boxes_px=_TRUTH,
            scores=_scores(0.9, 0.8),
            classes=np.full(2, int(VehicleClass.CAR), np.int32),
        )


def test_a_wrong_class_costs_the_class_and_not_the_vehicle() -> None:
    """The lorry called car is a hit as a vehicle and a miss as a lorry."""
    truth = Detections(
        boxes_px=_TRUTH,
        scores=_scores(1, 1),
        classes=np.array([VehicleClass.CAR, VehicleClass.TRUCK], np.int32),
    )
    result = evaluate(_Oracle(), [(np.zeros((100, 100, 3), np.uint8), truth)])
    assert result.classes["vehicle"].map50 == pytest.approx(1.0)
    assert result.classes["truck"].map50 == 0.0
    assert result.map50 == pytest.approx(0.5)
    assert "| truck | 1 |" in table(result)
