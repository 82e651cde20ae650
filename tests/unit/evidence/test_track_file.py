"""The track file gives back what was observed, and refuses what it did not write."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.detection import TrackedBox
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.masks import Heading, RoadUser
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.evidence.capture import CaptureRequest
from app.evidence.track_file import (
    OtherSample,
    OtherTrack,
    TrackFile,
    TrackSample,
    read_track,
    write_track,
)
from tests.builders.captures import at, box_in, capture, capture_time, wall_at
from tests.builders.video import Encoded, encode


@pytest.fixture(scope="module")
def request_made() -> CaptureRequest:
    """Give the tests a capture."""
    video = encode(frames=2)
    return capture(Encoded(video.stream, []))


def _track(request: CaptureRequest, *samples: tuple[int, float]) -> TrackFile:
    return replace(
        request.track_file(None),
        samples=tuple(
            TrackSample(
                stream_ns=stream_ns,
                wall=wall_at(stream_ns),
                box=PixelBox(left, 0, left + 10, 10),
                score=0.5,
                predicted=False,
            )
            for stream_ns, left in samples
        ),
    )


def test_what_is_written_is_read(request_made: CaptureRequest, tmp_path: Path) -> None:
    """Every sample, exactly."""
    track = request_made.track_file(123)
    write_track(track, tmp_path / "track.json")
    with (tmp_path / "track.json").open("rb") as file:
        assert read_track(file) == track
    assert len(track.samples) == 80


def test_between_frames_the_box_moves_in_proportion(
    request_made: CaptureRequest,
) -> None:
    """But not across a gap, and not outside the track."""
    track = _track(request_made, (0, 0.0), (40_000_000, 8.0), (900_000_000, 9.0))
    assert track.box_at(10_000_000) == PixelBox(2, 0, 12, 10)
    assert track.box_at(40_000_000) == PixelBox(8, 0, 18, 10)
    assert track.box_at(500_000_000) is None
    assert track.box_at(-1) is None
    assert track.box_at(900_000_001) is None


def test_the_lamp_is_unknown_before_it_was_read(request_made: CaptureRequest) -> None:
    """Nothing is assumed."""
    assert request_made.track_file(None).phase_at(0) is LampPhase.UNKNOWN


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    """ValueError and nothing else."""
    with pytest.raises(ValueError, match=r"\w"):
        read_track(io.BytesIO(data))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{}",
        "[]",
        "null",
        '{"schema_version": 1}',
        '{"schema_version": 1, "others": null}',
        '{"schema_version": 1, "crop": null}',
        '{"schema_version": 3}',
    ],
)
def test_other_json_is_refused(text: str) -> None:
    """Also when it is deep."""
    with pytest.raises(ValueError, match=r"\w"):
        read_track(io.BytesIO(text.encode()))


def test_a_missing_field_is_refused(
    request_made: CaptureRequest, tmp_path: Path
) -> None:
    """No field has a silent default."""
    write_track(request_made.track_file(1), tmp_path / "track.json")
    data = json.loads((tmp_path / "track.json").read_text("utf-8"))
    del data["lamp"]
    with pytest.raises(ValueError, match="missing or unknown"):
        read_track(io.BytesIO(json.dumps(data).encode()))


def test_a_file_of_the_first_version_does_not_tell_of_others(
    request_made: CaptureRequest, tmp_path: Path
) -> None:
    """It is read as ever, and says that nobody noted them: not that nobody was."""
    track = request_made.track_file(123)
    write_track(track, tmp_path / "track.json")
    data = json.loads((tmp_path / "track.json").read_text("utf-8"))
    assert data.pop("others") == []
    assert data.pop("crop") is None
    old = json.dumps(data | {"schema_version": 1})
    assert read_track(io.BytesIO(old.encode())) == replace(track, others=None)
    assert replace(track, others=None).scene_at(at(50)).others is None


def _other(*samples: tuple[int, float]) -> OtherTrack:
    return OtherTrack(
        track_id=TrackId(99),
        vehicle_class=VehicleClass.CAR,
        samples=tuple(
            OtherSample(
                stream_ns=ms * 1_000_000,
                box=PixelBox(left, 0, left + 10, 10),
                predicted=False,
            )
            for ms, left in samples
        ),
    )


@pytest.mark.parametrize(
    ("ms", "held"),
    [
        (1020, PixelBox(5, 0, 15, 10)),
        (700, PixelBox(0, 0, 10, 10)),
        (200, None),
        (1500, PixelBox(10, 0, 40, 10)),
        (2600, PixelBox(30, 0, 40, 10)),
        (2800, None),
    ],
)
def test_another_is_held_by_a_box_before_after_and_in_a_gap(
    ms: int, held: PixelBox | None
) -> None:
    """More rather than less: a track begins later than its vehicle is seen."""
    other = _other((1000, 0.0), (1040, 10.0), (2000, 30.0))
    assert other.around(ms * 1_000_000) == held


def test_a_scene_knows_the_vehicle_where_it_goes_and_who_is_beside_it(
    request_made: CaptureRequest,
) -> None:
    track = replace(
        request_made.track_file(None), others=(_other((5000, 3.0), (9000, 5.0)),)
    )
    scene = track.scene_at(at(50))
    assert scene.concerned == RoadUser(box_in(50), VehicleClass.CAR)
    assert scene.heading is Heading.TOWARDS
    assert scene.others == ()
    assert track.scene_at(5_000_000_000).others == (
        RoadUser(PixelBox(3, 0, 13, 10), VehicleClass.CAR),
    )
    assert track.scene_at(at(99)).concerned is None


def test_all_who_were_beside_it_are_kept(request_made: CaptureRequest) -> None:
    """As the engine saw them, and not at all where it did not look."""
    person = TrackedBox(
        track_id=TrackId(4),
        box=PixelBox(1, 2, 3, 4),
        score=0.5,
        vehicle_class=VehicleClass.PERSON,
        predicted=True,
    )
    history = ((capture_time(3), person), (capture_time(4), person))
    (kept,) = replace(request_made, others=(history,)).track_file(None).others or ()
    assert kept.vehicle_class is VehicleClass.PERSON
    assert [sample.stream_ns for sample in kept.samples] == [at(3), at(4)]
    assert kept.samples[0].box == person.box
    assert kept.samples[0].predicted
    assert replace(request_made, others=None).track_file(None).others is None
