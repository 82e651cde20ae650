"""Infractions with plausible values; each test changes what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.domain.clock import CaptureTime
from app.domain.ids import (
    CameraId,
    ConfigurationId,
    EngineId,
    InfractionId,
    Sha256,
    TrackId,
    new_uuid,
)
from app.domain.infraction import Infraction, InfractionKind, Provenance
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement
from app.domain.plate import PlateAlternative, PlateReading
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass

CAMERA_ID = CameraId(UUID("01980000-0000-7000-8000-00000000000a"))
CONFIGURATION_ID = ConfigurationId(UUID("01980000-0000-7000-8000-00000000000b"))
ENGINE_ID = EngineId(UUID("01980000-0000-7000-8000-00000000000c"))
OCCURRED = CaptureTime(
    stream_ns=12_345_678_901,
    monotonic_ns=99_000_000_007,
    wall=datetime(2026, 3, 14, 15, 9, 26, 535_897, tzinfo=UTC),
    clock_offset_ns=-1_500_000,
)
SPEED = SpeedMeasurement(
    speed_kmh=83.4,
    uncertainty_kmh=2.1,
    limit_kmh=60.0,
    tolerance_kmh=5.0,
    stretch_m=24.0,
    duration_ns=1_036_000_000,
    point_count=26,
    calibration_id=CONFIGURATION_ID,
)
RED_LIGHT = RedLightMeasurement(
    phase=LampPhase.RED,
    red_for_ns=1_480_000_000,
    uncertainty_ns=80_000_000,
    grace_ns=300_000_000,
    amber_ns=3_000_000_000,
    crossing_speed_kmh=41.7,
    limit_kmh=50.0,
    calibration_id=CONFIGURATION_ID,
)
PROVENANCE = Provenance(
    engine_id=ENGINE_ID,
    software_version="0.1.0",
    model_name="junction-n",
    model_sha256=Sha256("ab" * 32),
    configuration_id=CONFIGURATION_ID,
    rule_version="speeding-1",
)
PLATE = PlateReading(
    text="ABC123",
    confidence=0.93,
    alternatives=(
        PlateAlternative(text="ABC123", probability=0.93),
        PlateAlternative(text="A8C123", probability=0.05),
    ),
    read_count=9,
)


def speeding(**changes: Any) -> Infraction:
    """Return a speeding infraction with a new identity."""
    made = Infraction(
        id=InfractionId(new_uuid()),
        kind=InfractionKind.SPEEDING,
        camera_id=CAMERA_ID,
        track_id=TrackId(17),
        occurred=OCCURRED,
        vehicle_class=VehicleClass.CAR,
        plate=PLATE,
        measurement=SPEED,
        provenance=PROVENANCE,
    )
    return replace(made, **changes)


def red_light(**changes: Any) -> Infraction:
    """Return a red-light infraction with a new identity."""
    made = speeding(kind=InfractionKind.RED_LIGHT, measurement=RED_LIGHT)
    return replace(made, **changes)
