"""Infractions follow from trajectories, and both junction cameras agree."""

from collections.abc import Callable

import numpy as np
import pytest

from app.domain.infraction import InfractionKind
from app.simulator.scenario import (
    Scenario,
    avenue_plate,
    avenue_speed,
    junction_front,
    junction_rear,
)
from app.simulator.schedule import JUNCTION_PLAN, LIMIT_KMH, TOLERANCE_KMH
from app.simulator.verdicts import decisive_end_m, infractions


@pytest.fixture(scope="module")
def front() -> Scenario:
    return junction_front()


@pytest.fixture(scope="module")
def rear() -> Scenario:
    return junction_rear()


def test_both_cameras_accuse_the_same_vehicles(front: Scenario, rear: Scenario) -> None:
    one = {item.vehicle: item for item in infractions(front)}
    two = {item.vehicle: item for item in infractions(rear)}
    assert set(one) == set(two)
    assert len(one) >= 5
    for key, item in one.items():
        # The rear end comes over the line after the front end.
        assert item.time_s < two[key].time_s < item.time_s + 2


@pytest.mark.parametrize("name", ["front", "rear"])
def test_the_end_that_is_seen_is_on_the_line_at_the_decisive_moment(
    name: str, request: pytest.FixtureRequest
) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    movers = {mover.key: mover for mover in scenario.world.movers}
    for item in infractions(scenario):
        assert item.kind is InfractionKind.RED_LIGHT
        along = decisive_end_m(scenario, movers[item.vehicle])
        place = np.interp(item.time_s, scenario.world.times_s, along)
        assert place == pytest.approx(0.0, abs=0.02)
        assert item.red_for_s == pytest.approx(
            JUNCTION_PLAN.red_for_s(item.time_s), abs=1e-3
        )


@pytest.mark.parametrize("make", [avenue_speed, avenue_plate])
def test_speeds_follow_from_the_time_in_the_stretch(
    make: Callable[[], Scenario],
) -> None:
    scenario = make()
    movers = {mover.key: mover for mover in scenario.world.movers}
    found = infractions(scenario)
    assert len(found) >= 6
    assert len({movers[i.vehicle].body.vehicle_class for i in found}) >= 3
    assert scenario.stretch_m is not None
    start, end = scenario.stretch_m
    for item in found:
        along = decisive_end_m(scenario, movers[item.vehicle])
        known = np.isfinite(along)
        times = np.interp((start, end), along[known], scenario.world.times_s[known])
        speed = (end - start) / (times[1] - times[0]) * 3.6
        assert item.speed_kmh == pytest.approx(speed, abs=0.02)
        assert speed > LIMIT_KMH + TOLERANCE_KMH
        assert item.time_s == pytest.approx(times[1], abs=1e-3)
