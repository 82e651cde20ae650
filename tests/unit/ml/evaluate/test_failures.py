"""The sheet shows the worst pictures first, and what is wrong with them."""

from pathlib import Path

import cv2
import numpy as np

from app.domain.detection import Detections
from ml.evaluate.failures import FailureSheet

_TRUTH = np.array([[100, 100, 200, 180], [300, 100, 400, 180]], np.float32)
_WRONG = np.array([[20, 200, 80, 250]], np.float32)


def _found(*boxes: list[float]) -> Detections:
    rows = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(
        boxes_px=rows,
        scores=np.full(len(rows), 0.9, np.float32),
        classes=np.full(len(rows), 3, np.int32),
    )


def _picture(grey: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((270, 480, 3), grey, np.uint8)


def test_the_worst_comes_first_and_a_faultless_one_not_at_all(tmp_path: Path) -> None:
    sheet = FailureSheet()
    sheet.add(_picture(10), _TRUTH, _found(*_TRUTH.tolist()))
    sheet.add(_picture(40), _TRUTH, _found(_TRUTH[0].tolist()))
    sheet.add(_picture(80), _TRUTH, _found(_WRONG[0].tolist()))

    assert sheet.save(tmp_path / "sheet.jpg") == 2

    image = cv2.imread(str(tmp_path / "sheet.jpg"))
    assert image is not None
    assert abs(int(image[5, 5].mean()) - 80) < 4
    assert abs(int(image[5, 485].mean()) - 40) < 4


def test_what_is_missed_is_red_and_what_is_made_up_amber(tmp_path: Path) -> None:
    sheet = FailureSheet()
    sheet.add(_picture(0), _TRUTH[:1], _found(_WRONG[0].tolist()))
    sheet.save(tmp_path / "sheet.jpg")
    image = cv2.imread(str(tmp_path / "sheet.jpg"))
    assert image is not None
    blue, green, red = image[140, 100].astype(int)
    assert red > 150 > green
    blue, green, red = image[225, 20].astype(int)
    assert red > 150
    assert green > 100 > blue


def test_no_more_than_a_sheet_holds(tmp_path: Path) -> None:
    sheet = FailureSheet()
    for number in range(30):
        boxes = [_WRONG[0].tolist()] * (1 + number % 5)
        sheet.add(_picture(number), _TRUTH, _found(*boxes))
    assert sheet.save(tmp_path / "sheet.jpg") == 12
