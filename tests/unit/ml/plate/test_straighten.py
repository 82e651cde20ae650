"""How a plate hangs is seen, and taken back."""

import math

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.geometry import PixelBox
from ml.plate.straighten import (
    Skew,
    lightened,
    skew_of,
    straightened,
    text_columns,
    text_rows,
)

Image = npt.NDArray[np.uint8]

_SIZE_PX = (180, 60)
_MIDDLE = (200.0, 150.0)


def _level() -> Image:
    plate = np.full((_SIZE_PX[1], _SIZE_PX[0], 3), 235, np.uint8)
    cv2.putText(
        plate, "AHK-472", (10, 43), cv2.FONT_HERSHEY_DUPLEX, 1.25, (20, 20, 20), 2,
        cv2.LINE_AA,
    )  # fmt: skip
    return plate


def _askew(skew: Skew) -> tuple[Image, PixelBox]:
    """Return a picture with the plate sheared in it, and the box around that."""
    tilt = math.tan(math.radians(skew.tilt_deg))
    lean = math.tan(math.radians(skew.lean_deg))
    (x, y), (width, height) = _MIDDLE, _SIZE_PX
    forth = np.array(
        [
            [1.0, lean, x - width / 2 - lean * height / 2],
            [tilt, 1.0, y - height / 2 - tilt * width / 2],
        ]
    )
    image = np.full((300, 400, 3), 90, np.uint8)
    cv2.warpAffine(
        _level(), forth, (400, 300), dst=image, borderMode=cv2.BORDER_TRANSPARENT
    )
    half_w = (width + abs(lean) * height) / 2
    half_h = (height + abs(tilt) * width) / 2
    return image, PixelBox(x - half_w, y - half_h, x + half_w, y + half_h)


def _crop(image: Image, box: PixelBox) -> Image:
    return image[
        int(box.top_px) : math.ceil(box.bottom_px),
        int(box.left_px) : math.ceil(box.right_px),
    ]


@settings(max_examples=30)
@given(tilt=st.floats(-18, 18), lean=st.floats(-15, 15))
def test_how_it_hangs_is_seen_and_taken_back(tilt: float, lean: float) -> None:
    image, box = _askew(Skew(tilt, lean))
    seen = skew_of(_crop(image, box))
    assert seen.tilt_deg == pytest.approx(tilt, abs=2.0)
    assert seen.lean_deg == pytest.approx(lean, abs=4.0)
    straight = straightened(image, box, seen, (0.0, 0.0))
    again = skew_of(straight)
    assert abs(again.tilt_deg) <= 2.0
    assert abs(again.lean_deg) <= 4.0
    fitted = cv2.resize(straight, _SIZE_PX).astype(float)
    rest = np.abs(fitted - _level()).mean()
    assert rest < 40, "it looks like the plate that was drawn"


def test_what_has_no_lines_is_not_askew() -> None:
    for picture in (
        np.full((60, 180, 3), 128, np.uint8),
        np.zeros((3, 3, 3), np.uint8),
    ):
        assert skew_of(picture).largest_deg == 0.0


def test_a_box_at_the_edge_of_the_picture_is_cut_all_the_same() -> None:
    image = np.full((50, 50, 3), 60, np.uint8)
    box = PixelBox(30, 40, 80, 60)
    assert straightened(image, box, Skew(10.0, 0.0), (0.04, 0.04)).size > 0


def _lettered(height: int = 96, width: int = 192) -> Image:
    """Return a plate with small words above large signs, amid smooth car."""
    scene = np.full((height, width, 3), 60, np.uint8)
    scene[:, 24:-24] = 225
    for left in range(40, width - 40, 6):
        scene[6:12, left : left + 2] = 30
    for left in range(32, width - 36, 16):
        scene[30:78, left : left + 6] = 30
    return scene


def test_the_rows_of_the_large_signs_are_found() -> None:
    """Not those of the small words."""
    top, bottom = text_rows(_lettered())
    assert top * 96 == pytest.approx(30, abs=7)
    assert bottom * 96 == pytest.approx(78, abs=7)


def test_the_columns_of_the_signs_are_found() -> None:
    """Smooth car beside the plate is left out."""
    left, right = text_columns(_lettered()[26:82])
    assert 4 <= left * 192 <= 32
    assert 150 <= right * 192 <= 188


@pytest.mark.parametrize("size", [(8, 8), (9, 300), (200, 20)])
def test_an_even_surface_has_some_rows_and_columns(size: tuple[int, int]) -> None:
    """Whatever its size; there is something to cut out."""
    even = np.full((*size, 3), 90, np.uint8)
    for begin, end in (text_rows(even), text_columns(even)):
        assert 0 <= begin < end <= 1


def test_a_dark_plate_is_lightened_and_a_bright_one_is_not() -> None:
    """What is dark and what is bright keep their order."""
    bright = _lettered()
    assert lightened(bright) is bright
    dim = np.asarray(bright * 0.1 + 10, np.uint8)
    seen = lightened(dim)
    assert int(seen.max()) - int(seen.min()) > 3 * (int(dim.max()) - int(dim.min()))
    assert (seen[dim == dim.max()] == seen.max()).all()
    assert (seen[dim == dim.min()] == seen.min()).all()
