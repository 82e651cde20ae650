"""Hides parts of a picture for good: what was there cannot be computed back.

Each hidden part is painted from a grid so coarse that a plate or a head is a few cells
of it, and nothing else of the picture goes into the paint. Blur alone would not do:
a light one can be undone.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox

_CELLS_ACROSS = 24
_LEAST_CELL_PX = 8

Image = npt.NDArray[np.uint8]


def cell_px(width_px: int, height_px: int) -> int:
    """Return the side of a cell of the grid, in pixels of a picture of this size."""
    return max(_LEAST_CELL_PX, -(-max(width_px, height_px) // _CELLS_ACROSS))


def hide(image: Image, parts: Sequence[PixelBox], side_px: int) -> Image:
    """Return a copy of a picture, shape (height, width, 3), with `parts` hidden.

    A pixel that a part touches is hidden whole. All others stay as they are. Parts may
    overlap and reach out of the picture. `side_px` is that of `cell_px` for the whole
    picture, also where `image` is only a piece of it.
    """
    covered = _covered(image.shape[0], image.shape[1], parts)
    copy = image.copy()
    if covered.any():
        copy[covered] = _coarse(image, side_px)[covered]
    return copy


def _covered(
    height_px: int, width_px: int, parts: Sequence[PixelBox]
) -> npt.NDArray[np.bool_]:
    covered = np.zeros((height_px, width_px), np.bool_)
    for part in parts:
        left, top = (max(0, int(np.floor(at))) for at in (part.left_px, part.top_px))
        right, bottom = (int(np.ceil(at)) for at in (part.right_px, part.bottom_px))
        if right > left and bottom > top:
            covered[top:bottom, left:right] = True
    return covered


def _coarse(image: Image, side_px: int) -> Image:
    """Return the picture as means of cells, drawn without edges."""
    height_px, width_px = image.shape[:2]
    rows, columns = -(-height_px // side_px), -(-width_px // side_px)
    width_up_px, height_up_px = columns * side_px, rows * side_px
    spare = ((0, height_up_px - height_px), (0, width_up_px - width_px), (0, 0))
    padded = np.pad(image, spare, mode="edge")
    means = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA)
    # Drawn from the middle of each cell to the next, which blurs by a whole cell and
    # costs far less than a blur of that width.
    smooth = cv2.resize(means, (width_up_px, height_up_px))
    return np.asarray(smooth[:height_px, :width_px], np.uint8)
