"""A caption comes back as it was, and always fits its slot."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import CaptureTime
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.runtime.overlay_codec import (
    MOST_BOXES,
    FrameCaption,
    decode_caption,
    encode_caption,
)

TENTHS = st.integers(0, 20000).map(lambda n: n / 10)
TIME = CaptureTime(
    stream_ns=12_345_678_901,
    monotonic_ns=99,
    wall=datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC),
    clock_offset_ns=-1_500,
)


@st.composite
def overlay_boxes(draw: st.DrawFn) -> OverlayBox:
    left, top = draw(TENTHS), draw(TENTHS)
    return OverlayBox(
        track_id=TrackId(draw(st.integers(1, 10**9))),
        box=PixelBox(left, top, left + 50, top + 40),
        vehicle_class=draw(st.sampled_from(VehicleClass)),
        score=draw(st.integers(0, 1000)) / 1000,
        predicted=draw(st.booleans()),
        speed_kmh=draw(st.none() | TENTHS),
        plate=draw(st.none() | st.text(max_size=10)),
        violation=draw(st.none() | st.sampled_from(InfractionKind)),
    )


@given(
    boxes=st.lists(overlay_boxes(), max_size=8),
    lamp=st.none() | st.sampled_from(LampPhase),
    version=st.none() | st.integers(1, 1000),
)
def test_round_trip(
    boxes: list[OverlayBox], lamp: LampPhase | None, version: int | None
) -> None:
    caption = FrameCaption(
        time=TIME,
        source_width_px=1920,
        source_height_px=1080,
        overlay=Overlay(boxes=tuple(boxes), lamp=lamp, configuration_version=version),
    )

    assert decode_caption(encode_caption(caption)) == caption


def test_a_crowd_is_cut_to_the_surest_but_keeps_violations() -> None:
    guilty = OverlayBox(
        track_id=TrackId(1),
        box=PixelBox(0, 0, 1, 1),
        vehicle_class=VehicleClass.CAR,
        score=0.1,
        violation=InfractionKind.SPEEDING,
        plate="X" * 12,
    )
    crowd = tuple(
        OverlayBox(
            track_id=TrackId(10**9 + n),
            box=PixelBox(1234.56, 1234.56, 9876.54, 9876.54),
            vehicle_class=VehicleClass.TRUCK,
            score=0.987654,
            speed_kmh=123.456,
            plate="ABCDEF123456",
        )
        for n in range(5000)
    )
    encoded = encode_caption(
        FrameCaption(
            time=TIME,
            source_width_px=8192,
            source_height_px=8192,
            overlay=Overlay(boxes=(*crowd, guilty)),
        )
    )

    decoded = decode_caption(encoded).overlay.boxes
    assert len(encoded) <= 64 * 1024
    assert len(decoded) == MOST_BOXES
    assert decoded[0] == guilty


def packed(plate: str | None = "AHK472") -> bytes:
    box = OverlayBox(
        track_id=TrackId(7),
        box=PixelBox(1, 2, 3, 4),
        vehicle_class=VehicleClass.BUS,
        score=0.5,
        plate=plate,
        violation=InfractionKind.RED_LIGHT,
    )
    return encode_caption(
        FrameCaption(
            time=TIME,
            source_width_px=1920,
            source_height_px=1080,
            overlay=Overlay(boxes=(box, box), lamp=LampPhase.RED),
        )
    )


@given(data=st.binary(max_size=400))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="caption"):
        decode_caption(data)


@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_a_changed_byte_gives_a_caption_or_a_refusal(place: int, byte: int) -> None:
    data = bytearray(packed())
    data[place % len(data)] = byte
    try:
        decoded = decode_caption(bytes(data))
    except ValueError:
        return
    assert len(decoded.overlay.boxes) == 2


@pytest.mark.parametrize("cut", [1, 6, 40])
def test_a_caption_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="length"):
        decode_caption(packed()[:-cut])


def test_an_endless_plate_is_cut_between_letters() -> None:
    boxes = decode_caption(packed("Ñ" * 1000)).overlay.boxes
    assert [box.plate for box in boxes] == ["Ñ" * 127] * 2


def test_a_crowd_with_endless_plates_fits_its_slot() -> None:
    box = decode_caption(packed("X" * 255)).overlay.boxes[0]
    caption = FrameCaption(
        time=TIME,
        source_width_px=1,
        source_height_px=1,
        overlay=Overlay(boxes=(box,) * 999),
    )
    assert len(encode_caption(caption)) <= 64 * 1024
