"""One road user is one box, whatever the network takes it for."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.detect.classes import class_columns, vehicle_class_of
from ml.detect.letterbox import Letterbox
from ml.detect.postprocess import Thresholds, decode, suppress
from ml.train.labels import iou_matrix

COCO = {
    0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 4: "airplane", 5: "bus",
    6: "train", 7: "truck", 8: "boat", 9: "traffic light",
}  # fmt: skip
_LETTERBOX = Letterbox((360, 640), (384, 640))


def _found(*rows: tuple[tuple[float, ...], float, VehicleClass]) -> Detections:
    return Detections(
        boxes_px=np.array([row[0] for row in rows], np.float32),
        scores=np.array([row[1] for row in rows], np.float32),
        classes=np.array([row[2] for row in rows], np.int32),
    )


def _raw(
    columns: list[tuple[float, float, float, float, int, float]], class_count: int
) -> npt.NDArray[np.float32]:
    raw = np.zeros((4 + class_count, len(columns)), np.float32)
    for i, (cx, cy, w, h, cls, score) in enumerate(columns):
        raw[:4, i] = cx, cy, w, h
        raw[4 + cls, i] = score
    return raw


def test_coco_classes_are_mapped_by_name() -> None:
    """The numbers differ from the product's; the names decide."""
    columns, classes = class_columns(COCO)
    assert columns.tolist() == [0, 1, 2, 3, 5, 7]
    assert [VehicleClass(c).name for c in classes] == [
        "PERSON", "BICYCLE", "CAR", "MOTORCYCLE", "BUS", "TRUCK",
    ]  # fmt: skip


def test_a_model_without_road_users_is_refused() -> None:
    """A flower classifier is no detector of ours."""
    with pytest.raises(ValueError, match="no road user"):
        class_columns({0: "rose", 1: "tulip"})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Motorbike", VehicleClass.MOTORCYCLE),
        ("pedestrian", VehicleClass.PERSON),
        ("heavy_truck", VehicleClass.TRUCK),
        ("traffic light", None),
    ],
)
def test_synonyms(name: str, expected: VehicleClass | None) -> None:
    """Data sets name the same thing differently."""
    assert vehicle_class_of(name) is expected


def test_decoding_maps_class_and_place() -> None:
    """A COCO car in the middle of the input is a CAR in the middle of the picture."""
    raw = _raw([(320, 192, 100, 50, 2, 0.9), (100, 100, 20, 20, 4, 0.99)], len(COCO))
    found = decode(raw, *class_columns(COCO), _LETTERBOX, Thresholds())
    assert found.classes.tolist() == [VehicleClass.CAR]
    assert found.boxes_px[0].tolist() == pytest.approx([270, 155, 370, 205], abs=0.1)


def test_weak_candidates_are_left_out_and_scores_kept() -> None:
    """Nothing below the threshold; what is above keeps its score for the tracker."""
    raw = _raw([(50, 50, 20, 20, 2, 0.09), (200, 200, 20, 20, 2, 0.12)], len(COCO))
    found = decode(raw, *class_columns(COCO), _LETTERBOX, Thresholds())
    assert found.scores.tolist() == pytest.approx([0.12])


def test_a_lorry_is_not_also_a_car() -> None:
    """Two classes on one vehicle leave the surer one."""
    box = (100.0, 100.0, 200.0, 180.0)
    shifted = (104.0, 100.0, 203.0, 182.0)
    found = suppress(
        _found((box, 0.5, VehicleClass.CAR), (shifted, 0.7, VehicleClass.TRUCK)),
        Thresholds(),
    )
    assert found.classes.tolist() == [VehicleClass.TRUCK]


def test_a_rider_does_not_hide_the_motorcycle() -> None:
    """Person and motorcycle overlap by nature."""
    box = (100.0, 100.0, 150.0, 200.0)
    found = suppress(
        _found((box, 0.9, VehicleClass.PERSON), (box, 0.6, VehicleClass.MOTORCYCLE)),
        Thresholds(),
    )
    assert len(found) == 2


_BOXES = st.tuples(
    st.integers(0, 300), st.integers(0, 200), st.integers(2, 120), st.integers(2, 90)
).map(lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3])))
_ROWS = st.lists(
    st.tuples(_BOXES, st.floats(0.125, 1.0, width=32), st.sampled_from(VehicleClass)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60)
@given(_ROWS)
def test_suppression_keeps_the_best_and_no_rivals(
    rows: list[tuple[tuple[float, ...], float, VehicleClass]],
) -> None:
    """The surest box always stays; boxes of one kind overlap at most as allowed."""
    thresholds = Thresholds()
    given_boxes = _found(*rows)
    kept = suppress(given_boxes, thresholds)
    assert kept.scores[0] == given_boxes.scores.max()
    assert (np.diff(kept.scores) <= 0).all()
    cars = kept.boxes_px[kept.classes >= VehicleClass.CAR]
    overlap = iou_matrix(cars, cars) - np.eye(len(cars), dtype=np.float32)
    assert (overlap <= thresholds.max_iou + 1e-3).all()


def test_an_empty_road() -> None:
    """No candidate, no detection, no error."""
    found = decode(_raw([], len(COCO)), *class_columns(COCO), _LETTERBOX, Thresholds())
    assert len(found) == 0
