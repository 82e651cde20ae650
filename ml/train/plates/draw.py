"""Draws clean number plates of every layout, with many typefaces."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from app.domain.errors import ConfigurationInvalid
from ml.train.plates.layout import Layout, lines_of

Picture = npt.NDArray[np.uint8]

HEIGHT_PX = 72
_GLYPH_PX = 54
EMBLEM = "@"
"""The mark of `Layout.marks` that stands for a picture between the signs."""
_EMBOSSED = 0.35
"""How many plates show the light and shadow of pressed signs, 0..1."""
_FONT_SUFFIXES = frozenset({".ttf", ".otf", ".woff"})


def fonts_in(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the font files below the folders that have all signs of a plate.

    Raises ConfigurationInvalid when there is none.
    """
    found = sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in _FONT_SUFFIXES
    )
    fonts = tuple(path for path in found if _writes_plates(path))
    if not fonts:
        raise ConfigurationInvalid(
            "There is no typeface in " + ", ".join(map(str, folders)) + ". "
            "Give a folder with .ttf, .otf or .woff files."
        )
    return fonts


def draw_plate(
    layout: Layout, text: str, font: Path, rng: np.random.Generator
) -> Picture:
    """Return a clean BGR plate of `HEIGHT_PX`, as wide as the layout says."""
    aspect = rng.uniform(*layout.aspect)
    size = (round(HEIGHT_PX * aspect), HEIGHT_PX)
    odds = np.array([colour[2] for colour in layout.colours])
    back, ink, _ = layout.colours[int(rng.choice(len(odds), p=odds / odds.sum()))]
    image = Image.new("RGB", size, _varied(back, rng))
    if rng.random() < layout.scenery:
        image = _with_scenery(image, rng)
    pen = ImageDraw.Draw(image)
    _strips(pen, layout, size, font, rng)
    _small_print(pen, layout, size, font, rng)
    _beside(image, layout, rng)
    _rim(pen, size, ink, rng)
    _signs(image, layout, text, font, _varied(ink, rng), rng)
    return cv2.cvtColor(np.asarray(image, np.uint8), cv2.COLOR_RGB2BGR).astype(np.uint8)


def _signs(
    image: Image.Image,
    layout: Layout,
    text: str,
    font: Path,
    ink: tuple[int, int, int],
    rng: np.random.Generator,
) -> None:
    rows = lines_of(layout, text)
    width, height = image.size
    top, bottom = (height * share for share in layout.band)
    left, right = (width * share for share in layout.inset)
    pitch = (bottom - top) / len(rows)
    gap = float(rng.uniform(0.02, 0.2))
    mark = layout.marks[int(rng.integers(len(layout.marks)))]
    grow = rng.uniform(*layout.fill), rng.uniform(0.8, 1.0)
    for number, row in enumerate(rows):
        parts = _parts(row, font, mark, rng)
        pad = round(_GLYPH_PX * gap)
        stencil, pictures = _row(parts, pad, row, mark), None
        if mark == EMBLEM and "-" in row:
            pictures = _row(parts, pad, row, mark, pictures=True)
        # Short lines of two-line plates are not stretched to the whole width.
        share = min(1.0, len(row) / max(len(other) for other in rows) + 0.15)
        box = (
            max(8, round((right - left) * grow[0] * share)),
            max(8, round(pitch * 0.92 * grow[1])),
        )
        stencil = stencil.resize(box, Image.Resampling.BILINEAR)
        x = round((left + right - box[0]) / 2)
        y = round(top + pitch * number + (pitch - box[1]) / 2)
        if rng.random() < _EMBOSSED:
            _emboss(image, stencil, (x, y), rng)
        image.paste(ink, (x, y), stencil)
        if pictures is not None:
            colour = tuple(int(v) for v in rng.integers(20, 235, 3))
            pictures = pictures.resize(box, Image.Resampling.BILINEAR)
            image.paste(colour, (x, y), pictures)


def _emboss(
    image: Image.Image,
    stencil: Image.Image,
    at: tuple[int, int],
    rng: np.random.Generator,
) -> None:
    """Draw the light and the shadow of pressed signs around where they will stand."""
    away = int(rng.choice([-2, -1, 1, 2]))
    for tone, step in ((245, -away), (30, away)):
        image.paste((tone,) * 3, (at[0] + step, at[1] + step), stencil)


def _with_scenery(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return the plate with a picture printed on it: fields of colour, soft or hard."""
    width, height = image.size
    cells = rng.uniform(0, 255, (int(rng.integers(2, 6)), int(rng.integers(2, 9)), 3))
    how = (cv2.INTER_CUBIC, cv2.INTER_NEAREST, cv2.INTER_LINEAR)[int(rng.integers(3))]
    fields = cv2.resize(cells.astype(np.float32), (width, height), interpolation=how)
    share = rng.uniform(0.05, 0.45) * _where(height, width, rng)[..., None]
    mixed = np.asarray(image, np.float32) * (1 - share) + fields * share
    return Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8))


def _where(
    height: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return how much of the printed picture shows, (height, width) of 0..1."""
    slope_x, slope_y = rng.normal(0, 1, 2)
    x = np.linspace(-1, 1, width)[None, :] * slope_x
    y = np.linspace(-1, 1, height)[:, None] * slope_y
    return np.asarray(np.clip(0.6 + x + y, 0, 1), np.float64)


def _parts(
    row: str, font: Path, mark: str, rng: np.random.Generator
) -> list[Image.Image]:
    """Return the masks of the signs of a line, of its marks and of its blanks."""
    bolder = int(rng.integers(3))
    parts = []
    for sign in row.replace("-", mark):
        if sign == " ":
            parts.append(Image.new("L", (round(_GLYPH_PX * 0.3), 1), 0))
        elif sign == EMBLEM:
            parts.append(_emblem(rng))
        else:
            parts.append(_glyph(font, sign, bolder))
    return parts


def _row(
    parts: Sequence[Image.Image],
    pad: int,
    row: str,
    mark: str,
    *,
    pictures: bool = False,
) -> Image.Image:
    """Return a mask of one line, whose signs are each as high as the others.

    `pictures`: of what stands between the signs in another colour, else of the signs.
    """
    width = sum(part.width + pad for part in parts) + pad
    line, x = Image.new("L", (max(width, 1), _GLYPH_PX), 0), pad
    for sign, part in zip(row, parts, strict=True):
        if (sign == "-" and mark == EMBLEM) is pictures:
            line.paste(part, (x, (_GLYPH_PX - part.height) // 2))
        x += part.width + pad
    return line


def _emblem(rng: np.random.Generator) -> Image.Image:
    """Return the mask of a coat of arms or a picture between the signs: any blot."""
    width, height = (int(side) for side in rng.uniform(0.22, 1.0, 2) * _GLYPH_PX)
    blot = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 5))):
        corners = rng.uniform(0, 1, (int(rng.integers(3, 8)), 2)) * (width, height)
        tone = int(rng.integers(130, 256))
        cv2.fillPoly(blot, [corners.astype(np.int32)], tone)
    soft = cv2.GaussianBlur(blot, (0, 0), float(rng.uniform(0.5, 3)))
    return Image.fromarray(np.asarray(soft, np.uint8))


@lru_cache(maxsize=20_000)
def _glyph(font: Path, sign: str, bolder: int) -> Image.Image:
    """Return the mask of one sign; letters and digits fill the height."""
    face = _face(font, _GLYPH_PX)
    left, top, right, bottom = face.getbbox(sign)
    size = (max(1, int(right - left)), max(1, int(bottom - top)))
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).text((-left, -top), sign, font=face, fill=255)
    if bolder:
        kernel = np.ones((1 + bolder * 2, 1 + bolder * 2), np.uint8)
        framed = cv2.copyMakeBorder(
            np.asarray(mask), *(bolder,) * 4, cv2.BORDER_CONSTANT
        )
        mask = Image.fromarray(cv2.dilate(framed, kernel))
    if not sign.isalnum():
        return mask
    return mask.resize((max(4, round(mask.width * _GLYPH_PX / mask.height)), _GLYPH_PX))


def _small_print(
    pen: ImageDraw.ImageDraw,
    layout: Layout,
    size: tuple[int, int],
    font: Path,
    rng: np.random.Generator,
) -> None:
    width, height = size
    if layout.header is not None:
        pen.rectangle((0, 0, width, height * 0.24), fill=_varied(layout.header, rng))
    dark = tuple(int(v) for v in rng.integers(0, 90, 3))
    ink = (245, 245, 245) if layout.header is not None else dark
    places = (
        (layout.above, layout.band[0] / 2),
        (layout.below, (1 + layout.band[1]) / 2),
    )
    for words, at in places:
        if not words or rng.random() < 0.1:
            continue
        word = words[int(rng.integers(len(words)))]
        room = height * (
            layout.band[0] if words is layout.above else 1 - layout.band[1]
        )
        face = _face(font, max(6, int(room * rng.uniform(0.5, 0.85))))
        pen.text((width / 2, height * at), word, font=face, fill=ink, anchor="mm")


def _strips(
    pen: ImageDraw.ImageDraw,
    layout: Layout,
    size: tuple[int, int],
    font: Path,
    rng: np.random.Generator,
) -> None:
    """Draw the coloured ends of European plates, and the country that stands there."""
    width, height = size
    wide = width * rng.uniform(0.07, 0.1)
    for colour, left in ((layout.strip, 0.0), (layout.right_strip, width - wide)):
        if colour is None or rng.random() > 0.85:
            continue
        pen.rectangle((left, 0, left + wide, height), fill=_varied(colour, rng))
        if not layout.strip_words or rng.random() < 0.2:
            continue
        word = layout.strip_words[int(rng.integers(len(layout.strip_words)))]
        face = _face(
            font, max(6, int(wide * rng.uniform(0.5, 0.95) / len(word) ** 0.5))
        )
        at = (left + wide / 2, height * rng.uniform(0.68, 0.85))
        pen.text(at, word, font=face, fill=(240, 240, 240), anchor="mm")
        radius = wide * rng.uniform(0.2, 0.35)
        x, y = left + wide / 2, height * 0.3
        ring = (x - radius, y - radius, x + radius, y + radius)
        pen.ellipse(ring, outline=(225, 205, 60), width=max(1, round(wide * 0.08)))


def _beside(image: Image.Image, layout: Layout, rng: np.random.Generator) -> None:
    """Draw the picture beside the signs, and the stickers in the upper corners."""
    width, height = image.size
    if layout.picture_at is not None:
        left, right = (round(width * share) for share in layout.picture_at)
        for _ in range(int(rng.integers(1, 4))):
            blot = _emblem(rng).resize((right - left, round(height * 0.6)))
            colour = tuple(int(v) for v in rng.integers(20, 235, 3))
            image.paste(colour, (left, round(height * rng.uniform(0.1, 0.35))), blot)
    pen = ImageDraw.Draw(image)
    for corner in (0.03, 0.82):
        if rng.random() < layout.stickers:
            x, y = width * rng.uniform(corner, corner + 0.04), height * 0.05
            side = width * rng.uniform(0.06, 0.12), height * rng.uniform(0.1, 0.16)
            colour = tuple(int(v) for v in rng.integers(20, 255, 3))
            pen.rectangle((x, y, x + side[0], y + side[1]), fill=colour)


def _rim(
    pen: ImageDraw.ImageDraw,
    size: tuple[int, int],
    ink: str,
    rng: np.random.Generator,
) -> None:
    width, height = size
    if rng.random() < 0.6:
        box = (1, 1, width - 2, height - 2)
        pen.rounded_rectangle(
            box, 6, outline=_varied(ink, rng), width=int(rng.integers(1, 4))
        )
    for _ in range(int(rng.integers(0, 5))):
        x, y = rng.uniform(0.05, 0.95) * width, rng.choice([0.1, 0.9]) * height
        radius = rng.uniform(1.5, 4)
        grey = int(rng.integers(40, 200))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(grey,) * 3)
    if rng.random() < 0.12:
        # A sticker or seal between the signs.
        x, y = rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height
        radius = rng.uniform(4, 9)
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _varied(colour: str, rng: np.random.Generator) -> tuple[int, int, int]:
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    noisy = np.clip(np.array(channels) + rng.normal(0, 10, 3), 0, 255)
    return int(noisy[0]), int(noisy[1]), int(noisy[2])


@lru_cache(maxsize=4000)
def _face(font: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font), size_px)


def _writes_plates(font: Path) -> bool:
    """Tell whether the font has distinct signs for letters and digits."""
    try:
        face = _face(font, 32)
        shapes = {bytes(face.getmask(sign)) for sign in "ABEHKMNPRTXY0123456789"}
    except OSError:
        return False
    return len(shapes) == len("ABEHKMNPRTXY0123456789")
