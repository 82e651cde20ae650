"""Label rows of every kind become boxes of the product's classes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.train.labels import UNSPECIFIED, iou_matrix, merge, read_labels, write_labels

_NAMES = {0: "bus", 1: "car", 2: "vehicle", 3: "traffic light"}


def _boxes(*rows: tuple[tuple[float, ...], int]) -> Detections:
    return Detections(
        boxes_px=np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        scores=np.ones(len(rows), np.float32),
        classes=np.array([row[1] for row in rows], np.int32),
    )


def test_boxes_polygons_and_foreign_classes(tmp_path: Path) -> None:
    """A box, a polygon, a class we do not have, and a mere vehicle."""
    path = tmp_path / "a.txt"
    path.write_text(
        "1 0.5 0.5 0.2 0.4\n"
        "0 0.1 0.1 0.3 0.1 0.3 0.5 0.2 0.6\n"
        "3 0.5 0.5 0.1 0.1\n"
        "2 0.5 0.5 2.0 2.0\n\n"
    )
    found = read_labels(path, _NAMES, 100, 200)
    assert found.classes.tolist() == [VehicleClass.CAR, VehicleClass.BUS, UNSPECIFIED]
    assert found.boxes_px[0].tolist() == pytest.approx([40, 60, 60, 140], abs=1e-3)
    assert found.boxes_px[1].tolist() == pytest.approx([10, 20, 30, 120], abs=1e-3)
    assert found.boxes_px[2].tolist() == pytest.approx([0, 0, 100, 200], abs=1e-3)


def test_no_file_is_no_boxes(tmp_path: Path) -> None:
    """An empty road has no label file."""
    assert len(read_labels(tmp_path / "none.txt", _NAMES, 10, 10)) == 0


@pytest.mark.parametrize("row", ["1 0.5 0.5", "1 a b c d", "1 1 1 1 1 1"])
def test_a_row_that_is_neither_is_named(tmp_path: Path, row: str) -> None:
    """The file is named, so that somebody can mend it."""
    path = tmp_path / "broken.txt"
    path.write_text(row)
    with pytest.raises(ValueError, match=r"broken\.txt"):
        read_labels(path, _NAMES, 10, 10)


_BOX = st.tuples(
    st.integers(0, 400), st.integers(0, 300), st.integers(1, 200), st.integers(1, 150)
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@given(st.lists(st.tuples(_BOX, st.sampled_from(list(VehicleClass))), max_size=8))
def test_written_labels_are_read_back(
    rows: list[tuple[tuple[int, int, int, int], VehicleClass]],
) -> None:
    """Writing and reading moves a box by rounding only."""
    import tempfile

    names = {int(cls): cls.name.lower() for cls in VehicleClass}
    made = _boxes(*((box, int(cls)) for box, cls in rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.txt"
        write_labels(path, made, 640, 480)
        back = read_labels(path, names, 640, 480)
    assert back.classes.tolist() == made.classes.tolist()
    assert np.allclose(back.boxes_px, made.boxes_px, atol=0.01)


def test_a_drawn_box_wins_and_the_teacher_fills_in() -> None:
    """One vehicle, one box; the teacher adds what nobody drew."""
    drawn = _boxes(((0, 0, 100, 100), VehicleClass.TRUCK))
    taught = _boxes(
        ((5, 5, 100, 100), VehicleClass.BUS), ((300, 300, 350, 350), VehicleClass.CAR)
    )
    merged = merge(drawn, taught)
    assert merged.classes.tolist() == [VehicleClass.TRUCK, VehicleClass.CAR]


def test_a_mere_vehicle_takes_the_class_that_the_teacher_sees() -> None:
    """And is a car where the teacher sees nothing."""
    drawn = _boxes(((0, 0, 100, 100), UNSPECIFIED), ((500, 0, 560, 60), UNSPECIFIED))
    merged = merge(drawn, _boxes(((2, 2, 98, 98), VehicleClass.BUS)))
    assert merged.classes.tolist() == [VehicleClass.BUS, VehicleClass.CAR]
    alone = merge(drawn, Detections.none())
    assert alone.classes.tolist() == [VehicleClass.CAR, VehicleClass.CAR]


def test_overlap_of_known_boxes() -> None:
    """Half covered: intersection 50, union 150."""
    first = np.array([[0, 0, 10, 10]], np.float32)
    second = np.array([[5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    assert iou_matrix(first, second)[0].tolist() == pytest.approx([1 / 3, 0])
