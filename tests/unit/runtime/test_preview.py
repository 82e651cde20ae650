"""A reader sees whole pictures with their own captions, or none."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from app.config.paths import PROJECT
from app.domain.clock import SystemClock
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, TrackId, new_uuid
from app.domain.overlay import Overlay, OverlayBox
from app.domain.vehicle import VehicleClass
from app.runtime.overlay_codec import FrameCaption
from app.runtime.preview import PreviewReader, PreviewWriter
from app.runtime.segment import run_prefix, shared_folder, sweep
from tests.builders.moments import moment
from tests.fakes.manual_clock import ManualClock
from tests.integration.engine.waiting import wait_until

CAMERA = CameraId(new_uuid())


def caption(number: int) -> FrameCaption:
    """Return a caption whose every part tells the frame's number."""
    box = OverlayBox(
        track_id=TrackId(number),
        box=PixelBox(number, number, number + 1, number + 1),
        vehicle_class=VehicleClass.CAR,
        score=0.5,
    )
    return FrameCaption(
        time=moment(number),
        source_width_px=1920,
        source_height_px=1080,
        overlay=Overlay(boxes=(box,) * (number % 7)),
    )


def picture(number: int, width_px: int = 1280, height_px: int = 720) -> "np.ndarray":
    return np.full((height_px, width_px, 4), number % 251, np.uint8)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield shared_folder() / f"{run_prefix(tmp_path)}test"
    assert sweep(tmp_path) == 0


def test_newest_picture_with_its_own_caption(path: Path) -> None:
    writer = PreviewWriter(path)
    reader = PreviewReader(path, CAMERA, SystemClock())
    assert reader.latest() is None
    for number in range(1, 8):
        writer.write(picture(number, 64, 36), caption(number), number)

    frame = reader.latest()

    assert frame is not None
    assert frame.sequence == 7
    assert frame.camera_id == CAMERA
    assert frame.time == moment(7)
    assert frame.image.shape == (36, 64, 4)
    assert (frame.image == 7).all()
    assert frame.overlay == caption(7).overlay
    assert reader.latest() is frame
    reader.close()
    writer.close()


def test_size_may_change_from_picture_to_picture(path: Path) -> None:
    writer = PreviewWriter(path)
    reader = PreviewReader(path, CAMERA, SystemClock())
    for number, size in enumerate([(64, 36), (1280, 720), (33, 17)], start=1):
        writer.write(picture(number, *size), caption(number), number)
        frame = reader.latest()
        assert frame is not None
        assert frame.image.shape == (size[1], size[0], 4)
    reader.close()
    writer.close()


def test_a_picture_outlives_its_segment(path: Path) -> None:
    writer = PreviewWriter(path)
    reader = PreviewReader(path, CAMERA, SystemClock())
    writer.write(picture(3), caption(3), 3)
    frame = reader.latest()
    reader.close()
    writer.close()

    assert frame is not None
    assert (frame.image == 3).all()


def test_too_large_is_refused(path: Path) -> None:
    writer = PreviewWriter(path)
    with pytest.raises(ValueError, match="does not fit"):
        writer.write(picture(1, 1282, 720), caption(1), 1)
    writer.close()


def test_a_writer_that_died_in_the_middle_is_not_shown(path: Path) -> None:
    writer = PreviewWriter(path)
    reader = PreviewReader(path, CAMERA, SystemClock())
    writer.write(picture(1), caption(1), 1)
    shown = reader.latest()
    for slot in writer._slots:
        slot.words[0] += np.uint64(1)
    writer._header[1] = 2

    assert reader.latest() is shown
    reader.close()
    writer.close()


def test_the_writer_knows_whether_anybody_looks(path: Path) -> None:
    clock = ManualClock()
    writer = PreviewWriter(path)
    reader = PreviewReader(path, CAMERA, clock)
    seen = [writer.watched(clock.monotonic_ns())]
    for wait_s in (0.0, 2.9, 0.2):
        clock.advance(timedelta(seconds=wait_s))
        if wait_s == 0.0:
            reader.latest()
        seen.append(writer.watched(clock.monotonic_ns()))
    reader.latest()
    seen.append(writer.watched(clock.monotonic_ns()))

    assert seen == [False, True, True, False, True]
    # A word that no clock ever said, from a reader gone wrong, counts as nobody.
    reader._lease[8] = np.uint64(2**64 - 1)
    assert not writer.watched(clock.monotonic_ns())
    reader.close()
    writer.close()


def test_a_reader_cannot_write_pictures(path: Path) -> None:
    writer = PreviewWriter(path)
    reader = PreviewReader(path, CAMERA, ManualClock())
    with pytest.raises(ValueError, match="read-only"):
        reader._slots[0].pixels[0] = 1
    reader.close()
    writer.close()


def test_a_segment_of_another_size_is_refused(path: Path) -> None:
    path.write_bytes(b"x" * 4096)
    with pytest.raises(ValueError, match="not a segment"):
        PreviewReader(path, CAMERA, ManualClock())
    path.unlink()


def write_for_ever(path: Path) -> None:
    """Write as fast as possible until the standard input is closed."""
    writer = PreviewWriter(path)
    asked = threading.Thread(target=sys.stdin.read)
    asked.start()
    number = 0
    while asked.is_alive():
        number += 1
        writer.write(picture(number), caption(number), number)
    writer.close()


def _writing(path: Path) -> "subprocess.Popen[bytes]":
    program = (
        "from pathlib import Path;"
        "from tests.unit.runtime.test_preview import write_for_ever;"
        f"write_for_ever(Path({str(path)!r}))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, cwd=PROJECT
    )


def test_no_torn_reads_from_another_process(path: Path) -> None:
    process = _writing(path)
    wait_until(lambda: path.exists() and path.stat().st_size, "segment")
    reader = PreviewReader(path, CAMERA, SystemClock())
    seen: set[int] = set()
    try:
        while len(seen) < 100:
            frame = reader.latest()
            if frame is None or frame.sequence in seen:
                continue
            number = frame.sequence
            seen.add(number)
            assert frame.time.stream_ns == number
            assert (frame.image == number % 251).all()
            assert len(frame.overlay.boxes) == number % 7
            assert all(b.track_id == number for b in frame.overlay.boxes)
    finally:
        process.communicate()
        reader.close()
    assert process.returncode == 0


def test_a_killed_writer_leaves_a_whole_picture_and_its_room_is_reclaimed(
    tmp_path: Path,
) -> None:
    path = shared_folder() / f"{run_prefix(tmp_path)}killed"
    process = _writing(path)
    wait_until(lambda: path.exists() and path.stat().st_size, "segment")
    reader = PreviewReader(path, CAMERA, SystemClock())
    wait_until(reader.latest, "picture")
    process.kill()
    process.communicate()

    # It died anywhere, perhaps in the middle of a slot: what is shown is whole.
    frame = reader.latest()
    assert frame is not None
    assert (frame.image == frame.sequence % 251).all()
    assert len(frame.overlay.boxes) == frame.sequence % 7
    assert sweep(tmp_path) == 1
    assert not path.exists()
    assert (frame.image == frame.sequence % 251).all()
    reader.close()
    PreviewWriter(path).close()
    assert sweep(tmp_path) == 0


def test_a_killed_reader_is_missed_and_leaves_nothing(path: Path) -> None:
    clock = ManualClock()
    writer = PreviewWriter(path)
    program = (
        "from pathlib import Path;"
        "from tests.unit.runtime.test_preview import look_for_ever;"
        f"look_for_ever(Path({str(path)!r}))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, cwd=PROJECT
    )
    try:
        wait_until(lambda: writer.watched(clock.monotonic_ns()), "reader")
    finally:
        process.kill()
        process.communicate()
    clock.advance(timedelta(seconds=3.1))

    assert not writer.watched(clock.monotonic_ns())
    writer.write(picture(5), caption(5), 5)
    writer.close()
    assert not path.exists()


def look_for_ever(path: Path) -> None:
    """Look once by a clock that stands still, then wait to be killed."""
    PreviewReader(path, CAMERA, ManualClock()).latest()
    sys.stdin.read()


def test_sweep_removes_what_a_dead_engine_left(tmp_path: Path) -> None:
    mine = shared_folder() / f"{run_prefix(tmp_path)}left"
    other = shared_folder() / f"{run_prefix(tmp_path / 'other')}left"
    mine.touch()
    other.touch()
    try:
        assert sweep(tmp_path) == 1
        assert not mine.exists()
        assert other.exists()
    finally:
        other.unlink()
