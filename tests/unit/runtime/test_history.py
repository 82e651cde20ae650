"""What a camera saw of late: of one vehicle, and of all the others."""

from app.domain.detection import TrackedBox, Tracks
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass
from app.runtime.history import CameraHistory
from tests.builders.captures import at, capture_time


def _box(track: int, number: int) -> TrackedBox:
    return TrackedBox(
        track_id=TrackId(track),
        box=PixelBox(number, 0, number + 10, 10),
        score=0.9,
        vehicle_class=VehicleClass.CAR if track == 1 else VehicleClass.PERSON,
    )


def _history() -> CameraHistory:
    """Return ten frames: 1 is in all, 2 in the first four, 3 in the last."""
    history = CameraHistory()
    for number in range(10):
        seen = [_box(1, number)]
        seen += [_box(2, number)] if number < 4 else []
        seen += [_box(3, number)] if number == 9 else []
        history.add(capture_time(number), Tracks(tuple(seen)), None)
    return history


def test_others_are_all_but_the_one_within_the_time() -> None:
    parts = _history().others(TrackId(1), at(2), at(8))
    assert [[time.stream_ns for time, _ in part] for part in parts] == [[at(2), at(3)]]
    assert {box.track_id for part in parts for _, box in part} == {TrackId(2)}


def test_to_another_the_one_is_an_other() -> None:
    parts = _history().others(TrackId(2), at(0), at(9))
    assert [part[0][1].track_id for part in parts] == [TrackId(1), TrackId(3)]
    assert [len(part) for part in parts] == [10, 1]


def test_on_an_empty_road_there_are_none() -> None:
    assert CameraHistory().others(TrackId(1), at(0), at(9)) == ()
