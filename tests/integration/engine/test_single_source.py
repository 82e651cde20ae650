"""A recording goes through the whole sentence, frame by frame."""

import threading
from pathlib import Path

import pytest

from app.domain.clock import SystemClock
from app.domain.errors import CameraUnreachable
from app.runtime.single_source import SourceParts, run_single_source
from tests.builders.moving_box_clip import write_moving_box
from tests.fakes.bright_box import BrightBoxDetector, SingleTracker
from tests.integration.engine.parts import RememberingRecorder


def parts() -> SourceParts:
    return SourceParts(
        clock=SystemClock(),
        detector=BrightBoxDetector(),
        tracker=SingleTracker,
        recorder=RememberingRecorder(),
    )


@pytest.mark.parametrize("b_frames", [0, 2])
def test_no_frame_of_a_recording_is_dropped(tmp_path: Path, b_frames: int) -> None:
    clip = write_moving_box(tmp_path / "a.mp4", frame_count=60, b_frames=b_frames)
    threads = set(threading.enumerate())

    report = run_single_source(parts(), str(clip))

    assert report.frames_decoded == report.frames_detected == 60
    assert report.frames_dropped == 0
    assert report.drops_by_reason == {}
    assert report.detections == 60
    assert report.tracks_by_class == {"car": 1}
    assert report.stream_s == pytest.approx(59 / 25)
    assert report.source == "a.mp4"
    assert set(threading.enumerate()) <= threads


@pytest.mark.parametrize("content", [b"", b"not a video" * 1000])
def test_garbage_is_a_plain_sentence(tmp_path: Path, content: bytes) -> None:
    garbage = tmp_path / "garbage.mp4"
    garbage.write_bytes(content)

    with pytest.raises(CameraUnreachable, match="is not video"):
        run_single_source(parts(), str(garbage))


def test_missing_file_is_a_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(CameraUnreachable, match="no file"):
        run_single_source(parts(), str(tmp_path / "gone.mp4"))


def test_a_truncated_recording_is_worked_through_to_where_it_breaks(
    tmp_path: Path,
) -> None:
    whole = write_moving_box(tmp_path / "whole.ts", frame_count=60)
    data = whole.read_bytes()
    broken = tmp_path / "broken.ts"
    broken.write_bytes(data[: len(data) // 2])

    report = run_single_source(parts(), str(broken))

    assert 10 < report.frames_detected < 60
