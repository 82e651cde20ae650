"""Whether anything moves in front of a camera, from the brightness alone.

A running average of the scene is the background; a pixel has changed when it differs
from it by more than its own usual noise. A lamp, a cloud or the camera's exposure
changes everything at once and is no motion of the scene, but worth a look all the
same. Cheap enough for every picture: it decides only whether the network looks.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

_WIDTH_PX, _HEIGHT_PX = 320, 180
_CELL_PX = 20
_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """When a pixel and when a cell of 20 x 20 pixels (of 320 x 180) has changed.

    `deviations` counts mean absolute deviations of a pixel at rest (a standard
    deviation of normal noise is 1.25 of them).

    `learning` and `slow_learning` are the shares by which the background follows a
    pixel that is at rest, or has changed: what stays becomes background by and by.
    """

    least_change: float = 7.0
    deviations: float = 5.5
    least_pixels: int = 9
    learning: float = 0.08
    slow_learning: float = 0.008
    first_deviation: float = 2.5


class MotionGate:
    """The background of one camera; one thread."""

    def __init__(self, settings: GateSettings | None = None) -> None:
        """Know nothing: the first picture always counts as motion."""
        self._settings = settings or GateSettings()
        self._background: _Floats | None = None
        self._noise: _Floats = np.empty(0, np.float32)

    def reset(self) -> None:
        """Forget the background: the stream broke off."""
        self._background = None

    def moved(self, luma: npt.NDArray[np.uint8]) -> bool:
        """Take the next picture, shape (height, width) of any size; tell of motion."""
        seen = _small(luma)
        if self._background is None:
            self._background = seen
            self._noise = np.full_like(seen, self._settings.first_deviation)
            return True
        change = np.asarray(cv2.absdiff(seen, self._background), np.float32)
        limit = np.maximum(
            self._noise * np.float32(self._settings.deviations),
            np.float32(self._settings.least_change),
        )
        changed = np.asarray(cv2.compare(change, limit, cv2.CMP_GT))
        self._learn(self._background, seen, change, changed)
        return self._enough(changed)

    def _enough(self, changed: npt.NDArray[np.generic]) -> bool:
        size = (_WIDTH_PX // _CELL_PX, _HEIGHT_PX // _CELL_PX)
        share = cv2.resize(
            np.asarray(changed, np.uint8), size, interpolation=cv2.INTER_AREA
        )
        least = 255 * self._settings.least_pixels / _CELL_PX**2
        return bool(np.max(share) >= least)

    def _learn(
        self,
        background: _Floats,
        seen: _Floats,
        change: _Floats,
        changed: npt.NDArray[np.generic],
    ) -> None:
        mask = np.asarray(changed, np.uint8)
        settings = self._settings
        cv2.accumulateWeighted(seen, background, settings.slow_learning, mask)
        cv2.accumulateWeighted(change, self._noise, settings.slow_learning, mask)
        still = cv2.bitwise_not(mask)
        cv2.accumulateWeighted(seen, background, settings.learning, still)
        cv2.accumulateWeighted(change, self._noise, settings.learning, still)


def _small(luma: npt.NDArray[np.uint8]) -> _Floats:
    # Of a large picture every second or third pixel says enough.
    step = max(1, luma.shape[1] // (2 * _WIDTH_PX))
    size = (_WIDTH_PX, _HEIGHT_PX)
    small = cv2.resize(luma[::step, ::step], size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
