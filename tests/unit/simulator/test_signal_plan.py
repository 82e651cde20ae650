"""A fixed-time signal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signal import LampPhase
from app.simulator.signal_plan import SignalPlan

PLAN = SignalPlan(green_s=14, amber_s=3, red_s=12, offset_s=13)


def test_phases_follow_one_another() -> None:
    seen = [PLAN.phase_at(t) for t in (0.0, 0.95, 1.0, 3.95, 4.0, 15.95, 16.0)]
    green, amber, red = LampPhase.GREEN, LampPhase.AMBER, LampPhase.RED
    assert seen == [green, green, amber, amber, red, red, green]


@given(st.floats(0, 500))
def test_repeats_after_a_cycle(time_s: float) -> None:
    time_s = round(time_s, 3)
    assert PLAN.phase_at(time_s) is PLAN.phase_at(time_s + PLAN.cycle_s)


@given(st.floats(0, 500))
def test_red_for_is_given_in_red_only(time_s: float) -> None:
    red_for = PLAN.red_for_s(time_s)
    assert (red_for is not None) == (PLAN.phase_at(time_s) is LampPhase.RED)
    if red_for is not None:
        assert 0 <= red_for < PLAN.red_s


def test_red_starts() -> None:
    assert PLAN.red_starts_s(87) == pytest.approx([4, 33, 62])
    for start in PLAN.red_starts_s(87):
        assert PLAN.red_for_s(start) == pytest.approx(0)


def test_amber_left_runs_down() -> None:
    assert PLAN.amber_left_s(1.5) == pytest.approx(2.5)
    assert PLAN.amber_left_s(8.0) == 0
