"""A plate reader that knows where the plate is, and what it says in each frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.plate import PlateReading
from app.ports import PlateRead
from tests.builders.video import number_of


@dataclass(frozen=True, slots=True)
class FixedRead:
    """One read."""

    text: str
    confidence: float
    box: PixelBox


@dataclass(slots=True)
class FixedPlateReader:
    """Reads what `reads` says for the frame number drawn in the picture."""

    reads: Mapping[int, tuple[str, float]]
    asked: list[int] = field(default_factory=list)
    parked: PixelBox | None = None
    """Where the plate lies, whatever moves before it."""

    def read(self, image: npt.NDArray[np.uint8], vehicle: PixelBox) -> PlateRead | None:
        """Return a read of a plate in the middle of the vehicle."""
        number = number_of(image)
        self.asked.append(number)
        if number not in self.reads:
            return None
        middle_x = (vehicle.left_px + vehicle.right_px) / 2
        box = PixelBox(
            middle_x - 20, vehicle.bottom_px - 14, middle_x + 20, vehicle.bottom_px - 4
        )
        return FixedRead(*self.reads[number], self.parked or box)

    def vote(self, reads: Sequence[PlateRead]) -> PlateReading:
        """Return the first read."""
        if not reads:
            return PlateReading.unread()
        return PlateReading(text=reads[0].text, confidence=reads[0].confidence)
