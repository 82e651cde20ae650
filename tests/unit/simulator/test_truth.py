"""The truth file is strict, and loses nothing."""

import json
from pathlib import Path

import pytest

from app.domain.infraction import InfractionKind
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.simulator.truth import (
    Truth,
    TruthInfraction,
    TruthLampSpan,
    TruthSample,
    TruthVehicle,
)


@pytest.fixture
def truth() -> Truth:
    sample = TruthSample(3, 10.5, 20.0, 90.25, 80.0, 1.0, 0.75, 1.25, -3.5, 62.1)
    return Truth(
        camera="test",
        fps=20,
        frame_count=40,
        duration_s=2.0,
        width_px=1280,
        height_px=720,
        vehicles=(
            TruthVehicle(
                id=7,
                vehicle_class=VehicleClass.CAR,
                plate="ABC-123",
                plate_shown=True,
                samples=(sample,),
            ),
            TruthVehicle(
                id=8,
                vehicle_class=VehicleClass.PERSON,
                plate=None,
                plate_shown=False,
                samples=(),
            ),
        ),
        lamp=(
            TruthLampSpan(first_frame=0, end_frame=20, phase=LampPhase.GREEN),
            TruthLampSpan(first_frame=20, end_frame=40, phase=LampPhase.RED),
        ),
        infractions=(
            TruthInfraction(
                kind=InfractionKind.RED_LIGHT,
                vehicle=7,
                plate="ABC-123",
                time_s=1.5,
                red_for_s=0.5,
            ),
        ),
    )


def test_comes_back_as_it_went(truth: Truth, tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    truth.save(path)
    assert Truth.load(path) == truth


def test_unknown_fields_are_refused(truth: Truth, tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    truth.save(path)
    for change in ({"extra": 1}, {"fps": "20"}, {"fps": None}):
        body = json.loads(path.read_text(encoding="utf-8")) | change
        other = tmp_path / "other.json"
        other.write_text(json.dumps(body), encoding="utf-8")
        with pytest.raises(ValueError, match="validation error"):
            Truth.load(other)


def test_phase_by_frame(truth: Truth) -> None:
    assert truth.phase_at(19) is LampPhase.GREEN
    assert truth.phase_at(20) is LampPhase.RED
    assert truth.phase_at(40) is LampPhase.UNKNOWN


def test_vehicle_by_number(truth: Truth) -> None:
    assert truth.vehicle(7).plate == "ABC-123"
    with pytest.raises(KeyError):
        truth.vehicle(9)
