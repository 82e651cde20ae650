"""Draws up who passes when: the stories that the bundled clips tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.units import kmh_from_ms
from app.domain.vehicle import VehicleClass
from app.simulator.motion import StopRule
from app.simulator.signal_plan import SignalPlan
from app.simulator.sites import (
    JUNCTION_CROSS,
    JUNCTION_FAR_STOP_Y_M,
    JUNCTION_MAIN,
    JUNCTION_OPPOSITE,
    JUNCTION_STOP_Y_M,
    LanePath,
)
from app.simulator.traffic import Mover, Trip, stroll, travel

Floats = npt.NDArray[np.float64]

FPS = 20
GRACE_S = 0.3
LIMIT_KMH = 50.0
TOLERANCE_KMH = 5.0

JUNCTION_PLAN = SignalPlan(green_s=14, amber_s=3, red_s=12, offset_s=13)
JUNCTION_CYCLES = 3
AVENUE_DURATION_S = 75.0

_LEAD_IN_S = 20.0
_ENTRY_M = -150.0
_LAST_M = 120.0
_WALK = LanePath("Cruce peatonal", 2.9, 2.6, -1.0, across=True)

_MIX = (
    VehicleClass.CAR,
    VehicleClass.CAR,
    VehicleClass.CAR,
    VehicleClass.CAR,
    VehicleClass.MOTORCYCLE,
    VehicleClass.BUS,
    VehicleClass.TRUCK,
)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everybody's journey through a scene, a frame every 1 / FPS seconds from 0."""

    movers: tuple[Mover, ...]
    times_s: Floats
    plan: SignalPlan | None

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return len(self.times_s)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frame_count / FPS


def crossing_s(times_s: Floats, along_m: Floats, line_m: float) -> float | None:
    """Return when a coordinate first reaches `line_m`, interpolated; None if never."""
    past = np.flatnonzero(along_m >= line_m)
    if not len(past) or past[0] == 0 or not np.isfinite(along_m[past[0] - 1]):
        return None
    after = int(past[0])
    step = along_m[after] - along_m[after - 1]
    share = (line_m - along_m[after - 1]) / step
    return float(times_s[after - 1] + share * (times_s[after] - times_s[after - 1]))


def mean_speed_kmh(
    times_s: Floats, along_m: Floats, stretch_m: tuple[float, float]
) -> float | None:
    """Return the mean speed over a stretch, None when it is not driven whole."""
    start = crossing_s(times_s, along_m, stretch_m[0])
    end = crossing_s(times_s, along_m, stretch_m[1])
    if start is None or end is None:
        return None
    return kmh_from_ms((stretch_m[1] - stretch_m[0]) / (end - start))


# ------------------------------------------------------------------ the junction


def junction_world(seed: int) -> World:
    """Return the traffic of the junction; the first story that keeps its word."""
    for attempt in range(200):
        world = _junction_attempt(np.random.default_rng((seed, attempt)))
        if _lawful_are_lawful(world):
            return world
    raise RuntimeError(f"no lawful story for seed {seed}")


def _junction_attempt(rng: np.random.Generator) -> World:
    plan = JUNCTION_PLAN
    duration_s = plan.cycle_s * JUNCTION_CYCLES
    times = np.arange(-_LEAD_IN_S, duration_s, 1 / FPS)
    reds = plan.red_starts_s(duration_s)
    movers: list[Mover] = []
    main = StopRule(plan, JUNCTION_STOP_Y_M)
    runners = _share_runners(len(reds), rng)
    for number, lane in enumerate(JUNCTION_MAIN):
        trips = _main_trips(reds, runners[number], number, rng)
        movers += travel(lane, trips, times, _ENTRY_M, rng, len(movers), main)
    far = StopRule(plan, -JUNCTION_FAR_STOP_Y_M)
    for lane in JUNCTION_OPPOSITE:
        trips = _opposite_trips(reds, rng)
        movers += travel(lane, trips, times, _ENTRY_M, rng, len(movers), far)
    for lane in JUNCTION_CROSS:
        trips = _cross_trips(reds, rng)
        movers += travel(lane, trips, times, -90.0, rng, len(movers))
    for red in reds:
        for place, start in zip((2.5, 3.4), rng.uniform(3.2, 4.0, 2), strict=True):
            path = LanePath(_WALK.name, place, _WALK.width_m, -1.0, across=True)
            key = len(movers)
            movers.append(
                stroll(path, red + float(start), (-13, 13), 1.75, times, rng, key)
            )
    return _from_zero(movers, times, plan)


def _share_runners(reds: int, rng: np.random.Generator) -> list[list[int]]:
    """Return, per lane and red, how many run it: always some in every red."""
    left = [int(v) for v in rng.permutation([1, 2, 1])]
    right = [int(v) for v in rng.permutation([1, 1, 2])]
    return [left[:reds], right[:reds]]


def _main_trips(
    reds: Sequence[float], runners: Sequence[int], lane: int, rng: np.random.Generator
) -> list[Trip]:
    trips: list[Trip] = []
    for number, red in enumerate(reds):
        if number:
            moment = red - JUNCTION_PLAN.amber_s + float(rng.uniform(0.4, 1.2))
            trips.append(Trip(_light(rng), moment, 0.0, float(rng.uniform(40, 46))))
        moment = red + float(rng.uniform(1.0, 1.6))
        for turn in range(runners[number]):
            kind = _runner_kind(number, lane, turn, rng)
            speed = float(rng.uniform(43, 49)) - 3 * turn
            trips.append(Trip(kind, moment, 0.0, speed, runs_red=True))
            moment += float(rng.uniform(1.7, 2.0))
        last = number == len(reds) - 1
        count = 2 if last else int(rng.integers(2, 4))
        trips += _queue(moment + float(rng.uniform(0.7, 1.4)), count, rng)
        if not last:
            trips += _flow(red + JUNCTION_PLAN.red_s + 8.5, 1 + lane, rng)
    return trips


def _runner_kind(
    red: int, lane: int, turn: int, rng: np.random.Generator
) -> VehicleClass:
    if (red, turn) == (1, 0):
        return (VehicleClass.MOTORCYCLE, VehicleClass.BUS)[lane]
    if (red, turn, lane) == (2, 0, 0):
        return VehicleClass.TRUCK
    return _light(rng)


def _light(rng: np.random.Generator) -> VehicleClass:
    return VehicleClass.MOTORCYCLE if rng.random() < 0.15 else VehicleClass.CAR


def _any(rng: np.random.Generator) -> VehicleClass:
    return _MIX[int(rng.integers(len(_MIX)))]


def _queue(first_s: float, count: int, rng: np.random.Generator) -> list[Trip]:
    trips = []
    for _ in range(count):
        trips.append(Trip(_any(rng), first_s, 0.0, float(rng.uniform(36, 45))))
        first_s += float(rng.uniform(1.9, 2.8))
    return trips


def _flow(first_s: float, count: int, rng: np.random.Generator) -> list[Trip]:
    trips = []
    for _ in range(count):
        trips.append(Trip(_light(rng), first_s, 0.0, float(rng.uniform(38, 46))))
        first_s += float(rng.uniform(2.2, 2.8))
    return trips


def _opposite_trips(reds: Sequence[float], rng: np.random.Generator) -> list[Trip]:
    line = -JUNCTION_FAR_STOP_Y_M
    trips = []
    for number, red in enumerate(reds):
        moment = red + float(rng.uniform(4.0, 6.0))
        for _ in range(int(rng.integers(0, 3))):
            trips.append(Trip(_any(rng), moment, line, float(rng.uniform(36, 44))))
            moment += float(rng.uniform(2.2, 3.0))
        if number < len(reds) - 1 and rng.random() < 0.7:
            moment = red + JUNCTION_PLAN.red_s + float(rng.uniform(7.5, 10))
            trips.append(Trip(_light(rng), moment, line, float(rng.uniform(38, 45))))
    return trips


def _cross_trips(reds: Sequence[float], rng: np.random.Generator) -> list[Trip]:
    trips = []
    for red in reds:
        moment = red + float(rng.uniform(6.9, 7.4))
        for _ in range(int(rng.integers(1, 3))):
            trips.append(Trip(_light(rng), moment, -9.0, float(rng.uniform(33, 36))))
            moment += float(rng.uniform(1.6, 2.0))
    return trips


def _lawful_are_lawful(world: World) -> bool:
    """Runners cross with both ends on red, well past the grace; nobody else does."""
    lanes = {lane.name for lane in JUNCTION_MAIN}
    for mover in world.movers:
        if mover.lane.name not in lanes:
            continue
        rear = mover.front_m - mover.body.length_m
        for end in (mover.front_m, rear):
            moment = crossing_s(world.times_s, end, JUNCTION_STOP_Y_M)
            if moment is None:
                return False
            red_for = JUNCTION_PLAN.red_for_s(moment)
            ran = red_for is not None and 0.8 <= red_for <= 4.6
            if ran != mover.runs_red or (red_for is not None and not ran):
                return False
    return True


# -------------------------------------------------------------------- the avenue


def avenue_world(
    seed: int,
    lanes: Sequence[LanePath],
    stretch_m: tuple[float, float],
    duration_s: float = AVENUE_DURATION_S,
) -> World:
    """Return the traffic of a road without signals, some of it too fast."""
    for attempt in range(200):
        rng = np.random.default_rng((seed, attempt))
        world = _avenue_attempt(lanes, duration_s, rng)
        if _speeds_are_clear(world, stretch_m):
            return world
    raise RuntimeError(f"no clear story for seed {seed}")


def _avenue_attempt(
    lanes: Sequence[LanePath], duration_s: float, rng: np.random.Generator
) -> World:
    times = np.arange(-_LEAD_IN_S, duration_s, 1 / FPS)
    movers: list[Mover] = []
    for number, lane in enumerate(lanes):
        heavy = 0.25 if number == len(lanes) - 1 else 0.12
        trips = _avenue_trips(duration_s, heavy, rng)
        movers += travel(lane, trips, times, _ENTRY_M, rng, len(movers))
    return _from_zero(movers, times, None)


def _avenue_trips(
    duration_s: float, heavy: float, rng: np.random.Generator
) -> list[Trip]:
    trips: list[Trip] = []
    moment = 6.0 + float(rng.uniform(0, 3))
    while moment < duration_s - 9.0:
        kind = _avenue_kind(heavy, rng)
        fast = bool(rng.random() < 0.3)
        trip = Trip(kind, moment, 0.0, _avenue_speed(kind, fast, rng))
        if not trips or _keeps_clear(trips[-1], trip):
            trips.append(trip)
            moment += float(rng.uniform(1.8, 4.6))
        moment += 0.3
    return trips


def _avenue_kind(heavy: float, rng: np.random.Generator) -> VehicleClass:
    draw = float(rng.random())
    if draw < heavy:
        return VehicleClass.BUS if rng.random() < 0.5 else VehicleClass.TRUCK
    return VehicleClass.MOTORCYCLE if draw > 0.87 else VehicleClass.CAR


def _avenue_speed(kind: VehicleClass, fast: bool, rng: np.random.Generator) -> float:
    if not fast:
        return float(rng.uniform(44, 48) if rng.random() < 0.3 else rng.uniform(32, 44))
    heavy = kind in (VehicleClass.BUS, VehicleClass.TRUCK)
    return float(rng.uniform(66, 74) if heavy else rng.uniform(67, 96))


def _keeps_clear(ahead: Trip, behind: Trip) -> bool:
    """Tell whether the one behind stays well behind from entry to exit."""
    for place in (-140.0, 0.0, 52.0):
        gap = _free_pass_s(behind, place) - _free_pass_s(ahead, place)
        length = 12.0 / (ahead.speed_kmh / 3.6)
        if gap < 1.7 + length:
            return False
    return True


def _free_pass_s(trip: Trip, place_m: float) -> float:
    return trip.pass_s + place_m / (trip.speed_kmh / 3.6)


def _speeds_are_clear(world: World, stretch_m: tuple[float, float]) -> bool:
    """Nobody near the margin; enough speeders, of several classes."""
    margin = LIMIT_KMH + TOLERANCE_KMH
    fast: set[VehicleClass] = set()
    count = 0
    for mover in world.movers:
        rear = mover.front_m - mover.body.length_m
        for end in (mover.front_m, rear):
            speed = mean_speed_kmh(world.times_s, end, stretch_m)
            if speed is None or 49.5 < speed < margin + 6:
                return False
            if speed > margin and end is rear:
                fast.add(mover.body.vehicle_class)
                count += 1
    return 7 <= count <= 14 and len(fast) >= 3


def _from_zero(
    movers: Sequence[Mover], times_s: Floats, plan: SignalPlan | None
) -> World:
    """Drop the lead-in, and whoever has driven out of everybody's sight."""
    kept = np.rint(times_s * FPS) >= 0
    cut = []
    for mover in movers:
        front = mover.front_m[kept]
        gone = front > _LAST_M
        front = np.where(gone, np.nan, front)
        speed = np.where(gone, np.nan, mover.speed_ms[kept])
        cut.append(
            Mover(
                key=mover.key,
                body=mover.body,
                plate=mover.plate,
                lane=mover.lane,
                aside_m=mover.aside_m,
                front_m=front,
                speed_ms=speed,
                braking=mover.braking[kept],
                runs_red=mover.runs_red,
            )
        )
    count = int(np.count_nonzero(kept))
    return World(tuple(cut), np.arange(count) / FPS, plan)
