"""Which infractions happen in a world: from trajectories alone, never from pictures."""

import numpy as np
import numpy.typing as npt

from app.domain.infraction import InfractionKind
from app.simulator.scenario import Scenario
from app.simulator.schedule import (
    GRACE_S,
    LIMIT_KMH,
    TOLERANCE_KMH,
    crossing_s,
    mean_speed_kmh,
)
from app.simulator.traffic import Mover
from app.simulator.truth import TruthInfraction


def infractions(scenario: Scenario) -> tuple[TruthInfraction, ...]:
    """Return all infractions that the camera's rules are about, in order of time."""
    names = {lane.name for lane in scenario.enforced}
    found = []
    for mover in scenario.world.movers:
        if mover.lane.name in names and mover.plate:
            found.append(_red_light(scenario, mover))
            found.append(_speeding(scenario, mover))
    real = [item for item in found if item is not None]
    return tuple(sorted(real, key=lambda item: item.time_s))


def decisive_end_m(scenario: Scenario, mover: Mover) -> npt.NDArray[np.float64]:
    """Return the coordinate (frames,) of the end that faces the camera."""
    if scenario.end == "front":
        return mover.front_m
    rear: npt.NDArray[np.float64] = mover.front_m - mover.body.length_m
    return rear


def _red_light(scenario: Scenario, mover: Mover) -> TruthInfraction | None:
    world = scenario.world
    if scenario.stop_y_m is None or world.plan is None:
        return None
    along = decisive_end_m(scenario, mover)
    moment = crossing_s(world.times_s, along, scenario.stop_y_m)
    red_for = None if moment is None else world.plan.red_for_s(moment)
    if moment is None or red_for is None or red_for <= GRACE_S:
        return None
    return TruthInfraction(
        kind=InfractionKind.RED_LIGHT,
        vehicle=mover.key,
        plate=mover.plate,
        time_s=round(moment, 3),
        red_for_s=round(red_for, 3),
    )


def _speeding(scenario: Scenario, mover: Mover) -> TruthInfraction | None:
    if scenario.stretch_m is None:
        return None
    times, along = scenario.world.times_s, decisive_end_m(scenario, mover)
    speed = mean_speed_kmh(times, along, scenario.stretch_m)
    end = crossing_s(times, along, scenario.stretch_m[1])
    if speed is None or end is None or speed <= LIMIT_KMH + TOLERANCE_KMH:
        return None
    return TruthInfraction(
        kind=InfractionKind.SPEEDING,
        vehicle=mover.key,
        plate=mover.plate,
        time_s=round(end, 3),
        speed_kmh=round(speed, 2),
    )
