"""Stills: a picture of the clip with a data bar below it, never over it."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from app.domain.geometry import PixelBox
from app.evidence.bar_text import Cell
from app.evidence.data_bar import MINIMUM_WIDTH_PX, draw_bar
from app.evidence.marks import Marks, draw_marks

MEDIA_TYPE = "image/jpeg"
Rows = Sequence[Sequence[Cell]]
_QUALITY = 92
_CROP_QUALITY = 95


def write_still(
    path: Path,
    image: npt.NDArray[np.uint8],
    rows: Rows,
    marks: Marks,
    inset: npt.NDArray[np.uint8] | None = None,
) -> None:
    """Write a BGR picture with its marks and data bar as JPEG.

    The picture keeps its pixels; one narrower than the bar is centred above it.
    """
    picture = _rgb(image)
    draw_marks(picture, marks)
    width_px = max(picture.width, MINIMUM_WIDTH_PX)
    bar = draw_bar(rows, width_px, inset)
    card = Image.new("RGB", (width_px, picture.height + bar.height))
    card.paste(picture, ((width_px - picture.width) // 2, 0))
    card.paste(bar, (0, picture.height))
    _save(card, path, _QUALITY)


def write_crop(path: Path, image: npt.NDArray[np.uint8]) -> None:
    """Write a BGR crop as JPEG at its own size."""
    _save(_rgb(image), path, _CROP_QUALITY)


def crop(
    image: npt.NDArray[np.uint8], box: PixelBox, margin: float = 0.0
) -> npt.NDArray[np.uint8] | None:
    """Cut a box with `margin` (share of its sides) out of a picture.

    None when nothing of it lies inside.
    """
    height_px, width_px = image.shape[:2]
    spare_x, spare_y = box.width_px * margin, box.height_px * margin
    left, top = max(0, int(box.left_px - spare_x)), max(0, int(box.top_px - spare_y))
    right = min(width_px, int(np.ceil(box.right_px + spare_x)))
    bottom = min(height_px, int(np.ceil(box.bottom_px + spare_y)))
    if right - left < 1 or bottom - top < 1:
        return None
    return image[top:bottom, left:right]


def _rgb(image: npt.NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))


def _save(picture: Image.Image, path: Path, quality: int) -> None:
    """Encode in memory first: PIL would hide the reason when a disk is full."""
    encoded = io.BytesIO()
    # Full chroma: a lamp of few pixels must keep its colour.
    picture.save(encoded, "JPEG", quality=quality, subsampling=0)
    path.write_bytes(encoded.getvalue())
