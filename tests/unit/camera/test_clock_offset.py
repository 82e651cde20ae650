"""Delay on the network does not move the camera's clock."""

import random

from app.camera.clock_offset import ClockOffsetFilter
from app.domain.clock import NS_PER_S


def test_estimate_is_the_sample_of_least_delay() -> None:
    chance = random.Random(7)  # noqa: S311
    truth_ns = 250_000_000
    delays_ns = [chance.randrange(2_000_000, 400_000_000) for _ in range(60)]
    clock = ClockOffsetFilter()
    estimate_ns = 0
    for second, delay_ns in enumerate(delays_ns):
        estimate_ns = clock.add(truth_ns - delay_ns, second * NS_PER_S)

    assert estimate_ns == truth_ns - min(delays_ns)


def test_a_clock_that_was_set_back_is_believed_after_a_minute() -> None:
    clock = ClockOffsetFilter()
    clock.add(5 * NS_PER_S, 0)
    clock.add(0, 30 * NS_PER_S)

    assert clock.add(0, 61 * NS_PER_S) == 0
