"""Endless pictures of plates with their texts, for a recogniser to learn from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ml.plate.grammar import ALPHABET
from ml.plate.recogniser import fitted
from ml.train.plates.draw import draw_plate
from ml.train.plates.layout import (
    Layout,
    draw_layout,
    draw_text,
    lines_of,
    load_layouts,
)
from ml.train.plates.network import INPUT_HW
from ml.train.plates.wear import Wear, pictured, worn

Picture = npt.NDArray[np.uint8]
Targets = npt.NDArray[np.int64]

MOST_SIGNS = 9
NOTHING = 0
"""Fills up the texts of a batch; it is the blank of CTC."""
_BAND = 0.4
"""How many plates of one line are shown about their signs only."""
_EASY = Wear(strength=0.3, least_height_px=18)
_REAL = Wear(strength=0.5, least_height_px=14, most_height_px=90)


@dataclass(frozen=True, slots=True)
class RealPlate:
    """A plate that people read: its crop, with a margin around it, and its text."""

    crop: Picture
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """What pictures are made of; `real_share` of them are real ones, worn a little."""

    fonts: tuple[Path, ...]
    real: tuple[RealPlate, ...] = ()
    real_share: float = 0.1
    layouts: tuple[Layout, ...] = field(default_factory=load_layouts)


def batches(
    material: Material, size: int, seed: tuple[int, ...]
) -> Iterator[tuple[Picture, Targets]]:
    """Yield (size, height, width, 3) BGR pictures and their signs for ever.

    The signs are (size, MOST_SIGNS) numbers from 1, filled up with `NOTHING`.
    """
    rng = np.random.default_rng(seed)
    while True:
        pictures = np.empty((size, *INPUT_HW, 3), np.uint8)
        targets = np.zeros((size, MOST_SIGNS), np.int64)
        for row in range(size):
            crop, text = sample(material, rng)
            pictures[row] = fitted(crop, INPUT_HW)
            targets[row, : len(text)] = [1 + ALPHABET.index(sign) for sign in text]
        yield pictures, targets


def sample(material: Material, rng: np.random.Generator) -> tuple[Picture, str]:
    """Return one BGR crop and its text without marks; of two lines, one."""
    if material.real and rng.random() < material.real_share:
        real = material.real[int(rng.integers(len(material.real)))]
        return _real_crop(real, rng), real.text
    layout = draw_layout(material.layouts, rng)
    text = draw_text(layout, rng)
    font = material.fonts[int(rng.integers(len(material.fonts)))]
    plate = draw_plate(layout, text, font, rng)
    wear = _EASY if rng.random() < 0.25 else Wear()
    rows = lines_of(layout, text)
    if len(rows) == 1:
        shown = _band(layout, rng) if rng.random() < _BAND else (0.0, 1.0)
        return worn(plate, rng, wear, shown), text.replace("-", "")
    crop = worn(plate, rng, wear)
    # The reader cuts a plate of two lines in the middle.
    lower, middle = int(rng.integers(2)), crop.shape[0] // 2
    half = crop[middle:] if lower else crop[:middle]
    return half, rows[lower].replace("-", "")


def _band(layout: Layout, rng: np.random.Generator) -> tuple[float, float]:
    """Return the rows of a plate about its signs, without most of the small words."""
    above, below = rng.uniform(0.4, 1.0, 2)
    return layout.band[0] * above, 1 - (1 - layout.band[1]) * below


def _real_crop(real: RealPlate, rng: np.random.Generator) -> Picture:
    """Return a real plate, cut and turned a little differently each time."""
    height, width = real.crop.shape[:2]
    cut = rng.uniform(0, 0.09, 4)
    crop = real.crop[
        round(cut[0] * height) : height - round(cut[1] * height),
        round(cut[2] * width * 0.6) : width - round(cut[3] * width * 0.6),
    ]
    centre = (crop.shape[1] / 2, crop.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(centre, rng.normal(0, 3), 1.0)
    turn[0, 1] += rng.normal(0, 0.06)
    size = (crop.shape[1], crop.shape[0])
    turned = cv2.warpAffine(crop, turn, size, borderMode=cv2.BORDER_REPLICATE)
    gamma = float(np.exp(rng.normal(0, 0.3)))
    lit = 255 * (np.asarray(turned, np.float32) / 255) ** gamma
    return pictured(np.clip(lit, 0, 255).astype(np.uint8), rng, _REAL)
