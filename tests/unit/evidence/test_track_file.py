"""The track file gives back what was observed, and refuses what it did not write."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geometry import PixelBox
from app.domain.signal import LampPhase
from app.evidence.capture import CaptureRequest
from app.evidence.track_file import TrackFile, TrackSample, read_track, write_track
from tests.builders.captures import capture, wall_at
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
    "text", ["[" * 100_000, "{}", "[]", "null", '{"schema_version": 2}']
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
