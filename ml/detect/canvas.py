"""The input of a network, filled in place again and again."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.ports import ScalablePicture
from ml.detect.letterbox import PAD_GREY, Letterbox


@dataclass(slots=True, eq=False)
class Canvas:
    """Pixels (height, width, 3) that a picture is fitted into.

    The surround is painted only when the place of the picture changes, which for one
    camera is never.
    """

    pixels: npt.NDArray[np.uint8]
    _place: tuple[int, int, int, int] | None = field(default=None, init=False)

    @classmethod
    def of_size(cls, input_hw: tuple[int, int]) -> "Canvas":
        """Return a canvas with memory of its own."""
        return cls(np.empty((*input_hw, 3), np.uint8))

    def lay(self, picture: ScalablePicture, letterbox: Letterbox) -> None:
        """Fit the picture in; `letterbox` must be made for this canvas."""
        top, left = letterbox.offset_yx
        height, width = letterbox.content_hw
        place = (top, left, height, width)
        if place != self._place:
            self.pixels.fill(PAD_GREY)
            self._place = place
        target = self.pixels[top : top + height, left : left + width]
        target[:] = picture.scaled_bgr(width, height)
