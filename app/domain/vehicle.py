"""The kinds of road user that the product tells apart."""

from enum import IntEnum


class VehicleClass(IntEnum):
    """Detector classes; the number is the column in every bundled model."""

    PERSON = 0
    BICYCLE = 1
    MOTORCYCLE = 2
    CAR = 3
    BUS = 4
    TRUCK = 5

    @property
    def motorised(self) -> bool:
        """Whether a traffic notice can be addressed to it."""
        return self >= VehicleClass.MOTORCYCLE
