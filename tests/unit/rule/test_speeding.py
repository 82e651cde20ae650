"""Who was too fast over the stretch."""

import numpy as np
import pytest

from app.domain.infraction import InfractionKind
from app.domain.measurement import SpeedMeasurement
from app.domain.vehicle import VehicleClass
from app.rule.judge import CameraJudge
from tests.builders.junction import (
    LINE_Y_M,
    STRETCH,
    Vehicle,
    configuration,
    cycle,
    play,
    steady,
)

DARK = cycle()


def judge(limit_kmh: float = 60) -> CameraJudge:
    return CameraJudge(configuration(limit_kmh=limit_kmh, red_light=False))


@pytest.mark.parametrize("towards", [1, -1])
def test_too_fast_is_found_once_at_the_exit(towards: int) -> None:
    found = play(
        judge(),
        [Vehicle(track=4, y_m=steady(22, 5, towards))],
        DARK,
        noise=np.random.default_rng(3),
    )
    (finding,) = found
    assert (finding.kind, finding.track_id) == (InfractionKind.SPEEDING, 4)
    exit_y_m = STRETCH.end_y_m if towards == 1 else STRETCH.start_y_m
    exit_s = 5 + abs(exit_y_m - LINE_Y_M) / 22
    assert finding.occurred.stream_ns / 1e9 == pytest.approx(exit_s, abs=0.05)
    seen = finding.measurement
    assert isinstance(seen, SpeedMeasurement)
    assert abs(seen.speed_kmh - 79.2) <= seen.uncertainty_kmh
    assert seen.uncertainty_kmh < 4
    assert (seen.limit_kmh, seen.tolerance_kmh, seen.stretch_m) == (60, 5, 25)
    assert seen.duration_ns / 1e9 == pytest.approx(25 / 22, rel=0.05)
    assert finding.still_before_ns < finding.still_decisive_ns < finding.still_after_ns


@pytest.mark.parametrize("speed_kmh", [40.0, 58.0, 62.0, 64.9])
def test_up_to_limit_and_tolerance_is_none(speed_kmh: float) -> None:
    vehicle = Vehicle(track=1, y_m=steady(speed_kmh / 3.6, 5))
    assert play(judge(), [vehicle], DARK) == []


def test_an_uncertain_excess_is_none() -> None:
    version = configuration(limit_kmh=60, red_light=False)
    rough = version.body.calibration
    assert rough is not None
    body = version.body.model_copy(
        update={"calibration": rough.model_copy(update={"road_sigma_m": 2.5})}
    )
    watch = CameraJudge(version.model_copy(update={"body": body}))
    vehicle = Vehicle(track=1, y_m=steady(68 / 3.6, 5))
    assert play(watch, [vehicle], DARK) == []
    assert len(play(judge(), [vehicle], DARK)) == 1


def test_a_vehicle_lost_in_the_stretch_is_judged_by_what_was_seen() -> None:
    drive = steady(22, 5)
    seen_far = Vehicle(
        track=1, y_m=lambda t: y if (y := drive(t)) < 40 else float("nan")
    )
    assert len(play(judge(), [seen_far], DARK)) == 1
    seen_little = Vehicle(
        track=1, y_m=lambda t: y if (y := drive(t)) < 28 else float("nan")
    )
    assert play(judge(), [seen_little], DARK) == []


def test_bicycles_are_none() -> None:
    vehicle = Vehicle(track=1, y_m=steady(22, 5), vehicle_class=VehicleClass.BICYCLE)
    assert play(judge(), [vehicle], DARK) == []


def test_class_is_that_of_most_sightings() -> None:
    truck = Vehicle(track=1, y_m=steady(22, 5), vehicle_class=VehicleClass.TRUCK)
    car = Vehicle(track=1, y_m=lambda t: truck.y_m(t) if t < 4.6 else float("nan"))
    late = Vehicle(
        track=1,
        y_m=lambda t: truck.y_m(t) if t >= 4.6 else float("nan"),
        vehicle_class=VehicleClass.TRUCK,
    )
    (finding,) = play(judge(), [car, late], DARK)
    assert finding.vehicle_class is VehicleClass.TRUCK


def test_guessed_boxes_do_not_make_a_speed() -> None:
    vehicle = Vehicle(track=1, y_m=steady(22, 5), predicted=lambda _: True)
    assert play(judge(), [vehicle], DARK) == []


def test_two_boxes_on_one_vehicle_are_one_finding() -> None:
    twins = [
        Vehicle(track=1, y_m=steady(22, 5)),
        Vehicle(
            track=2, y_m=steady(22, 5.02), x_m=1.3, vehicle_class=VehicleClass.TRUCK
        ),
    ]
    assert len(play(judge(), twins, DARK, noise=np.random.default_rng(1))) == 1


def test_two_fast_vehicles_are_two_findings() -> None:
    pair = [
        Vehicle(track=1, y_m=steady(22, 5), x_m=-1.7),
        Vehicle(track=2, y_m=steady(23, 5), x_m=1.7),
        Vehicle(track=3, y_m=steady(22, 5.6), x_m=-1.7),
    ]
    found = play(judge(), pair, DARK, noise=np.random.default_rng(1))
    assert sorted(f.track_id for f in found) == [1, 2, 3]


def test_standing_at_the_entry_does_not_use_up_the_verdict() -> None:
    def waits(time_s: float) -> float:
        drive = STRETCH.start_y_m + max(0.0, time_s - 6) * 22
        return drive if drive < 58 else float("nan")

    found = play(
        judge(),
        [Vehicle(track=1, y_m=waits)],
        DARK,
        noise=np.random.default_rng(6),
    )
    assert len(found) <= 1
    measured = found[0].measurement if found else None
    assert measured is None or isinstance(measured, SpeedMeasurement)
