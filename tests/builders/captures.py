"""A capture as the engine hands it over, of a video whose frames tell their number."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.config.camera import (
    Calibration,
    CameraConfiguration,
    ConfigurationVersion,
    ControlPoint,
    LampHead,
    MeasuredStretch,
    RedLightRule,
    SpeedingRule,
    StopLine,
)
from app.domain.camera import Camera
from app.domain.clock import CaptureTime
from app.domain.detection import TrackedBox
from app.domain.geometry import PixelBox, PixelPoint, PixelSegment, RoadPoint
from app.domain.ids import TrackId
from app.domain.infraction import Infraction
from app.domain.signal import LampPhase, LampReading
from app.domain.vehicle import VehicleClass
from app.evidence.capture import CaptureRequest
from app.rule.finding import Finding
from tests.builders.infractions import CAMERA_ID, CONFIGURATION_ID, red_light
from tests.builders.video import FRAME_NS, Encoded

START_NS = 5_000_000_000
START_WALL = datetime(2026, 3, 14, 15, 9, 20, tzinfo=UTC)
WIDTH_PX, HEIGHT_PX = 1024, 576

CAMERA = Camera(
    id=CAMERA_ID,
    name="Cámara 03 · Norte",
    location="Av. Javier Prado Este cdra. 12, San Isidro",
    url="rtsp://127.0.0.1:8554/norte",
    credential_ref="camera-03",
)


def at(number: int) -> int:
    """Return the stream time of a frame."""
    return START_NS + number * FRAME_NS


def wall_at(stream_ns: int) -> datetime:
    """Return the wall time of a stream time."""
    return START_WALL + timedelta(microseconds=(stream_ns - START_NS) / 1000)


def capture_time(number: int) -> CaptureTime:
    """Return the three times of a frame."""
    return CaptureTime(
        stream_ns=at(number), monotonic_ns=at(number) + 77, wall=wall_at(at(number))
    )


def box_in(number: int) -> PixelBox:
    """Return where the vehicle is in a frame; it comes nearer and grows."""
    size_px = 60.0 + number
    left, top = 200.0 + number, 300.0 + number
    return PixelBox(left, top, left + size_px, top + size_px * 0.75)


def configuration() -> ConfigurationVersion:
    """Return a version that has everything: calibration, stretch, line and lamp."""
    corners = (
        (300, 320, -3, 40),
        (700, 320, 3, 40),
        (950, 560, 3, 10),
        (60, 560, -3, 10),
    )
    body = CameraConfiguration(
        image_width_px=WIDTH_PX,
        image_height_px=HEIGHT_PX,
        calibration=Calibration(
            points=tuple(
                ControlPoint(pixel=PixelPoint(x, y), road=RoadPoint(east, north))
                for x, y, east, north in corners
            )
        ),
        stretch=MeasuredStretch(start_y_m=12, end_y_m=36),
        stop_line=StopLine(
            segment=PixelSegment(PixelPoint(80, 500), PixelPoint(940, 500)),
            before=PixelPoint(500, 300),
        ),
        lamp_head=LampHead(
            red=PixelBox(900, 40, 920, 60),
            amber=PixelBox(900, 65, 920, 85),
            green=PixelBox(900, 90, 920, 110),
        ),
        rules=(SpeedingRule(limit_kmh=60), RedLightRule()),
    )
    return ConfigurationVersion(
        id=str(CONFIGURATION_ID),
        camera_id=str(CAMERA_ID),
        version=3,
        created_at=START_WALL,
        created_by="teo",
        body=body,
    )


def capture(
    video: Encoded, infraction: Infraction | None = None, **changes: Any
) -> CaptureRequest:
    """Return a request with stills at frames 30, 50 and 70 of `video`."""
    made = infraction or red_light()
    made = replace(made, occurred=capture_time(50))
    request = CaptureRequest(
        infraction=made,
        camera=CAMERA,
        finding=Finding(
            kind=made.kind,
            track_id=made.track_id,
            vehicle_class=made.vehicle_class,
            occurred=made.occurred,
            measurement=made.measurement,
            still_before_ns=at(30),
            still_decisive_ns=at(50),
            still_after_ns=at(70),
            rule_version=made.provenance.rule_version,
        ),
        configuration=configuration(),
        stream=video.stream,
        packets=video.packets,
        history=tuple((capture_time(n), _seen(n)) for n in range(10, 90)),
        others=(),
        lamp_history=tuple(
            LampReading(
                phase=LampPhase.GREEN if n < 40 else LampPhase.RED,
                contrast=0.8,
                time=capture_time(n),
            )
            for n in range(0, 100, 2)
        ),
        wall_at=wall_at,
    )
    return replace(request, **changes)


def _seen(number: int) -> TrackedBox:
    return TrackedBox(
        track_id=TrackId(17),
        box=box_in(number),
        score=0.9,
        vehicle_class=VehicleClass.CAR,
        predicted=number % 7 == 0,
    )
