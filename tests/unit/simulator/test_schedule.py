"""The stories: nobody collides, and lawful and unlawful are told apart clearly."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from app.domain.signal import LampPhase
from app.simulator import sites
from app.simulator.schedule import (
    FPS,
    JUNCTION_PLAN,
    World,
    avenue_world,
    crossing_s,
    junction_world,
    mean_speed_kmh,
)
from app.simulator.traffic import Mover


@pytest.fixture(scope="module")
def junction() -> World:
    return junction_world(12)


@pytest.fixture(scope="module")
def avenue() -> World:
    return avenue_world(45, sites.AVENUE_LANES, sites.AVENUE_STRETCH_M)


def footprint(mover: Mover) -> npt.NDArray[np.float64]:
    """Return x0, x1, y0, y1 of every frame; shape (frames, 4)."""
    half = mover.body.width_m / 2
    front, rear = mover.front_m, mover.front_m - mover.body.length_m
    ends = np.sort(np.stack((front, rear)) * mover.lane.direction, axis=0)
    across = mover.lane.offset_m + mover.aside_m
    side = np.where(np.isfinite(front), across, np.nan)
    if mover.lane.across:
        return np.stack((ends[0], ends[1], side - half, side + half), axis=1)
    return np.stack((side - half, side + half, ends[0], ends[1]), axis=1)


def collide(one: Mover, two: Mover) -> bool:
    a, b = footprint(one), footprint(two)
    apart = (
        (a[:, 1] <= b[:, 0])
        | (b[:, 1] <= a[:, 0])
        | (a[:, 3] <= b[:, 2])
        | (b[:, 3] <= a[:, 2])
    )
    both = np.isfinite(a[:, 0]) & np.isfinite(b[:, 0])
    # NaN compares as not apart; only frames with both present count.
    return bool((both & ~apart).any())


@pytest.mark.parametrize("name", ["junction", "avenue"])
def test_nobody_collides(name: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(name)
    for one, two in combinations(world.movers, 2):
        assert not collide(one, two), (one.key, two.key)


def test_the_signal_ends_green_as_it_began(junction: World) -> None:
    plan = JUNCTION_PLAN
    assert junction.duration_s % plan.cycle_s == pytest.approx(0)
    assert plan.phase_at(0) is plan.phase_at(junction.duration_s - 1 / FPS)


def test_runners_cross_whole_on_red_and_nobody_else_does(junction: World) -> None:
    main = {lane.name for lane in sites.JUNCTION_MAIN}
    runners = 0
    for mover in junction.movers:
        if mover.lane.name not in main:
            continue
        runners += mover.runs_red
        for end in (mover.front_m, mover.front_m - mover.body.length_m):
            moment = crossing_s(junction.times_s, end, 0.0)
            assert moment is not None
            red_for = JUNCTION_PLAN.red_for_s(moment)
            assert (red_for is not None) == mover.runs_red
            assert red_for is None or red_for >= 0.8
    assert runners >= 5


def test_some_wait_at_the_line_on_red(junction: World) -> None:
    names = {lane.name for lane in sites.JUNCTION_MAIN}
    waiting = [
        mover
        for mover in junction.movers
        if mover.lane.name in names and (mover.speed_ms < 0.1).sum() > FPS / 2
    ]
    assert len(waiting) >= 5
    for mover in waiting:
        resting = mover.speed_ms < 0.1
        assert (mover.front_m[resting] < -0.5).all()
        came_to_rest_s = np.flatnonzero(resting)[0] / FPS
        assert JUNCTION_PLAN.phase_at(came_to_rest_s) is LampPhase.RED


def test_speeds_are_clear_of_the_margin(avenue: World) -> None:
    speeds = [
        mean_speed_kmh(avenue.times_s, mover.front_m, sites.AVENUE_STRETCH_M)
        for mover in avenue.movers
    ]
    known = [speed for speed in speeds if speed is not None]
    assert len(known) == len(speeds)
    assert sum(speed > 55 for speed in known) >= 6
    assert not [speed for speed in known if 50 < speed < 60]
    assert sum(44 <= speed <= 49.5 for speed in known) >= 3


def test_the_same_seed_tells_the_same_story(junction: World) -> None:
    again = junction_world(12)
    assert [m.plate for m in junction.movers] == [m.plate for m in again.movers]
    for a, b in zip(junction.movers, again.movers, strict=True):
        np.testing.assert_array_equal(a.front_m, b.front_m)


def test_mean_speed_of_an_even_drive_is_its_speed() -> None:
    times = np.arange(0, 10, 0.05)
    assert mean_speed_kmh(times, 20 * times - 31.7, (0, 22)) == pytest.approx(72)


def test_a_stretch_not_driven_whole_has_no_speed() -> None:
    times = np.arange(0, 1, 0.05)
    assert mean_speed_kmh(times, 20 * times - 5, (0, 22)) is None
