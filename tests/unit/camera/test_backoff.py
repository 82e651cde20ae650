"""Delays grow, stay below the ceiling and differ between cameras."""

import random

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


def test_cameras_do_not_storm_together() -> None:
    delays = {Backoff().next_s() for _ in range(50)}

    assert len(delays) > 40
