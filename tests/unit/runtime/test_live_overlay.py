"""Boxes are drawn while somebody looks, and over pictures of that session."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from app.decode.packets import PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.clock import NS_PER_S
from app.domain.forecast import Forecast
from app.domain.ids import CameraId, TrackId, new_uuid
from app.runtime.live_overlay import Known, LiveOverlay
from tests.builders.moments import moment

CAMERA = CameraId(new_uuid())
FORMAT = StreamFormat(codec="h264", width_px=64, height_px=64, extradata=b"")
LOOKED_NS = 7 * NS_PER_S


def picture(stream_ns: int, session: int = 1) -> Picture:
    return Picture(
        camera_id=CAMERA,
        sequence=1,
        time=moment(stream_ns),
        session=Session(number=session, format=FORMAT, ring=PacketRing()),
        video_frame=VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "bgr24"),
        to_network=Converter(),
        to_wall=Converter(),
    )


@pytest.fixture
def overlay() -> LiveOverlay:
    one = Forecast(
        stream_ns=LOOKED_NS,
        track_ids=(TrackId(1),),
        boxes_px=np.array([[1, 2, 30, 40]], np.float32),
        velocities_px_s=np.zeros((1, 2), np.float32),
        scores=np.ones(1, np.float32),
        classes=np.full(1, 3, np.int32),
        predicted=np.zeros(1, np.bool_),
    )
    made = LiveOverlay()
    made.update(
        Known(
            session=1,
            forecast=one,
            speeds_kmh={},
            plates={},
            violations={},
            lamp=None,
            configuration_version=1,
        )
    )
    return made


def test_boxes_last_from_one_look_at_an_empty_road_to_the_next(
    overlay: LiveOverlay,
) -> None:
    assert overlay.of(picture(LOOKED_NS)).boxes
    assert overlay.of(picture(LOOKED_NS + 3 * NS_PER_S)).boxes


def test_boxes_of_a_look_long_ago_are_not_drawn(overlay: LiveOverlay) -> None:
    """The detector fails: the vehicles of then would stand on the road for ever."""
    assert not overlay.of(picture(LOOKED_NS + 6 * NS_PER_S)).boxes


def test_boxes_of_another_session_are_not_drawn(overlay: LiveOverlay) -> None:
    assert not overlay.of(picture(LOOKED_NS, session=2)).boxes
