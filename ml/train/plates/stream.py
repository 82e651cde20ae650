"""Endless pictures of plates with their texts, for a recogniser to learn from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ml.plate.slots import INPUT_HW, SLOTS, encoded, prepared
from ml.train.plates.draw import draw_plate
from ml.train.plates.layout import draw_layout, draw_text, load_layouts
from ml.train.plates.wear import Wear, pictured, worn

Picture = npt.NDArray[np.uint8]
Targets = npt.NDArray[np.int64]

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


def batches(
    material: Material, size: int, seed: tuple[int, ...]
) -> Iterator[tuple[Picture, Targets]]:
    """Yield (size, 1, height, width) grey pictures and (size, SLOTS) signs for ever."""
    rng = np.random.default_rng(seed)
    while True:
        pictures = np.empty((size, 1, *INPUT_HW), np.uint8)
        targets = np.empty((size, SLOTS), np.int64)
        for row in range(size):
            crop, text = sample(material, rng)
            pictures[row, 0] = prepared(crop)
            targets[row] = encoded(text)
        yield pictures, targets


def sample(material: Material, rng: np.random.Generator) -> tuple[Picture, str]:
    """Return one BGR crop and the text without marks."""
    if material.real and rng.random() < material.real_share:
        real = material.real[int(rng.integers(len(material.real)))]
        return _real_crop(real, rng), real.text
    layout = draw_layout(load_layouts(), rng)
    text = draw_text(layout, rng)
    font = material.fonts[int(rng.integers(len(material.fonts)))]
    plate = draw_plate(layout, text, font, rng)
    wear = _EASY if rng.random() < 0.25 else Wear()
    return worn(plate, rng, wear), text.replace("-", "")


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
