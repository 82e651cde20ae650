"""Plates that passed; each ordinal is a minute later."""

from datetime import timedelta

from app.domain.ids import CameraId, PlateReadId, TrackId, new_uuid
from app.domain.plate import PlateAlternative, PlateReading, PlateSighting
from app.domain.vehicle import VehicleClass
from tests.builders.infractions import OCCURRED

REASON = "stolen, report 4711"


def sighting(
    camera_id: CameraId, text: str, ordinal: int = 0, *, published: bool = True
) -> PlateSighting:
    """Return a car with this plate, by default read surely."""
    minutes = timedelta(minutes=ordinal)
    guess = PlateAlternative(text=text, probability=0.9 if published else 0.4)
    return PlateSighting(
        id=PlateReadId(new_uuid()),
        camera_id=camera_id,
        track_id=TrackId(ordinal + 1),
        vehicle_class=VehicleClass.CAR,
        seen=OCCURRED.shifted(minutes // timedelta(microseconds=1) * 1000),
        reading=PlateReading(
            text=text if published else None,
            confidence=guess.probability,
            alternatives=(guess,),
            read_count=3,
        ),
    )
