"""What two streams bring is one session, and stays one while their clocks are set."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest

from app.camera.source import VideoPacket
from app.camera.stream import VideoStream
from app.camera.stream_clock import Stamp
from app.camera.transport import Transport
from app.decode.delivery import Delivery
from app.decode.mailbox import Mailbox
from app.decode.picture import Picture, Session
from app.decode.streams import Streams, unfit
from app.domain.clock import NS_PER_S, CaptureTime
from app.domain.ids import CameraId, new_uuid

FRAME_NS = 40_000_000
EPOCH = datetime(2026, 3, 1, tzinfo=UTC)


class _Stream:
    """What is asked of an open main stream."""

    codec = "h264"
    size_px = (640, 360)
    extradata = b""
    is_annex_b = True
    transport = Transport.TCP


class _Heard:
    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.times_ns: list[int] = []

    def session_began(self, session: Session) -> None:
        self.sessions.append(session)

    def received(self, picture: Picture) -> None:
        self.times_ns.append(picture.time.stream_ns)

    def dropped(self, reason: str, count: int = 1) -> None:
        """Not of interest here."""

    def session_lost(self, message: str, retry_in_s: float | None) -> None:
        """Not of interest here."""

    def stream_remark(self, sentence: str) -> None:
        """Not of interest here."""


def packet(moment_ns: int, origin_ns: int, wall: datetime) -> VideoPacket:
    """Return what arrives of a picture taken at `moment_ns`, `wall` by the camera."""
    stamp = Stamp(moment_ns + origin_ns, moment_ns + origin_ns, FRAME_NS)
    arrival = CaptureTime(
        stream_ns=stamp.stream_ns, monotonic_ns=moment_ns + 5_000_000, wall=EPOCH
    )
    data = av.Packet(b"\0\0\1\x09")
    data.time_base = Fraction(1, NS_PER_S)
    return VideoPacket(
        packet=cast("av.Packet[av.VideoStream]", data),
        stamp=stamp,
        arrival=arrival,
        camera_wall=wall,
    )


def run(main_steps_at_s: float, second_steps_at_s: float, step_s: float = 1) -> _Heard:
    """Play 40 s; the camera's clock is set by `step_s`, told at different times."""
    heard = _Heard()
    delivery = Delivery(CameraId(new_uuid()), Mailbox[Picture](), heard)
    streams = Streams(delivery, 60 * NS_PER_S, two=True)
    streams.main_opened(cast("VideoStream", _Stream()))
    streams.second_opened()
    shown = av.VideoFrame.from_ndarray(np.zeros((270, 320), np.uint8), format="yuv420p")
    for number in range(40 * 25):
        at_ns = number * FRAME_NS
        wall = EPOCH + timedelta(microseconds=at_ns / 1000)
        set_on = timedelta(seconds=step_s)
        told = wall + set_on * (at_ns >= main_steps_at_s * NS_PER_S)
        streams.keep(packet(at_ns, 7 * NS_PER_S, told))
        told = wall + set_on * (at_ns >= second_steps_at_s * NS_PER_S)
        second = packet(at_ns, 0, told)
        streams.saw_second(second)
        streams.show_second(shown, second.arrival)
    delivery.end()
    return heard


def test_pictures_carry_the_main_streams_time() -> None:
    heard = run(99, 99)
    assert len(heard.sessions) == 1
    assert heard.times_ns == [7 * NS_PER_S + n * FRAME_NS for n in range(1000)]


def test_a_clock_that_is_set_breaks_nothing() -> None:
    heard = run(10, 14.5)
    assert len(heard.sessions) == 1
    assert len(heard.times_ns) == 1000


def test_streams_that_stay_apart_are_aligned_anew() -> None:
    heard = run(10, 99)
    first, second = heard.sessions
    assert first.alignment is not None
    assert second.alignment is not None
    assert second.alignment.offset_ns == first.alignment.offset_ns - NS_PER_S


def test_a_session_whose_times_are_earlier_is_shown_all_the_same() -> None:
    """Times that were wrong by some seconds must not darken the camera for as long."""
    heard = run(10, 99, step_s=8)
    assert len(heard.sessions) == 2
    assert len(heard.times_ns) == 1000


def test_a_report_that_cannot_be_is_not_believed() -> None:
    heard = run(10, 99, step_s=-86_400)
    assert len(heard.times_ns) == 1000
    spread = max(heard.times_ns) - min(heard.times_ns)
    assert spread == 999 * FRAME_NS


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ((640, 360), ""),
        ((704, 396), ""),
        ((640, 352), "shape"),
        ((704, 576), "shape"),
        ((640, 480), "shape"),
        ((1920, 1080), "not smaller"),
        ((3840, 2160), "not smaller"),
    ],
)
def test_a_second_stream_must_show_the_same_picture(
    second: tuple[int, int], word: str
) -> None:
    reason = unfit((1920, 1080), second)
    assert bool(reason) == bool(word)
    assert word in reason
