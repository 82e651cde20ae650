"""Pixels that are there already, as a picture that scales itself."""

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.frame import ArrayPixels


class ArrayPicture(ArrayPixels):
    """A BGR image of shape (height, width, 3); implements ScalablePicture."""

    def scaled_bgr(self, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        """Return it at this size; the image itself, not a copy, at its own."""
        if (self.height_px, self.width_px) == (height_px, width_px):
            return self.image
        scaled = cv2.resize(
            self.image, (width_px, height_px), interpolation=cv2.INTER_LINEAR
        )
        return np.asarray(scaled, np.uint8)
