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
    card.paste(picture, (_left_px(picture.width), 0))
    card.paste(bar, (0, picture.height))
    _save(card, path, _QUALITY)


def picture_left_px(
    card_size: tuple[int, int], picture_size: tuple[int, int]
) -> int | None:
    """Return where on a still's card the picture begins; its top is the card's.

    None when a picture of that size does not lie on such a card.
    """
    width_px, height_px = picture_size
    fits = card_size[0] == max(width_px, MINIMUM_WIDTH_PX) and card_size[1] >= height_px
    return _left_px(width_px) if fits else None


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
    area = crop_area((width_px, height_px), box, margin)
    if area is None:
        return None
    left, top, right, bottom = area
    return image[top:bottom, left:right]


def crop_area(
    picture_size: tuple[int, int], box: PixelBox, margin: float = 0.0
) -> tuple[int, int, int, int] | None:
    """Return the left, top, right and bottom pixel that `crop` cuts at."""
    width_px, height_px = picture_size
    spare_x, spare_y = box.width_px * margin, box.height_px * margin
    left, top = max(0, int(box.left_px - spare_x)), max(0, int(box.top_px - spare_y))
    right = min(width_px, int(np.ceil(box.right_px + spare_x)))
    bottom = min(height_px, int(np.ceil(box.bottom_px + spare_y)))
    if right - left < 1 or bottom - top < 1:
        return None
    return left, top, right, bottom


def _left_px(picture_width_px: int) -> int:
    return max(0, MINIMUM_WIDTH_PX - picture_width_px) // 2


def _rgb(image: npt.NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))


def _save(picture: Image.Image, path: Path, quality: int) -> None:
    """Encode in memory first: PIL would hide the reason when a disk is full."""
    encoded = io.BytesIO()
    # Full chroma: a lamp of few pixels must keep its colour.
    picture.save(encoded, "JPEG", quality=quality, subsampling=0)
    path.write_bytes(encoded.getvalue())
