"""A plate belongs to one vehicle, whatever becomes of its camera."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from threading import Event

import pytest

from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import ArrayPixels, Frame
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, TrackId, new_uuid
from app.domain.plate import PlateReading, PlateSighting
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


def test_a_vehicle_is_told_once_it_is_gone() -> None:
    told: list[PlateSighting] = []
    texts = {1: ("ABC123", 0.9), 3: ("ABC124", 0.9)}
    reader = FixedPlateReader(texts)
    made = PlateDesk(lambda: reader, lossless=True, tell=told.append)
    with closing(made) as desk:
        desk.offer(frame(1), FIRST)
        desk.drain()
        assert told == []
        desk.offer(frame(2), Tracks(()))
        (car,) = told
        desk.offer(frame(3), Tracks(()))
    assert (car.camera_id, car.track_id) == (CAMERA, TrackId(1))
    assert (car.reading.text, car.seen) == ("ABC123", frame(1).time)
    assert told == [car]


def test_a_slow_reader_reads_a_vehicle_no_oftener_than_a_quick_one() -> None:
    """Only what may be needed is queued before the first read is done."""
    may_open = Event()
    reader = FixedPlateReader(dict.fromkeys(range(1, 9), ("ABC123", 0.9)))

    def opened() -> FixedPlateReader:
        may_open.wait(10)
        return reader

    with closing(PlateDesk(opened)) as desk:
        for number in range(1, 5):
            desk.offer(frame(number), FIRST)
        may_open.set()
        desk.drain()
        assert reader.asked == [1, 2]


def test_a_vehicle_whose_reads_agree_is_told_while_it_is_there() -> None:
    told: list[PlateSighting] = []
    reader = FixedPlateReader(dict.fromkeys(range(1, 9), ("ABC123", 0.9)))
    made = PlateDesk(lambda: reader, lossless=True, tell=told.append)
    with closing(made) as desk:
        for number in (1, 2, 3):
            desk.offer(frame(number), FIRST)
            desk.drain()
        assert [each.seen for each in told] == [frame(2).time]
    assert len(told) == 1


def test_a_parked_neighbours_plate_is_not_given_to_a_vehicle_that_passes() -> None:
    """It is read twice, alike, and in the same place, while the vehicle goes on."""
    told: list[PlateSighting] = []
    reader = FixedPlateReader(
        {1: ("ABC123", 0.9), 2: ("ABC123", 0.9)}, parked=PixelBox(150, 120, 190, 134)
    )
    made = PlateDesk(lambda: reader, lossless=True, tell=told.append)
    with closing(made) as desk:
        for number in (1, 2):
            box = replace(
                FIRST.boxes[0], box=PixelBox(60.0 * number, 60, 60 * number + 140, 160)
            )
            desk.offer(frame(number), Tracks((box,)))
            desk.drain()
        assert reader.asked == [1, 2]
        assert desk.vote_on(CAMERA, TrackId(1))().text is None
    assert [each.reading.text for each in told] == [None]


@pytest.mark.parametrize("ends", ["camera", "desk"])
def test_what_is_still_there_at_the_end_is_told(ends: str) -> None:
    told: list[PlateSighting] = []
    reader = FixedPlateReader({1: ("ABC123", 0.9)})
    made = PlateDesk(lambda: reader, lossless=True, tell=told.append)
    with closing(made) as desk:
        desk.offer(frame(1), FIRST)
        desk.drain()
        if ends == "camera":
            desk.forget(CAMERA)
            assert len(told) == 1
    assert [each.reading.text for each in told] == ["ABC123"]
