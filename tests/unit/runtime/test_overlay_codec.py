"""A caption comes back as it was, and always fits its slot."""

from datetime import UTC, datetime

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
