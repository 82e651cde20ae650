"""A plate belongs to one vehicle, whatever becomes of its camera."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import ArrayPixels, Frame
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, TrackId, new_uuid
from app.domain.plate import PlateReading
from app.domain.vehicle import VehicleClass
from app.runtime.plate_desk import PlateDesk
from tests.builders.moments import moment
from tests.builders.video import picture
from tests.fakes.plate_reader import FixedPlateReader

CAMERA = CameraId(new_uuid())
FIRST = Tracks(
    (
        TrackedBox(
            track_id=TrackId(1),
            box=PixelBox(60.0, 60.0, 200.0, 160.0),
            score=0.9,
            vehicle_class=VehicleClass.CAR,
            predicted=False,
        ),
    )
)


def frame(number: int) -> Frame:
    image = picture(number, 320, 240)
    return Frame(
        camera_id=CAMERA,
        sequence=number,
        time=moment(number * 1_000_000_000),
        pixels=ArrayPixels(image),
        width_px=image.shape[1],
        height_px=image.shape[0],
        larger=None,
    )


@pytest.fixture
def desk() -> Iterator[PlateDesk]:
    texts = {1: ("ABC123", 0.9), 2: ("XYZ789", 0.9)}
    made = PlateDesk(lambda: FixedPlateReader(texts), lossless=True)
    with closing(made):
        yield made


def test_another_vehicle_of_the_same_number_does_not_get_the_plate(
    desk: PlateDesk,
) -> None:
    """A camera that begins anew has a new tracker, which counts from 1 again."""
    desk.offer(frame(1), FIRST)
    desk.drain()
    old = desk.vote_on(CAMERA, TrackId(1))
    assert old().text == "ABC123"

    desk.forget(CAMERA)

    assert desk.texts(CAMERA, FIRST) == {}
    new = desk.vote_on(CAMERA, TrackId(1))
    assert new() == PlateReading.unread()
    desk.offer(frame(2), FIRST)
    desk.drain()
    assert new().text == "XYZ789"
    assert old().text == "ABC123", "a case that is open keeps its own vehicle's plate"
