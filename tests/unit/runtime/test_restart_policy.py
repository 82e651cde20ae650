"""An engine is restarted soon, less often when it keeps dying, and that is told."""

import random

from app.runtime.restart_policy import RestartPolicy


def policy() -> RestartPolicy:
    return RestartPolicy(random.Random(4))  # noqa: S311 - reproducible


def test_delays_grow_with_jitter_up_to_15_s() -> None:
    restarts = policy()
    delays = []
    for death in range(9):
        restarts.died(death)
        delays.append(restarts.next_s())

    for attempt, delay_s in enumerate(delays):
        longest_s = min(15.0, 0.5 * 2**attempt)
        assert longest_s / 2 <= delay_s <= longest_s
    assert len(set(delays)) == len(delays)


def test_a_healthy_minute_forgives() -> None:
    restarts = policy()
    for _ in range(6):
        restarts.next_s()

    restarts.reported(100)
    restarts.reported(159)
    assert restarts.next_s() > 1
    restarts.reported(160)
    assert restarts.next_s() <= 0.5


def test_reports_of_two_engines_make_no_healthy_minute() -> None:
    restarts = policy()
    for _ in range(6):
        restarts.next_s()

    restarts.reported(100)
    restarts.died(150)
    restarts.reported(161)
    assert restarts.next_s() > 1


def test_three_deaths_within_five_minutes_are_a_loop() -> None:
    restarts = policy()
    restarts.died(0)
    restarts.died(10)
    assert not restarts.looping(10)
    restarts.died(299)
    assert restarts.looping(299)
    assert not restarts.looping(301)
    restarts.died(400)
    assert not restarts.looping(400)
