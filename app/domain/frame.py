"""One decoded picture with its times."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.ids import CameraId


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A full-size picture.

    `image` has shape (height, width, 3), channels blue, green, red, and is never
    written to. `sequence` counts the frames decoded from this camera since the
    engine started; a gap in it is a frame that was dropped on purpose.
    """

    camera_id: CameraId
    sequence: int
    time: CaptureTime
    image: npt.NDArray[np.uint8]

    @property
    def width_px(self) -> int:
        """Width in pixels."""
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        """Height in pixels."""
        return int(self.image.shape[0])
