"""Which lamp of a signal head is lit, from its picture.

A lit lamp outshines the other two and its own dark lens, and glows in its colour or
is burnt out to white with a halo of it. By day the sun lights all three lenses alike,
so that the lead over the others decides; at night the dark lenses are black. Where
the lead is small the phase is UNKNOWN: nobody is charged by guess.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from app.config.camera import LampHead
from app.domain.frame import Frame, Pixels
from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase, LampReading

Levels = npt.NDArray[np.float64]
"""Red, amber, green, each 0..1."""

LEAST_CONTRAST = 0.25
"""Least lead of the lit lamp over the next, as a part of its own score."""

_LEAST_LIGHT = 0.12
_WASHED_OUT = 0.92
_BURNT_OUT = 0.97
_LEAST_COLOUR = 0.12
_BRIGHTEST_PART = 0.4
_LEAST_LEAD = 0.08
_LEAST_LEAD_PART = 0.3
_BLACK = 0.02
_LEARNING = 0.05
_SIDE_PX = 16

_PHASES = (LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN)
_HUES = ((0, 14, 166, 180), (12, 34, 12, 34), (38, 100, 38, 100))
"""OpenCV hue ranges (0..180) of red, amber and green lenses; red wraps around."""


class LampReader:
    """Reads one signal head; keeps the dark level of each lens between frames."""

    def __init__(self, head: LampHead, width_px: int, height_px: int) -> None:
        """Take the head's boxes, in pixels of a picture of the given size."""
        self._boxes = (head.red, head.amber, head.green)
        self._size_px = (width_px, height_px)
        self._dark: Levels | None = None

    def reset(self) -> None:
        """Forget the dark levels: the picture may have changed."""
        self._dark = None

    def read(self, frame: Frame) -> LampReading:
        """Return the phase in this one frame, without regard to earlier phases."""
        phase, contrast = self._judge(frame.pixels)
        return LampReading(phase=phase, contrast=contrast, time=frame.time)

    def _judge(self, pixels: Pixels) -> tuple[LampPhase, float]:
        discs = [_disc(pixels, box, self._size_px) for box in self._boxes]
        whole = [disc for disc in discs if disc is not None]
        if len(whole) < len(discs):
            return LampPhase.UNKNOWN, 0.0
        looks = [_look(disc, hues) for disc, hues in zip(whole, _HUES, strict=True)]
        light = np.array([brightness for brightness, _ in looks])
        colour = np.array([share for _, share in looks])
        lead = light - self._unlit(light)
        phase, contrast = _decide(light, colour, lead)
        if phase is not LampPhase.UNKNOWN:
            self._learn(light, _PHASES.index(phase))
        return phase, contrast

    def _unlit(self, light: Levels) -> Levels:
        """Return how bright each lens would be unlit in the light of this frame.

        Two of three lenses are unlit, so the middle one of the three ratios to the
        known dark levels tells by how much daylight has changed.
        """
        if self._dark is None:
            return np.full(3, _middle(light))
        return self._dark * _middle(light / self._dark)

    def _learn(self, light: Levels, lit: int) -> None:
        """Follow the dark levels of the two lenses that are not lit."""
        seen = np.maximum(light, _BLACK)
        if self._dark is None:
            self._dark = np.full(3, float(np.delete(seen, lit).mean()))
        unlit = np.arange(3) != lit
        # The lit lens is known by its neighbours alone until it is dark itself.
        self._dark[unlit] += _LEARNING * (seen - self._dark)[unlit]


def _middle(levels: Levels) -> float:
    return float(np.sort(levels)[1])


def _decide(light: Levels, colour: Levels, lead: Levels) -> tuple[LampPhase, float]:
    scores = np.maximum(lead, 0.0) * (0.4 + 0.6 * colour)
    first, second = np.argsort(scores)[::-1][:2]
    best = float(scores[first])
    contrast = (best - float(scores[second])) / best if best > 0 else 0.0
    told = (
        light.min() < _WASHED_OUT
        and light[first] > _LEAST_LIGHT
        and lead[first] > max(_LEAST_LEAD, _LEAST_LEAD_PART * float(light.min()))
        and contrast >= LEAST_CONTRAST
        and (colour[first] > _LEAST_COLOUR or light[first] > _BURNT_OUT)
    )
    return (_PHASES[first] if told else LampPhase.UNKNOWN), contrast


def _disc(
    pixels: Pixels, box: PixelBox, size_px: tuple[int, int]
) -> npt.NDArray[np.uint8] | None:
    """Cut a lamp out of a picture of any size; None where it is outside."""
    height, width = pixels.height_px, pixels.width_px
    across, down = width / size_px[0], height / size_px[1]
    left, right = round(box.left_px * across), round(box.right_px * across)
    top, bottom = round(box.top_px * down), round(box.bottom_px * down)
    if left < 0 or top < 0 or right > width or bottom > height:
        return None
    if right - left < 2 or bottom - top < 2:
        return None
    cut = pixels.cut(left, top, right, bottom)
    if max(cut.shape[:2]) > _SIDE_PX:
        small = cv2.resize(cut, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)
    return np.ascontiguousarray(cut)


def _look(
    disc: npt.NDArray[np.uint8], hues: tuple[int, int, int, int]
) -> tuple[float, float]:
    """Return brightness 0..1 of the brightest part, and the share in its colour."""
    pixels = cv2.cvtColor(disc, cv2.COLOR_BGR2HSV)[_ellipse(disc.shape[:2])]
    hue, saturation, value = (pixels[:, i].astype(np.float64) for i in range(3))
    count = max(1, round(len(value) * _BRIGHTEST_PART))
    brightness = float(np.sort(value)[-count:].mean()) / 255
    low, high, low_again, high_again = hues
    hit = ((low <= hue) & (hue <= high)) | ((low_again <= hue) & (hue <= high_again))
    strong = hit * np.minimum(saturation / 140, 1.0) * (value / 255)
    return brightness, float(strong.sum() / max((value / 255).sum(), 1e-9))


@cache
def _ellipse(shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    rows = np.linspace(-1, 1, shape[0])[:, None]
    columns = np.linspace(-1, 1, shape[1])[None, :]
    return np.asarray(rows**2 + columns**2 <= 1.0, np.bool_)
