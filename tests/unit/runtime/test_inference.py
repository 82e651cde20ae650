"""What is not looked at still has its lamp read, and in order."""

from collections import Counter
from concurrent.futures import Future
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from av.video.frame import VideoFrame

from app.decode.mailbox import Mailbox
from app.decode.packets import PacketRing, StreamFormat
from app.decode.picture import Converter, Picture, Session
from app.domain.detection import Detections, Tracks
from app.domain.errors import InferenceUnavailable
from app.domain.ids import CameraId, new_uuid
from app.domain.pulse import Pulse
from app.runtime.inference import InferenceLoop
from app.runtime.lane import Lane
from app.runtime.pacing import PACED, QUIET, Attention, Pacing
from app.runtime.pipeline import Look, Pipeline, Seen
from tests.builders.moments import moment
from tests.fakes.manual_clock import ManualClock

CAMERA = CameraId(new_uuid())
SESSION = Session(
    number=1,
    format=StreamFormat(codec="h264", width_px=32, height_px=32, extradata=b""),
    ring=PacketRing(),
)


class NotingLane:
    """Says what is done with each picture; nothing moves unless `stirs`."""

    camera = SimpleNamespace(name="north")

    def __init__(self, *, stirs: bool) -> None:
        self.stirs = stirs
        self.glanced: list[int] = []
        self.drops: Counter[str] = Counter()
        self.monitor = self

    def stirred(self, picture: Picture, *, always: bool = False) -> bool:
        assert picture.camera_id == CAMERA or always
        return self.stirs

    def glance(self, picture: Picture) -> None:
        self.glanced.append(picture.sequence)

    def dropped(self, reason: str, count: int = 1) -> None:
        self.drops[reason] += count


class OpenPipeline:
    """Begins looks that end when the test says so, and sees an empty road."""

    parallel = 1

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def begin(self, lane: Lane, picture: Picture) -> Look:
        look = Look(lane, picture, Future())
        self.looks.append(look)
        return look

    def finish(self, look: Look) -> Seen:
        look.detections.result()
        return Seen(Tracks(()), Attention.NONE)


class Room:
    """A loop with one camera, stepped by hand."""

    def __init__(self, *, stirs: bool) -> None:
        self.clock = ManualClock()
        self.lane = NotingLane(stirs=stirs)
        self.pipeline = OpenPipeline()
        self.mailbox: Mailbox[Picture] = Mailbox()
        fakes = cast("Any", self.pipeline), cast("Any", self.lane)
        self.seeing = Pulse(self.clock)
        self.loop = InferenceLoop(
            cast("Pipeline", fakes[0]), self.clock, Pacing(), seeing=self.seeing
        )
        self.loop.add(CAMERA, cast("Lane", fakes[1]), self.mailbox)

    def picture(self, sequence: int) -> None:
        """Deliver a picture 40 ms after the last, and step."""
        self.clock.advance(timedelta(milliseconds=40))
        time = moment(self.clock.monotonic_ns())
        image = np.zeros((32, 32, 3), np.uint8)
        self.mailbox.put(
            Picture(
                camera_id=CAMERA,
                sequence=sequence,
                time=time,
                session=SESSION,
                video_frame=VideoFrame.from_ndarray(image, "bgr24"),
                to_network=Converter(),
                to_wall=Converter(),
            )
        )
        self.loop.step()

    def fail_look(self, error: Exception) -> None:
        self.pipeline.looks[-1].detections.set_exception(error)
        self.loop.step()

    def fail_for(self, seconds: int, error: Exception) -> None:
        """Let every look of this time fail, one a second."""
        for _ in range(seconds):
            self.due_picture()
            self.fail_look(error)

    def due_picture(self) -> None:
        """Deliver a picture that is looked at."""
        self.clock.advance(timedelta(milliseconds=960))
        self.picture(len(self.pipeline.looks) + 1)

    def end_look(self) -> None:
        self.pipeline.looks[-1].detections.set_result(Detections.none())
        self.loop.step()


def test_the_lamp_is_read_on_a_quiet_road() -> None:
    room = Room(stirs=False)
    room.picture(1)
    room.end_look()
    for sequence in range(2, 7):
        room.picture(sequence)

    assert room.lane.drops == {QUIET: 5}
    assert room.lane.glanced == [2, 3, 4, 5, 6]


def test_the_lamp_is_read_between_looks_that_are_paced() -> None:
    room = Room(stirs=True)
    room.picture(1)
    room.end_look()
    room.picture(2)

    assert room.lane.drops == {PACED: 1}
    assert room.lane.glanced == [2]


def test_no_later_picture_is_read_while_a_look_is_under_way() -> None:
    room = Room(stirs=False)
    room.picture(1)
    room.picture(2)
    room.picture(3)

    assert room.lane.glanced == []
    room.end_look()
    room.loop.step()
    assert room.lane.glanced == [3]


def test_one_look_that_fails_is_no_trouble() -> None:
    room = Room(stirs=True)
    room.picture(1)
    room.fail_look(ValueError("a bad picture"))

    assert room.lane.drops == {"failed": 1}
    assert room.loop.trouble == ""


def test_a_server_that_is_away_is_told_and_waited_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room(stirs=True)
    room.fail_for(50, InferenceUnavailable("The inference server is away."))

    assert room.loop.trouble == "The inference server is away."
    assert room.seeing.read().silent_s == 0, "nothing to restart the engine for"
    assert len(caplog.records) == 1, "told once, not with every picture"
    room.due_picture()
    room.end_look()
    assert room.loop.trouble == ""


def test_a_detector_that_keeps_failing_is_given_to_the_watchdog() -> None:
    room = Room(stirs=True)
    room.fail_for(40, RuntimeError("the card is gone"))

    assert "detector fails" in room.loop.trouble
    assert room.seeing.read().silent_s > 30
    room.due_picture()
    room.end_look()
    assert room.seeing.read().silent_s == 0


def test_a_detector_that_is_closed_under_a_look_fails_it() -> None:
    room = Room(stirs=True)
    room.picture(1)
    room.pipeline.looks[-1].detections.cancel()
    assert room.loop.step()
    assert room.lane.drops == {"failed": 1}
