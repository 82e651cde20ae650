"""Parts of a picture are the same whether they are cut before or after converting."""

import numpy as np
import numpy.typing as npt
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode.packets import PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.ids import CameraId, new_uuid
from tests.builders.moments import moment

WIDTH_PX, HEIGHT_PX = 96, 64


def made(image: npt.NDArray[np.uint8], full: tuple[int, int]) -> Picture:
    frame = VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")
    session = Session(
        number=1,
        format=StreamFormat(
            codec="h264", width_px=full[0], height_px=full[1], extradata=b""
        ),
        ring=PacketRing(),
    )
    return Picture(
        camera_id=CameraId(new_uuid()),
        sequence=1,
        time=moment(0),
        session=session,
        video_frame=frame,
        to_network=Converter(),
        to_wall=Converter(),
    )


def smooth(width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Picture:
    """A picture without edges: colour between two pixels is a matter of taste."""
    across = np.linspace(30, 220, width_px)[None, :, None]
    down = np.linspace(0.5, 1.0, height_px)[:, None, None]
    image = (across * down * np.array([1.0, 0.8, 0.6])).astype(np.uint8)
    return made(image, (width_px, height_px))


@settings(deadline=None)
@given(
    left=st.integers(0, WIDTH_PX - 3),
    top=st.integers(0, HEIGHT_PX - 3),
    width=st.integers(2, 40),
    height=st.integers(2, 40),
)
def test_a_cut_is_the_part_of_the_whole(
    left: int, top: int, width: int, height: int
) -> None:
    picture = smooth()
    right, bottom = min(left + width, WIDTH_PX), min(top + height, HEIGHT_PX)

    part = picture.cut(left, top, right, bottom).astype(int)

    expected = picture.whole()[top:bottom, left:right].astype(int)
    assert part.shape == expected.shape
    assert np.abs(part - expected).max() <= 6


def test_a_picture_of_odd_size_can_be_cut_too() -> None:
    picture = smooth(95, 63)

    assert picture.cut(90, 60, 95, 63).shape == (3, 5, 3)


def test_boxes_of_the_smaller_stream_become_boxes_of_the_main_one() -> None:
    image = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    picture = made(image, (2 * WIDTH_PX, 2 * HEIGHT_PX))
    boxes = np.array([[1, 2, 3, 4]], np.float32)

    assert picture.in_full_px(boxes).tolist() == [[2, 4, 6, 8]]
    assert picture.to_frame().width_px == 2 * WIDTH_PX


def test_brightness_needs_no_conversion() -> None:
    picture = smooth()

    assert picture.luma().shape == (HEIGHT_PX, WIDTH_PX)


@pytest.mark.parametrize("size", [(48, 32), (17, 11)])
def test_a_picture_takes_the_size_that_the_network_wants(size: tuple[int, int]) -> None:
    assert smooth().scaled_bgr(*size).shape == (size[1], size[0], 3)


def test_the_wall_never_enlarges() -> None:
    assert smooth().to_bgra(1920, 1080).shape == (HEIGHT_PX, WIDTH_PX, 4)
