"""A detector's figures, with detectors whose worth is known."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.evaluate.detect import evaluate, light_of, sizes_of, table
from ml.evaluate.labelled import Sample
from ml.train.labels import UNSPECIFIED
from tests.fakes.immediate_detector import ImmediateDetector

_NEAR_AND_FAR = np.array([[0, 0, 200, 200], [300, 300, 320, 320]], np.float32)
_AWAY = np.array([[400, 10, 440, 50]], np.float32)
_ALL = frozenset(int(kind) for kind in VehicleClass)
_CAR, _BUS, _TRUCK = VehicleClass.CAR, VehicleClass.BUS, VehicleClass.TRUCK


class _Oracle(ImmediateDetector):
    """Finds the given boxes in every picture, surest first."""

    def __init__(
        self, boxes: npt.NDArray[np.float32], classes: list[VehicleClass]
    ) -> None:
        self._boxes, self._classes = boxes, classes

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return the same boxes."""
        assert image.ndim == 3
        scores = np.linspace(0.9, 0.5, len(self._boxes), dtype=np.float32)
        return _boxes(self._boxes, self._classes, scores)


def _boxes(
    boxes: npt.NDArray[np.float32],
    classes: list[int] | list[VehicleClass],
    scores: npt.NDArray[np.float32] | None = None,
) -> Detections:
    ones = np.ones(len(boxes), np.float32)
    return Detections(
        boxes_px=boxes,
        scores=ones if scores is None else scores,
        classes=np.array(classes, np.int32),
    )


def _sample(
    truth: Detections,
    kinds: frozenset[int] = _ALL,
    grey: int = 120,
    aside_px: npt.NDArray[np.float32] = _AWAY[:0],
) -> Sample:
    image = np.full((640, 640, 3), grey, np.uint8)
    return Sample(Path("a.jpg"), image, truth, kinds, aside_px)


def test_a_wrong_class_costs_the_class_and_not_the_vehicle() -> None:
    """The lorry called car is a hit as a vehicle and a miss as a lorry."""
    truth = _boxes(_NEAR_AND_FAR, [_CAR, _TRUCK])
    result = evaluate(_Oracle(_NEAR_AND_FAR, [_CAR, _CAR]), [_sample(truth)])
    assert result.classes["vehicle"].map50 == pytest.approx(1.0)
    assert result.classes["truck"].map50 == 0.0
    assert result.map50 == pytest.approx(0.5)
    assert "| truck | 1 |" in table(result)


def test_each_size_is_measured_for_itself() -> None:
    """A near car found and a far one missed: all of the large, none of the small."""
    truth = _boxes(_NEAR_AND_FAR, [_CAR, _CAR])
    result = evaluate(_Oracle(_NEAR_AND_FAR[:1], [_CAR]), [_sample(truth)])
    assert result.sizes["large"].recall == 1.0
    assert result.sizes["small"].recall == 0.0
    assert result.sizes["small"].precision == 1.0
    assert "medium" not in result.sizes


def test_sizes_are_those_of_a_picture_of_640() -> None:
    """The same box is smaller in a larger picture."""
    box = np.array([[0, 0, 60, 60]], np.float32)
    assert sizes_of(box, (480, 640, 3)).tolist() == [1]
    assert sizes_of(box, (1080, 1920, 3)).tolist() == [0]


def test_a_class_that_the_folder_does_not_label_is_no_mistake() -> None:
    """A bus where only cars are labelled: nothing is known of it, nor of a person."""
    found = np.vstack([_AWAY, _NEAR_AND_FAR[:1]])
    truth = _boxes(_NEAR_AND_FAR[:1], [_CAR])
    detector = _Oracle(found, [_BUS, _CAR])
    only_cars = evaluate(detector, [_sample(truth, frozenset({int(_CAR)}))])
    assert only_cars.classes["vehicle"].precision == 1.0
    everything = evaluate(detector, [_sample(truth)])
    assert everything.classes["vehicle"].precision == 0.5


def test_a_folder_that_says_only_vehicle() -> None:
    """Any class is right, and what stands elsewhere is wrong; no class has figures."""
    truth = _boxes(_NEAR_AND_FAR, [UNSPECIFIED, UNSPECIFIED])
    found = np.vstack([_NEAR_AND_FAR, _AWAY])
    detector = _Oracle(found, [_CAR, _BUS, _TRUCK])
    result = evaluate(detector, [_sample(truth, frozenset({UNSPECIFIED}))])
    assert list(result.classes) == ["vehicle"]
    assert result.classes["vehicle"].recall == 1.0
    assert result.classes["vehicle"].precision == pytest.approx(2 / 3)
    assert result.map50 == result.classes["vehicle"].map50


def test_a_vehicle_without_a_class_is_no_mistake_of_a_class() -> None:
    """It may well be a car; as a vehicle it counts."""
    truth = _boxes(_NEAR_AND_FAR, [_CAR, UNSPECIFIED])
    kinds = frozenset({int(_CAR), UNSPECIFIED})
    result = evaluate(_Oracle(_NEAR_AND_FAR, [_CAR, _CAR]), [_sample(truth, kinds)])
    assert result.classes["car"].truth_count == 1
    assert result.classes["car"].precision == 1.0
    assert result.classes["vehicle"].truth_count == 2


def test_what_is_found_in_a_place_set_aside_is_no_mistake_of_any_class() -> None:
    """A strip of a bus called car; the same box is one where nothing is set aside."""
    truth = _boxes(_NEAR_AND_FAR, [_CAR, _CAR])
    strip = np.array([[400, 0, 500, 60]], np.float32)
    detector = _Oracle(np.vstack([_AWAY, _NEAR_AND_FAR]), [_CAR, _CAR, _CAR])
    spared = evaluate(detector, [_sample(truth, aside_px=strip)])
    judged = evaluate(detector, [_sample(truth)])
    for name in ("car", "vehicle"):
        assert spared.classes[name].truth_count == 2
        assert spared.classes[name].map50 == pytest.approx(1.0)
        assert judged.classes[name].precision == pytest.approx(2 / 3)


def test_a_true_box_within_a_place_set_aside_counts_when_found() -> None:
    """Who stands before a hidden one is a hit, and missing them is a miss."""
    truth = _boxes(_NEAR_AND_FAR[:1], [_CAR])
    place = np.array([[0, 0, 300, 300]], np.float32)
    found = evaluate(
        _Oracle(_NEAR_AND_FAR[:1], [_CAR]), [_sample(truth, aside_px=place)]
    )
    missed = evaluate(_Oracle(_AWAY, [_CAR]), [_sample(truth, aside_px=place)])
    assert found.classes["car"].recall == 1.0
    assert missed.classes["car"].recall == 0.0


@pytest.mark.parametrize(("grey", "light"), [(20, "night"), (70, "dusk"), (130, "day")])
def test_the_light_is_told_by_brightness(grey: int, light: str) -> None:
    """And its figures stand under its name."""
    truth = _boxes(_NEAR_AND_FAR, [_CAR, _CAR])
    sample = _sample(truth, grey=grey)
    assert light_of(sample.image) == light
    result = evaluate(_Oracle(_NEAR_AND_FAR, [_CAR, _CAR]), [sample])
    assert list(result.lights) == [light]


def test_a_detector_that_does_not_time_its_network() -> None:
    """The time of the whole is known all the same."""
    result = evaluate(_Oracle(_AWAY, [_CAR]), [_sample(_boxes(_AWAY, [_CAR]))])
    assert result.network_ms is None
    assert result.median_ms > 0
