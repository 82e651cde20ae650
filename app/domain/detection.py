"""What the detector saw in one frame, and what the tracker made of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detections:
    """Boxes of one frame, a row each.

    `boxes_px` (n, 4) float32: left, top, right, bottom in pixels of the full-size
    frame. `scores` (n,) float32 in 0..1. `classes` (n,) int32, VehicleClass numbers.
    """

    boxes_px: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        """Refuse columns of unequal length."""
        count = len(self.scores)
        if self.boxes_px.shape != (count, 4) or self.classes.shape != (count,):
            raise ValueError("boxes, scores and classes must have one row each")

    def __len__(self) -> int:
        """Return the number of boxes."""
        return len(self.scores)

    @classmethod
    def none(cls) -> "Detections":
        """Return the detections of an empty road."""
        return cls(
            boxes_px=np.empty((0, 4), np.float32),
            scores=np.empty(0, np.float32),
            classes=np.empty(0, np.int32),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedBox:
    """One vehicle in one frame.

    `predicted` is true where the tracker guessed and the detector did not see.
    """

    track_id: TrackId
    box: PixelBox
    score: float
    vehicle_class: VehicleClass
    predicted: bool = False


@dataclass(frozen=True, slots=True)
class Tracks:
    """All tracked vehicles of one frame, and the tracks that ended with it."""

    boxes: tuple[TrackedBox, ...]
    ended: tuple[TrackId, ...] = ()

    def __iter__(self) -> Iterator[TrackedBox]:
        """Iterate over the vehicles in the frame."""
        return iter(self.boxes)
