"""Which lamp of a signal head is lit, from its picture.

A lit lamp outshines the other two and its own dark lens, and glows in its colour or
is burnt out to white with a halo of it. By day the sun lights all three lenses alike,
so that the lead over the others decides; at night the dark lenses are black. Where
the lead is small the phase is UNKNOWN: nobody is charged by guess.
"""

import cv2
import numpy as np
import numpy.typing as npt

from app.config.camera import LampHead
from app.domain.frame import Frame
from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase, LampReading

LEAST_CONTRAST = 0.25
"""Least lead of the lit lamp over the next, as a part of its own score."""

_LEAST_LIGHT = 0.12
_WASHED_OUT = 0.92
_BURNT_OUT = 0.97
_LEAST_COLOUR = 0.12
_BRIGHTEST_PART = 0.4
_DARK_RISE = 0.02
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
        self._dark: npt.NDArray[np.float64] | None = None

    def reset(self) -> None:
        """Forget the dark levels: the picture may have changed."""
        self._dark = None

    def read(self, frame: Frame) -> LampReading:
        """Return the phase in this one frame, without regard to earlier phases."""
        phase, contrast = self._judge(frame.image)
        return LampReading(phase=phase, contrast=contrast, time=frame.time)

    def _judge(self, image: npt.NDArray[np.uint8]) -> tuple[LampPhase, float]:
        discs = [_disc(image, box, self._size_px) for box in self._boxes]
        if any(disc is None for disc in discs):
            return LampPhase.UNKNOWN, 0.0
        looks = [
            _look(d, h) for d, h in zip(discs, _HUES, strict=True) if d is not None
        ]
        light = np.array([brightness for brightness, _ in looks])
        colour = np.array([share for _, share in looks])
        scores = self._excess(light) * (0.4 + 0.6 * colour)
        return _decide(light, colour, scores)

    def _excess(self, light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the light above each lens's own dark level, and learn that level."""
        dimmest = float(light.min())
        if self._dark is None:
            self._dark = np.full(3, dimmest)
        # A lens is never taken to be darker than half the dimmest one: an eclipse of
        # one lamp must not make the sunlit rest look lit.
        self._dark = np.minimum(self._dark + _DARK_RISE * (light - self._dark), light)
        floor = np.clip(self._dark, 0.5 * dimmest, dimmest)
        return np.asarray(np.maximum(light - floor, 0.0), np.float64)


def _decide(
    light: npt.NDArray[np.float64],
    colour: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
) -> tuple[LampPhase, float]:
    first, second = np.argsort(scores)[::-1][:2]
    best = float(scores[first])
    contrast = (best - float(scores[second])) / best if best > 0 else 0.0
    told = (
        light.min() < _WASHED_OUT
        and light[first] > _LEAST_LIGHT
        and best > _LEAST_LIGHT / 2
        and contrast >= LEAST_CONTRAST
        and (colour[first] > _LEAST_COLOUR or light[first] > _BURNT_OUT)
    )
    return (_PHASES[first] if told else LampPhase.UNKNOWN), contrast


def _disc(
    image: npt.NDArray[np.uint8], box: PixelBox, size_px: tuple[int, int]
) -> npt.NDArray[np.uint8] | None:
    """Cut a lamp out of a picture of any size; None where it is outside."""
    height, width = image.shape[:2]
    across, down = width / size_px[0], height / size_px[1]
    left, right = round(box.left_px * across), round(box.right_px * across)
    top, bottom = round(box.top_px * down), round(box.bottom_px * down)
    if left < 0 or top < 0 or right > width or bottom > height:
        return None
    if right - left < 2 or bottom - top < 2:
        return None
    cut = image[top:bottom, left:right]
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


def _ellipse(shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    rows = np.linspace(-1, 1, shape[0])[:, None]
    columns = np.linspace(-1, 1, shape[1])[None, :]
    return np.asarray(rows**2 + columns**2 <= 1.0, np.bool_)
