"""Agreement with a teacher, with both sides known."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.domain.detection import Detections
from app.domain.errors import ConfigurationInvalid
from app.domain.vehicle import VehicleClass
from ml.evaluate.clip import Agreement, compare, frames_of, table
from tests.fakes.immediate_detector import ImmediateDetector

Rows = list[tuple[int, float, VehicleClass]]
_CAR, _BUS, _PERSON = VehicleClass.CAR, VehicleClass.BUS, VehicleClass.PERSON


class _Seeing(ImmediateDetector):
    """Sees the same boxes in every picture: left edge, score, class."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.looks = 0

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return them, each 20 px square."""
        assert image.shape == (48, 64, 3)
        self.looks += 1
        boxes = [(left, 0, left + 20, 20) for left, _, _ in self._rows]
        return Detections(
            boxes_px=np.array(boxes, np.float32).reshape(-1, 4),
            scores=np.array([score for _, score, _ in self._rows], np.float32),
            classes=np.array([int(kind) for _, _, kind in self._rows], np.int32),
        )


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Return a clip of ten pictures."""
    path = tmp_path / "road.avi"
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), code, 10, (64, 48))
    for grey in range(10):
        writer.write(np.full((48, 64, 3), 20 * grey, np.uint8))
    writer.release()
    return path


def _agreement(ours: Rows, theirs: Rows, clip: Path) -> Agreement:
    told = list(compare(_Seeing(ours), _Seeing(theirs), [clip], every=5))
    result = told[-1]
    assert isinstance(result, Agreement)
    return result


def test_the_same_boxes_agree_wholly(clip: Path) -> None:
    """Whatever the classes of vehicles, and whatever is seen of people."""
    result = _agreement(
        [(0, 0.4, _CAR), (100, 0.9, _PERSON)], [(0, 0.8, _BUS)], clip
    ).total
    assert (result.frame_count, result.teacher_boxes) == (2, 2)
    assert (result.working.precision, result.working.recall) == (1.0, 1.0)
    assert (result.equal.precision, result.equal.recall) == (1.0, 1.0)


def test_what_the_teacher_is_unsure_of_counts_neither_way(clip: Path) -> None:
    """Finding it is no mistake, missing it no miss; below a guess it is nothing."""
    theirs: Rows = [(0, 0.8, _CAR), (100, 0.3, _CAR), (200, 0.1, _CAR)]
    ours: Rows = [(0, 0.9, _CAR), (100, 0.8, _CAR)]
    result = _agreement(ours, theirs, clip).total
    assert result.teacher_boxes == 2
    assert (result.working.precision, result.working.recall) == (1.0, 1.0)
    worse = _agreement([*ours, (200, 0.7, _CAR)], theirs, clip).total
    assert worse.working.precision == 0.5


def test_recall_at_equal_precision(clip: Path) -> None:
    """Four boxes of the teacher; ours by score: right, wrong, right, right, wrong.

    After the fourth, precision is 3/4 and recall 3/4: there both are the same.
    """
    theirs: Rows = [(100 * i, 0.9, _CAR) for i in range(4)]
    ours: Rows = [
        (0, 0.9, _CAR),
        (1000, 0.8, _CAR),
        (100, 0.7, _CAR),
        (200, 0.6, _CAR),
        (1100, 0.5, _CAR),
    ]
    result = _agreement(ours, theirs, clip).total
    assert result.equal.recall == result.equal.precision == 0.75
    assert result.equal.score == pytest.approx(0.6)
    strict = result.at_precision["0.95"]
    assert strict is not None
    assert (strict.precision, strict.recall) == (1.0, 0.25)
    loose = result.at_precision["0.70"]
    assert loose is not None
    assert loose.recall == 0.75
    assert [p.recall for p in result.curve] == sorted(
        (p.recall for p in result.curve), reverse=True
    )


def test_a_wrong_box_that_is_the_surest_is_not_where_both_are_the_same(
    clip: Path,
) -> None:
    """Nothing of nothing found is no agreement to report."""
    theirs: Rows = [(0, 0.9, _CAR), (100, 0.9, _CAR)]
    ours: Rows = [(1000, 0.95, _CAR), (0, 0.8, _CAR), (100, 0.7, _CAR)]
    equal = _agreement(ours, theirs, clip).total.equal
    assert equal.recall == 0.5
    assert equal.score == pytest.approx(0.8)


def test_both_look_at_the_same_pictures_and_are_timed(clip: Path) -> None:
    """As often the one as the other; a ratio of two times is above nothing."""
    ours, teacher = _Seeing([]), _Seeing([(0, 0.9, _CAR)])
    told = list(compare(ours, teacher, [clip, clip], every=2, most=3))
    assert ours.looks == teacher.looks
    result = told[-1]
    assert isinstance(result, Agreement)
    assert result.total.frame_count == 6
    assert result.total.working.recall == 0.0
    assert result.time_ratio > 0
    assert "| all | 6 | 6 |" in table([result.total])


def test_an_empty_road_has_no_recall_to_show(clip: Path) -> None:
    """Neither sees anything."""
    figures = [_agreement([], [], clip).total]
    assert figures[0].working.precision == 1.0
    assert "| - | - | - | - |" in table(figures)


def test_a_clip_that_cannot_be_read_is_named(clip: Path, tmp_path: Path) -> None:
    """Beside a good one it is left out; alone it is a fault."""
    bad = tmp_path / "letter.mp4"
    bad.write_bytes(b"dear sir or madam")
    assert list(frames_of(bad, 1)) == []
    told = list(compare(_Seeing([]), _Seeing([]), [bad, clip], every=5))
    assert isinstance(told[-1], Agreement)
    assert told[-1].unreadable == ("letter.mp4",)
    with pytest.raises(ConfigurationInvalid, match=r"letter\.mp4"):
        list(compare(_Seeing([]), _Seeing([]), [bad], every=5))
