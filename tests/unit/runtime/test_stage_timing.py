"""Durations are counted in the right bucket, by every thread, cheaply."""

import threading
import time

import pytest

from app.domain.ids import CameraId, new_uuid
from app.runtime.stage_timing import BOUNDS_S, DETECT, TRACK, StageTimes

CAMERA = CameraId(new_uuid())


def test_a_duration_on_a_bound_belongs_to_the_bucket_below_it() -> None:
    times = StageTimes()
    for seconds in (0.0, 0.0005, 0.00051, 10.0, 11.0):
        times.observe(CAMERA, DETECT, seconds)

    histogram = times.snapshot()[CAMERA, DETECT]

    assert histogram.counts[:2] == (2, 1)
    assert histogram.counts[-2:] == (1, 1)
    assert len(histogram.counts) == len(BOUNDS_S) + 1
    assert histogram.count == 5
    assert histogram.total_s == pytest.approx(21.00101)


def test_a_block_is_measured_even_when_it_fails() -> None:
    times = StageTimes()
    with pytest.raises(ValueError, match="bad"), times.measure(None, TRACK):
        raise ValueError("bad")

    assert times.snapshot()[None, TRACK].count == 1


def test_no_duration_is_lost_between_threads() -> None:
    times = StageTimes()

    def many() -> None:
        for _ in range(5000):
            times.observe(CAMERA, DETECT, 0.003)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    histogram = times.snapshot()[CAMERA, DETECT]
    assert histogram.count == 20_000
    assert histogram.total_s == pytest.approx(60)


def test_a_removed_camera_is_forgotten() -> None:
    times = StageTimes()
    times.observe(CAMERA, DETECT, 1)
    times.observe(None, DETECT, 1)
    times.forget(CAMERA)

    assert set(times.snapshot()) == {(None, DETECT)}


def test_measuring_costs_next_to_nothing() -> None:
    times = StageTimes()
    best_s = min(_cost_of_a_thousand_s(times) for _ in range(10))

    assert best_s / 1000 < 20e-6


def _cost_of_a_thousand_s(times: StageTimes) -> float:
    began_s = time.thread_time()
    for _ in range(1000):
        with times.measure(CAMERA, DETECT):
            pass
    return time.thread_time() - began_s
