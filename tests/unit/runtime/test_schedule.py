"""Every camera gets its turn, and nobody looks at old pictures."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import NS_PER_S
from app.domain.ids import CameraId, new_uuid
from app.runtime.schedule import FairTurn, Waiting

CAMERAS = [CameraId(new_uuid()) for _ in range(8)]


@given(cameras=st.integers(1, 8), rounds=st.integers(1, 20))
def test_cameras_that_always_wait_are_served_equally(cameras: int, rounds: int) -> None:
    turn = FairTurn()
    served: Counter[CameraId | None] = Counter()
    for moment in range(cameras * rounds):
        waiting = [Waiting(camera, moment) for camera in CAMERAS[:cameras]]
        served[turn.choose(waiting, moment).serve] += 1

    assert set(served.values()) == {rounds}


@given(st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=100))
def test_nobody_waits_longer_than_one_round(ready: list[set[int]]) -> None:
    turn = FairTurn()
    passed_over: Counter[CameraId] = Counter()
    for moment, indices in enumerate(ready):
        waiting = [Waiting(CAMERAS[i], moment) for i in indices]
        chosen = turn.choose(waiting, moment).serve
        assert chosen is not None
        for item in waiting:
            passed_over[item.camera_id] += 1
        passed_over[chosen] = 0
        assert max(passed_over.values()) < len(CAMERAS)


def test_a_camera_seldom_ready_is_served_at_once() -> None:
    turn = FairTurn()
    busy, quiet = CAMERAS[:2]
    turn.choose([Waiting(quiet, 0)], 0)
    for moment in range(1, 10):
        turn.choose([Waiting(busy, moment)], moment)

    assert turn.choose([Waiting(busy, 10), Waiting(quiet, 11)], 11).serve == quiet


def test_old_pictures_are_skipped() -> None:
    turn = FairTurn(stale_after_ns=NS_PER_S)
    old, fresh = CAMERAS[:2]
    waiting = [Waiting(old, 0), Waiting(fresh, NS_PER_S)]

    chosen = turn.choose(waiting, NS_PER_S + 1)

    assert chosen.serve == fresh
    assert chosen.stale == (old,)


def test_a_recording_is_never_too_old() -> None:
    assert FairTurn(None).choose([Waiting(CAMERAS[0], 0)], 10**15).stale == ()


def test_nobody_waits() -> None:
    assert FairTurn().choose([], 0).serve is None


def test_an_empty_road_leaves_its_turns_to_those_with_traffic() -> None:
    turn = FairTurn()
    served: Counter[CameraId] = Counter()
    busy, empty = CAMERAS[:2], CAMERAS[2:4]
    for moment in range(600):
        waiting = [Waiting(camera, moment) for camera in (*busy, *empty)]
        chosen = turn.choose(waiting, moment).serve
        assert chosen is not None
        served[chosen] += 1
        turn.note(chosen, traffic=chosen in busy)

    assert min(served[camera] for camera in busy) >= 1.8 * max(
        served[camera] for camera in empty
    )
    assert min(served[camera] for camera in empty) >= 60


def test_traffic_brings_the_full_rate_back_at_once() -> None:
    turn = FairTurn()
    for camera in CAMERAS[:2]:
        turn.choose([Waiting(camera, 0)], 0)
    turn.note(CAMERAS[0], traffic=False)
    turn.note(CAMERAS[0], traffic=True)
    both = [Waiting(camera, 1) for camera in CAMERAS[:2]]

    assert turn.choose(both, 1).serve == CAMERAS[0]
