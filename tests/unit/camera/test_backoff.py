"""Delays grow, stay below the ceiling and differ between cameras."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.camera.backoff import Backoff


@given(chance=st.randoms(use_true_random=False), attempts=st.integers(1, 60))
def test_delays_double_up_to_the_ceiling(chance: random.Random, attempts: int) -> None:
    backoff = Backoff(0.5, 30.0, chance)

    for attempt in range(attempts):
        longest_s = min(30.0, 0.5 * 2**attempt)
        assert longest_s / 2 <= backoff.next_s() <= longest_s


def test_reset_begins_again() -> None:
    backoff = Backoff(0.5, 30.0)
    for _ in range(8):
        backoff.next_s()

    backoff.reset()

    assert backoff.next_s() <= 0.5


def test_fifty_cameras_behind_one_switch_do_not_storm_together() -> None:
    """The switch was dead for a minute; then each asks at a moment of its own."""
    chance = random.Random(50)  # noqa: S311
    returns_s = []
    for _ in range(50):
        backoff, now_s = Backoff(chance=chance), 0.0
        while now_s < 60.0:
            now_s += backoff.next_s()
        returns_s.append(now_s - 60.0)

    in_each_quarter_s = Counter(int(4 * moment_s) for moment_s in returns_s)
    assert max(in_each_quarter_s.values()) <= 8
    assert max(returns_s) <= 8.0
