"""Who crossed on red, and who did not."""

from collections.abc import Callable

import numpy as np
import pytest

from app.domain.infraction import InfractionKind
from app.domain.measurement import RedLightMeasurement
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.rule.finding import Finding
from app.rule.judge import CameraJudge
from tests.builders.junction import (
    LINE_Y_M,
    Vehicle,
    configuration,
    cycle,
    play,
    steady,
)
from tests.builders.moments import START

R, A, G = LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN
RED_AT_10 = cycle((0, G), (7, A), (10, R))


def judge(calibrated: bool = True) -> CameraJudge:
    return CameraJudge(
        configuration(calibrated=calibrated, limit_kmh=90 if calibrated else None)
    )


def crossing(finding: Finding) -> RedLightMeasurement:
    assert isinstance(finding.measurement, RedLightMeasurement)
    return finding.measurement


@pytest.mark.parametrize("towards", [1, -1])
def test_crossing_on_red_is_found_once_and_measured(towards: int) -> None:
    if towards == 1:
        version = configuration(limit_kmh=90)
    else:
        version = configuration(limit_kmh=90)
        line = version.body.stop_line
        assert line is not None
        beyond = version.body.calibration
        assert beyond is not None
        turned = line.model_copy(update={"before": beyond.points[4].pixel})
        body = version.body.model_copy(update={"stop_line": turned})
        version = version.model_copy(update={"body": body})
    found = play(
        CameraJudge(version),
        [Vehicle(track=7, y_m=steady(12, 11.5, towards))],
        RED_AT_10,
        noise=np.random.default_rng(1),
    )
    (finding,) = found
    assert (finding.kind, finding.track_id) == (InfractionKind.RED_LIGHT, 7)
    assert finding.occurred.stream_ns / 1e9 == pytest.approx(11.5, abs=0.08)
    seen = crossing(finding)
    assert abs(seen.red_for_ns / 1e9 - 1.5) <= seen.uncertainty_ns / 1e9
    assert seen.uncertainty_ns < 0.3e9
    assert seen.amber_ns is not None
    assert seen.amber_ns / 1e9 == pytest.approx(3.0, abs=0.13)
    assert seen.crossing_speed_kmh == pytest.approx(12 * 3.6, abs=6)
    assert seen.limit_kmh == 90
    assert seen.calibration_id.hex == version.id.replace("-", "")


def test_all_clocks_of_the_decisive_moment_agree() -> None:
    (finding,) = play(judge(), [Vehicle(track=1, y_m=steady(12, 12))], RED_AT_10)
    occurred = finding.occurred
    assert occurred.monotonic_ns - occurred.stream_ns == 5_000
    since_start_s = (occurred.wall - START).total_seconds()
    assert since_start_s == pytest.approx(occurred.stream_ns / 1e9, abs=1e-5)
    assert since_start_s == pytest.approx(12.0, abs=0.1)


def test_stills_surround_the_crossing() -> None:
    (finding,) = play(judge(), [Vehicle(track=1, y_m=steady(12, 12))], RED_AT_10)
    decisive_ns = finding.still_decisive_ns
    assert decisive_ns == finding.occurred.stream_ns
    assert decisive_ns - finding.still_before_ns == pytest.approx(1e9, rel=0.05)
    assert 0.2e9 <= finding.still_after_ns - decisive_ns <= 0.8e9


def test_without_calibration_the_line_is_judged_in_the_picture() -> None:
    vehicle = Vehicle(track=3, y_m=steady(12, 12))
    (finding,) = play(
        judge(calibrated=False), [vehicle], RED_AT_10, noise=np.random.default_rng(2)
    )
    seen = crossing(finding)
    assert seen.crossing_speed_kmh is None
    assert seen.red_for_ns / 1e9 == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("at_line_s", [3.0, 8.5, 9.9, 10.05, 10.25])
def test_green_amber_and_grace_are_no_infraction(
    at_line_s: float, calibrated: bool
) -> None:
    vehicle = Vehicle(track=1, y_m=steady(12, at_line_s))
    assert play(judge(calibrated), [vehicle], RED_AT_10) == []


def test_a_dead_signal_accuses_nobody() -> None:
    vehicle = Vehicle(track=1, y_m=steady(12, 12))
    assert play(judge(), [vehicle], lambda _: None) == []


def test_red_must_have_been_seen_before_the_crossing() -> None:
    lamp = cycle((11.9, R))
    assert play(judge(), [Vehicle(track=1, y_m=steady(12, 12))], lamp) == []


def test_just_before_green_is_not_held_against_anyone() -> None:
    lamp = cycle((0, R), (12.02, G))
    assert play(judge(), [Vehicle(track=1, y_m=steady(12, 12))], lamp) == []


def test_a_lamp_hidden_during_the_crossing_is_decided_when_it_shows_again() -> None:
    hidden = cycle((0, A), (9, R), (11.8, LampPhase.UNKNOWN), (12.6, R))
    assert len(play(judge(), [Vehicle(track=1, y_m=steady(12, 12))], hidden)) == 1
    gone = cycle((0, A), (9, R), (11.8, LampPhase.UNKNOWN))
    assert play(judge(), [Vehicle(track=1, y_m=steady(12, 12))], gone) == []


def stops_at(offset_m: float, leaves_s: float) -> Callable[[float], float]:
    """Brake to a stand with the foot `offset_m` beyond the line, leave later."""

    def y_m(time_s: float) -> float:
        stand = LINE_Y_M + offset_m
        if time_s < 11:
            return max(14.0, stand - 1.5 * (11 - time_s) ** 2)
        return min(57.0, stand + max(0.0, time_s - leaves_s) ** 2)

    return y_m


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("offset_m", [-1.0, -0.2, 0.0, 0.2, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_vehicle_trembling_on_the_line_until_green_is_none(
    offset_m: float, seed: int, calibrated: bool
) -> None:
    lamp = cycle((0, G), (4, A), (7, R), (16, G))
    vehicle = Vehicle(track=1, y_m=stops_at(offset_m, 16.5))
    noise = np.random.default_rng(seed)
    assert play(judge(calibrated), [vehicle], lamp, noise=noise, jitter_px=3) == []


def test_a_vehicle_first_seen_beyond_the_line_is_none() -> None:
    start = steady(12, 12)
    vehicle = Vehicle(
        track=1, y_m=lambda t: start(t) if start(t) > LINE_Y_M + 0.2 else float("nan")
    )
    assert play(judge(), [vehicle], RED_AT_10) == []


def test_guessed_boxes_decide_nothing() -> None:
    vehicle = Vehicle(
        track=1, y_m=steady(12, 12), predicted=lambda time_s: time_s > 11.9
    )
    assert play(judge(), [vehicle], RED_AT_10) == []


def test_coming_back_over_the_line_is_none() -> None:
    vehicle = Vehicle(track=1, y_m=steady(12, 12, towards=-1))
    assert play(judge(), [vehicle], RED_AT_10) == []


def test_passing_beside_the_line_is_none() -> None:
    vehicle = Vehicle(track=1, y_m=steady(12, 12), x_m=6.5)
    assert play(judge(), [vehicle], RED_AT_10) == []


@pytest.mark.parametrize("kind", [VehicleClass.PERSON, VehicleClass.BICYCLE])
def test_people_and_bicycles_get_no_notice(kind: VehicleClass) -> None:
    vehicle = Vehicle(track=1, y_m=steady(8, 12), vehicle_class=kind)
    assert play(judge(), [vehicle], RED_AT_10) == []


def test_two_boxes_on_one_vehicle_are_one_finding() -> None:
    lorry = [
        Vehicle(track=1, y_m=steady(10, 12), vehicle_class=VehicleClass.TRUCK),
        Vehicle(track=2, y_m=steady(10, 12.04), x_m=1.2),
    ]
    assert len(play(judge(), lorry, RED_AT_10, noise=np.random.default_rng(5))) == 1


def test_two_vehicles_abreast_or_in_a_row_are_two_findings() -> None:
    abreast = [
        Vehicle(track=1, y_m=steady(10, 12), x_m=-1.6),
        Vehicle(track=2, y_m=steady(10, 12.1), x_m=1.6),
    ]
    in_a_row = [
        Vehicle(track=1, y_m=steady(10, 12)),
        Vehicle(track=2, y_m=steady(10, 12.8)),
    ]
    for vehicles in (abreast, in_a_row):
        found = play(judge(), vehicles, RED_AT_10, noise=np.random.default_rng(5))
        assert sorted(f.track_id for f in found) == [1, 2]


def test_a_stream_that_begins_anew_forgets_the_approach() -> None:
    vehicle = Vehicle(track=1, y_m=steady(12, 12))
    watch = judge()
    early, late = np.arange(0, 11.95, 0.125), np.arange(11.95, 20, 0.125)
    assert play(watch, [vehicle], RED_AT_10, times_s=early) == []
    watch.reset()
    assert play(watch, [vehicle], RED_AT_10, times_s=late) == []


def test_time_running_backwards_is_a_new_stream() -> None:
    vehicle = Vehicle(track=1, y_m=steady(12, 12))
    watch = judge()
    assert play(watch, [vehicle], RED_AT_10, times_s=np.arange(0, 11.95, 0.125)) == []
    again = play(watch, [vehicle], RED_AT_10)
    assert len(again) == 1


def test_a_box_that_jumps_to_another_vehicle_accuses_nobody() -> None:
    """A waiting vehicle's track is taken over by one that is already across."""

    def waits_then_jumps(time_s: float) -> float:
        return LINE_Y_M - 4 if time_s < 14 else LINE_Y_M + 12 + 10 * (time_s - 14)

    vehicle = Vehicle(track=1, y_m=waits_then_jumps)
    assert play(judge(), [vehicle], RED_AT_10) == []
