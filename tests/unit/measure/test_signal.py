"""Which lamp is lit, in many lights."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config.camera import LampHead
from app.domain.frame import Frame
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, new_uuid
from app.domain.signal import LampPhase, LampReading
from app.measure.signal import LampReader
from tests.builders.moments import moment
from tests.builders.signal import HEAD, HEIGHT_PX, WIDTH_PX, signal_picture

LIT = (LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN)


def reader() -> LampReader:
    return LampReader(HEAD, WIDTH_PX, HEIGHT_PX)


def read(
    lamp: LampReader, image: npt.NDArray[np.uint8], sequence: int = 0
) -> LampReading:
    frame = Frame.of_image(
        camera_id=CameraId(new_uuid()),
        sequence=sequence,
        time=moment(sequence * 100_000_000),
        image=image,
    )
    return lamp.read(frame)


@pytest.mark.parametrize("phase", LIT)
@pytest.mark.parametrize(
    ("ambient", "burnt_out"), [(160, False), (110, False), (40, True), (6, True)]
)
def test_the_lit_lamp_is_named_from_the_first_frame_on(
    phase: LampPhase, ambient: float, burnt_out: bool
) -> None:
    noise = np.random.default_rng(7)
    lamp = reader()
    for _ in range(20):
        image = signal_picture(
            phase, ambient=ambient, burnt_out=burnt_out, noise=noise, sigma=5
        )
        assert read(lamp, image).phase is phase


@given(
    phases=st.lists(st.sampled_from(LIT), min_size=5, max_size=40),
    ambient=st.floats(4, 170),
    seed=st.integers(0, 1000),
)
@settings(deadline=None, max_examples=40)
def test_never_another_lamp_than_the_lit_one(
    phases: list[LampPhase], ambient: float, seed: int
) -> None:
    noise = np.random.default_rng(seed)
    lamp = reader()
    for sequence, phase in enumerate(phases):
        image = signal_picture(phase, ambient=ambient, noise=noise, sigma=6)
        assert read(lamp, image, sequence).phase in (phase, LampPhase.UNKNOWN)


@pytest.mark.parametrize("ambient", [0.0, 8.0, 110.0, 200.0])
def test_a_dead_signal_is_unknown(ambient: float) -> None:
    noise = np.random.default_rng(2)
    lamp = reader()
    for _ in range(20):
        image = signal_picture(None, ambient=ambient, noise=noise)
        assert read(lamp, image).phase is LampPhase.UNKNOWN


def test_a_lamp_going_dead_after_a_cycle_is_unknown() -> None:
    lamp = reader()
    for phase in (*LIT, *LIT):
        for _ in range(10):
            read(lamp, signal_picture(phase))
    assert read(lamp, signal_picture(None)).phase is LampPhase.UNKNOWN


@pytest.mark.parametrize("phase", LIT)
def test_washed_out_by_low_sun_is_unknown(phase: LampPhase) -> None:
    image = signal_picture(phase, ambient=230, haze=0.93)
    assert read(reader(), image).phase is LampPhase.UNKNOWN


def test_light_haze_is_seen_through() -> None:
    image = signal_picture(LampPhase.RED, ambient=120, haze=0.25)
    assert read(reader(), image).phase is LampPhase.RED


def test_a_picture_of_another_size_is_read_at_the_same_place() -> None:
    image = signal_picture(LampPhase.GREEN)
    half = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5), np.uint8)
    double = np.asarray(cv2.resize(image, None, fx=2, fy=2), np.uint8)
    assert read(reader(), half).phase is LampPhase.GREEN
    assert read(reader(), double).phase is LampPhase.GREEN


def test_a_head_outside_the_picture_is_unknown() -> None:
    away = LampHead(
        red=PixelBox(400, 40, 420, 60),
        amber=PixelBox(400, 64, 420, 84),
        green=PixelBox(400, 88, 420, 108),
    )
    lamp = LampReader(away, WIDTH_PX, HEIGHT_PX)
    assert read(lamp, signal_picture(LampPhase.RED)).phase is LampPhase.UNKNOWN


def test_sunset_does_not_change_a_reading() -> None:
    lamp = reader()
    for step, ambient in enumerate(np.linspace(160, 5, 60)):
        image = signal_picture(LampPhase.RED, ambient=float(ambient))
        assert read(lamp, image, step).phase is LampPhase.RED
