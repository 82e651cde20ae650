"""Silence counts only while there is work."""

import threading
from datetime import timedelta

import pytest

from app.domain.pulse import Pulse
from tests.fakes.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_a_stage_without_work_is_never_silent(clock: ManualClock) -> None:
    pulse = Pulse(clock)
    clock.advance(timedelta(seconds=100))
    assert pulse.read().silent_s == 0

    with pulse.working():
        pass
    clock.advance(timedelta(seconds=100))
    assert pulse.read().silent_s == 0


def test_silence_counts_from_the_last_sign_of_life(clock: ManualClock) -> None:
    pulse = Pulse(clock)
    pulse.begin()
    clock.advance(timedelta(seconds=7))
    assert pulse.read().silent_s == 7
    pulse.beat()
    clock.advance(timedelta(seconds=2))
    assert pulse.read().silent_s == 2


def test_overlapping_work_is_silent_until_all_of_it_is_done(clock: ManualClock) -> None:
    pulse = Pulse(clock)
    pulse.begin()
    pulse.begin()
    pulse.end()
    clock.advance(timedelta(seconds=3))
    assert pulse.read().silent_s == 3
    pulse.end()
    assert pulse.read().silent_s == 0


def test_an_announced_rest_is_no_silence(clock: ManualClock) -> None:
    pulse = Pulse(clock)
    pulse.begin()
    pulse.rest(8)
    clock.advance(timedelta(seconds=8))
    assert pulse.read().silent_s == 0
    clock.advance(timedelta(seconds=5))
    assert pulse.read().silent_s == 5


def test_the_thread_that_works_is_known(clock: ManualClock) -> None:
    pulse = Pulse(clock)
    worker = threading.Thread(target=pulse.begin)
    worker.start()
    ident = worker.ident
    worker.join()
    assert pulse.read().thread_id == ident
