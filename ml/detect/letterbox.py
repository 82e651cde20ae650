"""Fits a picture into a network's input without changing its proportions."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ml.detect.array_picture import ArrayPicture

PAD_GREY = 114
"""The grey that Ultralytics models were trained with as surround."""


@dataclass(frozen=True)
class Letterbox:
    """The map between a picture and the input it was fitted into.

    The picture is scaled by one factor and laid in the middle; sizes are (height,
    width) in pixels.
    """

    image_hw: tuple[int, int]
    input_hw: tuple[int, int]

    @cached_property
    def scale(self) -> float:
        """Input pixels for one pixel of the picture."""
        return min(
            self.input_hw[0] / self.image_hw[0], self.input_hw[1] / self.image_hw[1]
        )

    @cached_property
    def content_hw(self) -> tuple[int, int]:
        """Size of the scaled picture inside the input."""
        height, width = (max(1, round(side * self.scale)) for side in self.image_hw)
        return min(height, self.input_hw[0]), min(width, self.input_hw[1])

    @cached_property
    def offset_yx(self) -> tuple[int, int]:
        """Rows above and columns left of the scaled picture."""
        return (
            (self.input_hw[0] - self.content_hw[0]) // 2,
            (self.input_hw[1] - self.content_hw[1]) // 2,
        )

    def apply(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return `image` (h, w, 3) fitted into (input height, input width, 3)."""
        canvas = np.full((*self.input_hw, 3), PAD_GREY, np.uint8)
        top, left = self.offset_yx
        height, width = self.content_hw
        target = canvas[top : top + height, left : left + width]
        target[:] = ArrayPicture(image).scaled_bgr(width, height)
        return canvas

    def to_image(self, boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Map boxes (n, 4) left, top, right, bottom from the input to the picture.

        They are cut at the picture's edge.
        """
        top, left = self.offset_yx
        height, width = self.image_hw
        scaled = (
            boxes - np.asarray([left, top, left, top], np.float32)
        ) * self._per_axis
        limit = np.asarray([width, height, width, height], np.float32)
        return np.asarray(np.clip(scaled, 0, limit), np.float32)

    def to_input(self, boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Map boxes (n, 4) from the picture to the input."""
        top, left = self.offset_yx
        shift = np.asarray([left, top, left, top], np.float32)
        return (boxes / self._per_axis + shift).astype(np.float32)

    @cached_property
    def _per_axis(self) -> npt.NDArray[np.float32]:
        # The scaled picture has whole pixels, so the axes differ by a hair.
        per_y = self.image_hw[0] / self.content_hw[0]
        per_x = self.image_hw[1] / self.content_hw[1]
        return np.asarray([per_x, per_y, per_x, per_y], np.float32)


def input_size_for(
    image_hw: tuple[int, int], long_side_px: int, stride_px: int = 32
) -> tuple[int, int]:
    """Return the smallest (height, width) that holds a picture at `long_side_px`.

    Both are multiples of the network's stride, so a 16:9 picture at 640 becomes
    384 x 640 instead of 640 x 640.
    """
    scale = long_side_px / max(image_hw)
    height, width = (
        max(stride_px, -(-round(side * scale) // stride_px) * stride_px)
        for side in image_hw
    )
    return height, width
