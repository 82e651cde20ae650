"""The data bar: a picture of its own, as wide as the still it will stand below."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import reportlab
from PIL import Image, ImageDraw, ImageFont

from app.config.paths import RESOURCES
from app.domain.geometry import PixelBox
from app.evidence.bar_text import Cell

MINIMUM_WIDTH_PX = 960
"""Below this the text could not be read; narrower pictures are set on a wider card."""

_COLUMNS = 4
_GROUND = (16, 18, 20)
_RULE = (52, 56, 60)
_LABEL = (160, 166, 172)
_VALUE = (244, 245, 246)
_INSET_SHARE = 0.22
_ELLIPSIS = "…"

_Font = ImageFont.FreeTypeFont


def draw_bar(
    rows: Sequence[Sequence[Cell]],
    width_px: int,
    inset: npt.NDArray[np.uint8] | None = None,
) -> Image.Image:
    """Draw the cells in columns; `inset` (BGR), enlarged, stands to their right."""
    unit_px = max(10, round(width_px / 90))
    row_px = round(unit_px * 2.6)
    bar = Image.new("RGB", (width_px, row_px * len(rows) + unit_px), _GROUND)
    cells_px = width_px - unit_px
    if inset is not None:
        frame_px = round(width_px * _INSET_SHARE)
        cells_px -= frame_px
        _place_inset(bar, inset, frame_px, unit_px)
    draw = ImageDraw.Draw(bar)
    for index, row in enumerate(rows):
        _draw_row(
            draw, row, (unit_px, unit_px // 2 + index * row_px), cells_px, unit_px
        )
    draw.line((0, 0, width_px, 0), fill=_RULE)
    return bar


def inset_area(card_size: tuple[int, int], picture_height_px: int) -> PixelBox:
    """Return the part of a still's card in which the inset of its bar stands."""
    width_px, height_px = card_size
    frame_px = round(width_px * _INSET_SHARE)
    return PixelBox(width_px - frame_px, picture_height_px, width_px, height_px)


@cache
def _font(bold: bool, size_px: int) -> _Font:
    name = "AtalayaSans-SemiBold.ttf" if bold else "AtalayaSans-Regular.ttf"
    path = RESOURCES / "fonts" / name
    if not path.is_file():
        fallback = "VeraBd.ttf" if bold else "Vera.ttf"
        path = Path(reportlab.__file__).parent / "fonts" / fallback
    return ImageFont.truetype(str(path), size_px)


def _draw_row(
    draw: ImageDraw.ImageDraw,
    row: Sequence[Cell],
    corner: tuple[int, int],
    width_px: int,
    unit_px: int,
) -> None:
    label_font = _font(False, round(unit_px * 0.8))
    value_font = _font(True, round(unit_px * 1.15))
    left, top = corner
    for cell in row:
        room_px = width_px * cell.span // _COLUMNS
        draw.text((left, top), cell.label, _LABEL, label_font)
        _draw_value(draw, cell.value, (left, top + unit_px), value_font, room_px)
        left += room_px


def _draw_value(
    draw: ImageDraw.ImageDraw,
    text: str,
    corner: tuple[int, int],
    font: _Font,
    room_px: int,
) -> None:
    """Write a value; one that is too long is first set smaller, then cut."""
    room_px -= round(font.size / 2)
    if font.getlength(text) > room_px:
        font = _font(True, max(9, round(font.size * 0.8)))
    while font.getlength(text) > room_px and len(text) > 1:
        text = text.removesuffix(_ELLIPSIS)[:-1].rstrip() + _ELLIPSIS
    draw.text(corner, text, _VALUE, font)


def _place_inset(
    bar: Image.Image, inset: npt.NDArray[np.uint8], frame_px: int, unit_px: int
) -> None:
    room = (frame_px - unit_px, bar.height - unit_px)
    picture = Image.fromarray(np.ascontiguousarray(inset[:, :, ::-1]))
    scale = min(room[0] / picture.width, room[1] / picture.height)
    size = (
        max(1, round(picture.width * scale)),
        max(1, round(picture.height * scale)),
    )
    enlarged = picture.resize(size, Image.Resampling.LANCZOS)
    left = bar.width - frame_px + (frame_px - size[0]) // 2
    bar.paste(enlarged, (left, (bar.height - size[1]) // 2))
