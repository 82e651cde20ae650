"""Drivers follow each other without touching, and stop where they must."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulator.motion import Driver, Motion, StopRule, drive
from app.simulator.signal_plan import SignalPlan

TIMES = np.arange(0, 45, 0.1)
ALWAYS_RED = SignalPlan(green_s=0, amber_s=0, red_s=1000)

drivers = st.lists(
    st.builds(
        Driver,
        enter_s=st.floats(0, 25),
        start_m=st.just(-120.0),
        speed_ms=st.floats(7, 25),
        length_m=st.floats(2, 12),
    ),
    min_size=1,
    max_size=5,
).map(lambda many: sorted(many, key=lambda d: d.enter_s))


def least_gap_m(motion: Motion, many: list[Driver]) -> float:
    gaps = [
        motion.front_m[k] - many[k].length_m - motion.front_m[k + 1]
        for k in range(len(many) - 1)
    ]
    present = [gap[np.isfinite(gap)] for gap in gaps]
    return min((float(gap.min()) for gap in present if len(gap)), default=np.inf)


@settings(deadline=None, max_examples=12)
@given(drivers)
def test_nobody_touches_the_one_ahead(many: list[Driver]) -> None:
    assert least_gap_m(drive(many, TIMES), many) > 0.3


@settings(deadline=None, max_examples=12)
@given(drivers)
def test_nobody_passes_red_or_touches_in_the_queue(many: list[Driver]) -> None:
    motion = drive(many, TIMES, StopRule(ALWAYS_RED, 0.0))
    assert np.nanmax(motion.front_m) < 0.0
    assert least_gap_m(motion, many) > 0.3


@settings(deadline=None, max_examples=12)
@given(drivers)
def test_nobody_goes_backwards(many: list[Driver]) -> None:
    motion = drive(many, TIMES, StopRule(ALWAYS_RED, 0.0))
    steps = np.diff(motion.front_m, axis=1)
    assert (steps[np.isfinite(steps)] >= -1e-9).all()
    assert np.nanmin(motion.speed_ms) >= 0


def test_the_first_stops_just_before_the_line_and_stands_still() -> None:
    one = Driver(0.0, -120.0, 12.0, 4.5)
    motion = drive([one], TIMES, StopRule(ALWAYS_RED, 0.0))
    assert -2.5 < motion.front_m[0, -1] < -0.5
    assert motion.speed_ms[0, -1] == 0.0
    assert motion.front_m[0, -1] == motion.front_m[0, -20]


def test_a_runner_does_not_heed_the_signal() -> None:
    one = Driver(0.0, -120.0, 12.0, 4.5, runs_red=True)
    motion = drive([one], TIMES, StopRule(ALWAYS_RED, 0.0))
    assert motion.front_m[0, -1] > 350
    assert motion.speed_ms[0, -1] == pytest.approx(12.0, rel=0.01)


def test_who_cannot_stop_comfortably_goes_on_amber_and_clears_the_line() -> None:
    plan = SignalPlan(green_s=10, amber_s=3, red_s=20)
    near = Driver(0.0, -138.0, 12.5, 4.5)  # 13 m before the line when amber begins
    motion = drive([near], TIMES, StopRule(plan, 0.0))
    rear_over = TIMES[int(np.argmax(motion.front_m[0] - 4.5 > 0))]
    assert 10 < rear_over < 13.3
