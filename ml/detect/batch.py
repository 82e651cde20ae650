"""Canvases of their own for networks that take several pictures at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.detect.canvas import Canvas
from ml.detect.network import Slot


@dataclass(frozen=True, slots=True, eq=False)
class HostSlot:
    """An input in ordinary memory."""

    canvas: Canvas


def host_slot(input_hw: tuple[int, int]) -> HostSlot:
    """Return a new input of this size, (height, width) in pixels."""
    return HostSlot(Canvas.of_size(input_hw))


def stacked(slots: Sequence[Slot]) -> npt.NDArray[np.uint8]:
    """Return the pictures as one array (n, height, width, 3) BGR, a copy."""
    return np.stack([slot.canvas.pixels for slot in slots])


def planes(slots: Sequence[Slot]) -> npt.NDArray[np.float32]:
    """Return the pictures as networks want them: (n, 3, height, width) RGB, 0..1."""
    rgb = stacked(slots)[..., ::-1].transpose(0, 3, 1, 2)
    return np.multiply(rgb, np.float32(1 / 255), dtype=np.float32, order="C")
