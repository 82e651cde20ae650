"""How drivers follow each other and heed the signal, in one lane.

Car following is the Intelligent Driver Model (Treiber, Hennecke and Helbing,
Physical Review E 62, 1805, 2000).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.domain.signal import LampPhase
from app.simulator.signal_plan import SignalPlan

Floats = npt.NDArray[np.float64]

_STEPS_PER_FRAME = 2
_STANDSTILL_GAP_M = 1.8
_BEFORE_LINE_M = 1.1
_COMFORTABLE_BRAKING_MS2 = 3.0
_HARDEST_BRAKING_MS2 = 7.5
_CREEP_MS = 0.05


@dataclass(frozen=True, slots=True)
class Driver:
    """One vehicle's wishes.

    It enters the lane at `enter_s` with its front at `start_m`, at `speed_ms`, unless
    the vehicle ahead is too near.
    """

    enter_s: float
    start_m: float
    speed_ms: float
    length_m: float
    runs_red: bool = False
    headway_s: float = 1.1
    acceleration_ms2: float = 1.9
    braking_ms2: float = 2.4


@dataclass(frozen=True, slots=True)
class StopRule:
    """Where and when a lane must stop."""

    plan: SignalPlan
    line_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Positions of all vehicles of a lane over time.

    `front_m`, `speed_ms` and `acceleration_ms2` have shape (vehicles, frames); NaN
    before a vehicle enters. Frames are at `times_s` (frames,).
    """

    times_s: Floats
    front_m: Floats
    speed_ms: Floats
    acceleration_ms2: Floats


@dataclass(slots=True)
class _Car:
    driver: Driver
    front_m: float
    speed_ms: float
    acceleration_ms2: float = 0.0
    committed: bool | None = field(default=None)


def drive(
    drivers: Sequence[Driver], times_s: Floats, rule: StopRule | None = None
) -> Motion:
    """Move the drivers of one lane, first to enter first, and record every frame."""
    frame_s = float(times_s[1] - times_s[0])
    step_s = frame_s / _STEPS_PER_FRAME
    shape = (len(drivers), len(times_s))
    record = np.full((3, *shape), np.nan)
    cars: list[_Car] = []
    for frame, time_s in enumerate(times_s.tolist()):
        for substep in range(_STEPS_PER_FRAME):
            now = time_s + (substep - _STEPS_PER_FRAME) * step_s
            _advance(cars, now, step_s, rule)
        _admit(cars, drivers, time_s)
        for number, car in enumerate(cars):
            record[:, number, frame] = car.front_m, car.speed_ms, car.acceleration_ms2
    return Motion(times_s, record[0], record[1], record[2])


def _admit(cars: list[_Car], drivers: Sequence[Driver], time_s: float) -> None:
    while len(cars) < len(drivers) and drivers[len(cars)].enter_s <= time_s:
        driver = drivers[len(cars)]
        late = time_s - driver.enter_s
        front = driver.start_m + driver.speed_ms * late
        if cars and _too_near(cars[-1], front, driver.speed_ms):
            return
        cars.append(_Car(driver, front, driver.speed_ms))


def _too_near(ahead: _Car, front_m: float, speed_ms: float) -> bool:
    """Tell whether somebody entering could not brake for `ahead` in time."""
    gap = ahead.front_m - ahead.driver.length_m - front_m
    brakes_m = max(speed_ms**2 - ahead.speed_ms**2, 0.0) / (2 * _HARDEST_BRAKING_MS2)
    return gap < 3.0 + 1.2 * brakes_m


def _advance(
    cars: list[_Car], now_s: float, step_s: float, rule: StopRule | None
) -> None:
    ahead: _Car | None = None
    for car in cars:
        wanted = _follow(car, ahead)
        if rule is not None and not car.driver.runs_red:
            wanted = min(wanted, _heed(car, rule, now_s))
        _move(car, max(wanted, -_HARDEST_BRAKING_MS2), step_s)
        ahead = car


def _move(car: _Car, wanted_ms2: float, step_s: float) -> None:
    speed = max(car.speed_ms + wanted_ms2 * step_s, 0.0)
    if speed < _CREEP_MS and wanted_ms2 <= 0.05:
        speed = 0.0
    car.front_m += (car.speed_ms + speed) / 2 * step_s
    car.acceleration_ms2 = (speed - car.speed_ms) / step_s
    car.speed_ms = speed


def _follow(car: _Car, ahead: _Car | None) -> float:
    if ahead is None:
        return _idm(car, np.inf, car.speed_ms)
    gap = ahead.front_m - ahead.driver.length_m - car.front_m
    return _idm(car, gap, ahead.speed_ms)


def _idm(car: _Car, gap_m: float, speed_ahead_ms: float) -> float:
    driver = car.driver
    free = 1 - (car.speed_ms / driver.speed_ms) ** 4
    closing = car.speed_ms - speed_ahead_ms
    root = 2 * float(np.sqrt(driver.acceleration_ms2 * driver.braking_ms2))
    wanted = _STANDSTILL_GAP_M + max(
        car.speed_ms * driver.headway_s + car.speed_ms * closing / root, 0.0
    )
    near = (wanted / max(gap_m, 0.1)) ** 2
    return driver.acceleration_ms2 * (free - near)


def _heed(car: _Car, rule: StopRule, now_s: float) -> float:
    """Return the acceleration that the signal allows."""
    left = rule.line_m - car.front_m
    phase = rule.plan.phase_at(now_s)
    if phase is LampPhase.GREEN or left <= 0:
        car.committed = None
        return np.inf
    if car.committed is None:
        car.committed = _too_late_to_stop(car, left, rule, now_s)
    if car.committed:
        return np.inf
    return _idm(car, left - _BEFORE_LINE_M + _STANDSTILL_GAP_M, 0.0)


def _too_late_to_stop(car: _Car, left_m: float, rule: StopRule, now_s: float) -> bool:
    room = max(left_m - _BEFORE_LINE_M, 0.1)
    needed = car.speed_ms**2 / (2 * room)
    if needed <= _COMFORTABLE_BRAKING_MS2:
        return False
    clears_s = (left_m + car.driver.length_m) / max(car.speed_ms, 0.1)
    return clears_s < rule.plan.amber_left_s(now_s) or needed > 5.0
