"""What is shown has the wall's size and speaks of the main stream's pixels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from app.decode.main_pictures import MainPictures
from app.decode.packets import PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.clock import SystemClock
from app.domain.ids import CameraId, new_uuid
from app.domain.overlay import Overlay, PreviewFrame
from app.runtime.preview import PreviewReader
from app.runtime.segment import run_prefix, shared_folder
from app.runtime.showcase import Showcase
from tests.builders.moments import moment

CAMERA = CameraId(new_uuid())
MAIN = StreamFormat(codec="h264", width_px=1280, height_px=720, extradata=b"")


def small_picture(main: MainPictures | None) -> Picture:
    image = np.full((360, 640, 3), 90, np.uint8)
    return Picture(
        camera_id=CAMERA,
        sequence=1,
        time=moment(0),
        session=Session(number=1, format=MAIN, ring=PacketRing(), main=main),
        video_frame=VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuv420p"),
        to_network=Converter(),
        to_wall=Converter(),
    )


@pytest.fixture
def showcase(tmp_path: Path) -> Iterator[Showcase]:
    made = Showcase(shared_folder() / f"{run_prefix(tmp_path)}show")
    yield made
    made.close()


def shown(showcase: Showcase, picture: Picture) -> PreviewFrame:
    assert showcase.path is not None
    reader = PreviewReader(showcase.path, CAMERA, SystemClock())
    try:
        showcase.show(picture, Overlay())
        frame = reader.latest()
        assert frame is not None
        return frame
    finally:
        reader.close()


def test_a_small_stream_is_shown_with_boxes_in_pixels_of_the_main_one(
    showcase: Showcase,
) -> None:
    showcase.request_size(480, 270)

    frame = shown(showcase, small_picture(None))

    assert frame.image.shape == (270, 480, 4)
    assert (frame.source_width_px, frame.source_height_px) == (1280, 720)


def test_an_enlarged_camera_whose_main_stream_is_late_still_shows(
    showcase: Showcase,
) -> None:
    showcase.request_size(1280, 720)

    frame = shown(showcase, small_picture(MainPictures(PacketRing(), MAIN)))

    assert frame.image.shape == (360, 640, 4)


def test_nobody_watches_what_nobody_reads(showcase: Showcase) -> None:
    clock = SystemClock()
    assert not showcase.watched(clock.monotonic_ns())

    shown(showcase, small_picture(None))

    assert showcase.watched(clock.monotonic_ns())


def test_a_camera_that_fills_a_screen_is_shown_in_full_without_a_gap(
    showcase: Showcase,
) -> None:
    """The old segment is written to until somebody looks at the larger one."""
    clock = SystemClock()
    small = showcase.path
    assert small is not None
    old = PreviewReader(small, CAMERA, clock)
    old.latest()
    image = np.full((1080, 1920, 3), 90, np.uint8)
    picture = replace(
        small_picture(None),
        video_frame=VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuv420p"),
    )

    showcase.request_size(1840, 1035)
    large = showcase.path
    assert large is not None
    assert large != small
    assert showcase.watched(clock.monotonic_ns())
    showcase.show(picture, Overlay())
    between = old.latest()
    assert between is not None
    assert between.image.shape == (720, 1280, 4)

    new = PreviewReader(large, CAMERA, clock)
    new.latest()
    assert showcase.watched(clock.monotonic_ns())
    showcase.show(picture, Overlay())
    shown = new.latest()
    assert shown is not None
    assert shown.image.shape == (1035, 1840, 4)
    assert not small.exists()

    showcase.request_size(480, 270)
    assert showcase.path != large
    new.close()
    old.close()


def test_a_size_that_is_taken_back_at_once_costs_nothing(showcase: Showcase) -> None:
    before = showcase.path
    showcase.request_size(1900, 1000)
    showcase.request_size(300, 200)
    assert showcase.path == before
