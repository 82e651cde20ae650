"""One decoded picture with its times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.domain.clock import CaptureTime
from app.domain.ids import CameraId


class Pixels(Protocol):
    """What a picture shows, turned into bytes only where somebody looks.

    Its own size may be smaller than the frame's: a second, smaller stream shows the
    same scene.
    """

    @property
    def width_px(self) -> int:
        """Columns that there are."""
        ...

    @property
    def height_px(self) -> int:
        """Rows that there are."""
        ...

    def cut(
        self, left_px: int, top_px: int, right_px: int, bottom_px: int
    ) -> npt.NDArray[np.uint8]:
        """Return a part inside the picture, shape (bottom-top, right-left, 3), BGR."""
        ...

    def whole(self) -> npt.NDArray[np.uint8]:
        """Return everything, shape (height, width, 3), BGR, read-only."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ArrayPixels:
    """A picture that is bytes already: shape (height, width, 3), BGR."""

    image: npt.NDArray[np.uint8]

    @property
    def width_px(self) -> int:
        """Columns."""
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        """Rows."""
        return int(self.image.shape[0])

    def cut(
        self, left_px: int, top_px: int, right_px: int, bottom_px: int
    ) -> npt.NDArray[np.uint8]:
        """Return a view of the part."""
        return self.image[top_px:bottom_px, left_px:right_px]

    def whole(self) -> npt.NDArray[np.uint8]:
        """Return the picture itself."""
        return self.image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A picture, in whose pixels all boxes of this moment are given.

    `width_px` x `height_px` is the camera's full-size picture, whatever the size of
    `pixels`. `sequence` counts the frames decoded from this camera since the engine
    started; a gap in it is a frame that was dropped on purpose. `larger` gives the
    full-size picture where `pixels` are those of a smaller stream, else it is None.
    """

    camera_id: CameraId
    sequence: int
    time: CaptureTime
    pixels: Pixels
    width_px: int
    height_px: int
    larger: Callable[[], npt.NDArray[np.uint8] | None] | None = None

    def full_size(self) -> npt.NDArray[np.uint8] | None:
        """Return the full-size picture of this moment, BGR; None where it is lost.

        It may have to be decoded first, which takes a while.
        """
        return self.pixels.whole() if self.larger is None else self.larger()

    @classmethod
    def of_image(
        cls,
        camera_id: CameraId,
        sequence: int,
        time: CaptureTime,
        image: npt.NDArray[np.uint8],
    ) -> "Frame":
        """Return the frame of a picture of shape (height, width, 3), BGR."""
        pixels = ArrayPixels(image)
        return cls(
            camera_id=camera_id,
            sequence=sequence,
            time=time,
            pixels=pixels,
            width_px=pixels.width_px,
            height_px=pixels.height_px,
        )
