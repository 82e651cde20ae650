"""Peruvian number plates: their texts and how they look."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from app.domain.vehicle import VehicleClass

Picture = npt.NDArray[np.uint8]

# 1, I, O and Q are not issued: they are taken for one another.
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_DIGITS = "0123456789"
_TEXTURE_HEIGHT_PX = 160


def make_plate(vehicle_class: VehicleClass, rng: np.random.Generator) -> str:
    """Return a plate text with its hyphen: ABC-123, on motorcycles 1234-AB."""
    if vehicle_class is VehicleClass.MOTORCYCLE:
        return f"{_draw(rng, _DIGITS, 4)}-{_draw(rng, _LETTERS, 2)}"
    middle = _draw(rng, _LETTERS + _DIGITS[2:], 1) + _draw(rng, _LETTERS, 1)
    return f"{_draw(rng, _LETTERS, 1)}{middle}-{_draw(rng, _DIGITS, 3)}"


def _draw(rng: np.random.Generator, alphabet: str, count: int) -> str:
    return "".join(alphabet[int(i)] for i in rng.integers(len(alphabet), size=count))


@lru_cache(maxsize=512)
def plate_texture(text: str, aspect: float) -> Picture:
    """Return the plate's face as a BGR picture of width / height `aspect`."""
    height = _TEXTURE_HEIGHT_PX
    width = round(height * aspect)
    image = Image.new("RGB", (width, height), (244, 244, 240))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        (2, 2, width - 3, height - 3), 10, outline=(25, 25, 25), width=4
    )
    draw.rectangle((12, 10, 30, 26), fill=(200, 30, 40))
    draw.rectangle((30, 10, 44, 26), fill=(240, 240, 240))
    draw.rectangle((44, 10, 62, 26), fill=(200, 30, 40))
    header = _font(22)
    draw.text((width / 2, 19), "PERU", font=header, fill=(20, 20, 20), anchor="mm")
    _main_text(image, text, (10, 38, width - 10, height - 12))
    return cv2.cvtColor(np.array(image, dtype=np.uint8), cv2.COLOR_RGB2BGR).astype(
        np.uint8
    )


def _main_text(image: Image.Image, text: str, area: tuple[int, int, int, int]) -> None:
    """Write `text` as large as `area` (left, top, right, bottom) allows."""
    font = _font(120)
    left, top, right, bottom = font.getbbox(text)
    stencil = Image.new("L", (int(right - left) + 8, int(bottom - top) + 4), 0)
    ImageDraw.Draw(stencil).text((4 - left, 2 - top), text, font=font, fill=255)
    size = (area[2] - area[0], area[3] - area[1])
    stencil = stencil.resize(size, Image.Resampling.LANCZOS)
    image.paste((18, 18, 22), (area[0], area[1]), stencil)


@lru_cache(maxsize=8)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_font_file()), size_px)


def _font_file() -> Path:
    """Bitstream Vera Bold, which the PDF library carries."""
    spec = find_spec("reportlab")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("reportlab, whose fonts the plates are written in")
    return Path(spec.origin).parent / "fonts" / "VeraBd.ttf"
