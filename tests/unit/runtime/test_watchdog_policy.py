"""A stage is remedied once for each time that it hangs."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import CameraId, new_uuid
from app.runtime.watchdog_policy import Remedy, StageSign, WatchdogPolicy

CAMERA, OTHER = CameraId(new_uuid()), CameraId(new_uuid())


def inference(silent_s: float) -> StageSign:
    return StageSign("inference", None, silent_s, 30.0, Remedy.RESTART)


def capture(silent_s: float, camera_id: CameraId = CAMERA) -> StageSign:
    return StageSign("capture", camera_id, silent_s, 30.0, Remedy.REPLACE)


def test_a_stage_may_be_silent_for_what_it_is_allowed() -> None:
    assert WatchdogPolicy().decide([inference(30), capture(30)], 0) == []


def test_a_stuck_stage_is_remedied_once() -> None:
    policy = WatchdogPolicy()
    assert policy.decide([inference(31), capture(3)], 0) == [inference(31)]
    assert policy.decide([inference(32), capture(4)], 1) == []


def test_a_stage_that_lived_again_can_be_found_stuck_again() -> None:
    policy = WatchdogPolicy()
    policy.decide([inference(31)], 0)
    policy.decide([inference(0)], 1)
    assert policy.decide([inference(31)], 40) == [inference(31)]


def test_cameras_are_told_apart() -> None:
    policy = WatchdogPolicy()
    policy.decide([capture(31), capture(3, OTHER)], 0)
    both = [capture(50), capture(31, OTHER)]
    assert policy.decide(both, 20) == [capture(31, OTHER)]


def test_both_streams_of_a_camera_ask_for_one_replacement() -> None:
    assert len(WatchdogPolicy().decide([capture(31), capture(40)], 0)) == 1


@given(st.lists(st.sampled_from([0.0, 31.0]), min_size=1, max_size=200))
def test_a_camera_is_replaced_at_most_once_a_minute(silences: list[float]) -> None:
    policy = WatchdogPolicy(again_after_s=60.0)
    replaced = [
        second
        for second, silent_s in enumerate(silences)
        if policy.decide([capture(silent_s)], float(second))
    ]
    gaps = [b - a for a, b in pairwise(replaced)]
    assert all(gap >= 60 for gap in gaps)
    assert bool(replaced) == (31.0 in silences)
