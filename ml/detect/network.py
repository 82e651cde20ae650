"""What a library or server that runs networks is to the detector."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ml.detect.canvas import Canvas

Output = npt.NDArray[np.float32]
"""The first output of a network for one picture: (4 + class count, n)."""


class Slot(Protocol):
    """One input of a network, used again and again, by one picture at a time."""

    @property
    def canvas(self) -> Canvas:
        """Where the picture is laid."""
        ...


class Network(Protocol):
    """Runs one YOLO network over canvases of BGR bytes.

    One thread calls `slot` and `begin`, the detector's workers call `finish`. Errors
    of `finish` belong to the pictures given to it and to no others.
    """

    @property
    def device(self) -> str:
        """Where it runs: "openvino:cpu", "cuda:0", "triton:host"."""
        ...

    @property
    def fixed_input_hw(self) -> tuple[int, int] | None:
        """(height, width) the network insists on, None when it takes any."""
        ...

    @property
    def parallel(self) -> int:
        """How many pictures are worth having under way; right after `slot`."""
        ...

    @property
    def worker_count(self) -> int:
        """How many threads should wait for results."""
        ...

    @property
    def batch_limit(self) -> int:
        """How many pictures of one size `finish` takes at once."""
        ...

    def labels(self) -> dict[int, str]:
        """Return the class names; raises ModelMissing when it does not say them."""
        ...

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        """Return a new input of this size, (height, width) in pixels."""
        ...

    def begin(self, slot: Slot) -> None:
        """Start on a canvas that has just been filled, where that can be done early."""
        ...

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        """Return the outputs; they are valid until their slots are begun again."""
        ...

    def abandon(self, slot: Slot) -> None:
        """Bring a slot to rest that may have begun and is not finished."""
        ...

    def interrupt(self) -> None:
        """Make calls of `finish` return or fail soon: `close` comes next."""
        ...

    def close(self) -> None:
        """Give everything back; all slots are at rest when this is called."""
        ...
