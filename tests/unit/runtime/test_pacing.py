"""Looks go where something happens, in fair turn, and nobody looks at old pictures."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import NS_PER_S
from app.domain.ids import CameraId, new_uuid
from app.runtime.pacing import (
    EVERY_PICTURE,
    PACED,
    QUIET,
    STALE,
    Attention,
    Paces,
    Pacing,
    Waiting,
)

MS = NS_PER_S // 1000
FRAME_NS = 40 * MS
CAMERAS = [CameraId(new_uuid()) for _ in range(8)]
NORTH, SOUTH = CAMERAS[:2]


def looks(
    pacing: Pacing,
    seconds: int,
    sees: dict[CameraId, Attention],
    *,
    stirs: frozenset[CameraId] = frozenset(),
    looks_per_frame: int = 8,
) -> Counter[CameraId]:
    """Let every camera have a picture each 40 ms; count the looks at each."""
    counted: Counter[CameraId] = Counter()
    for now_ns in range(NS_PER_S, (1 + seconds) * NS_PER_S, FRAME_NS):
        left = list(sees)
        for _ in range(looks_per_frame):
            waiting = [Waiting(c, now_ns, c in stirs) for c in left]
            turn = pacing.choose(waiting, now_ns)
            left = [c for c in left if c not in dict(turn.let_go)]
            if turn.serve is None:
                break
            counted[turn.serve] += 1
            left.remove(turn.serve)
            stirred = turn.serve in stirs
            pacing.note(turn.serve, sees[turn.serve], now_ns, stirred=stirred)
    return counted


def test_an_empty_road_is_looked_at_every_two_seconds() -> None:
    assert looks(Pacing(), 20, {NORTH: Attention.NONE})[NORTH] in range(9, 12)


def test_a_camera_that_measures_is_looked_at_in_every_picture() -> None:
    assert looks(Pacing(), 4, {NORTH: Attention.MEASURING})[NORTH] == 100


def test_traffic_without_measurement_is_looked_at_every_80_ms() -> None:
    assert looks(Pacing(), 4, {NORTH: Attention.TRAFFIC})[NORTH] == 50


def test_motion_is_looked_at_without_delay() -> None:
    pacing = Pacing()
    pacing.choose([Waiting(NORTH, 0)], 0)
    still = pacing.choose([Waiting(NORTH, 200 * MS)], 200 * MS)
    stirred = pacing.choose([Waiting(NORTH, 240 * MS, True)], 240 * MS)

    assert still.serve is None
    assert still.let_go == ((NORTH, QUIET),)
    assert stirred.serve == NORTH


def test_a_tree_in_the_wind_is_looked_at_ever_less_often() -> None:
    counted = looks(Pacing(), 60, {NORTH: Attention.NONE}, stirs=frozenset({NORTH}))

    assert counted[NORTH] < 80


def test_a_vehicle_on_its_way_in_does_not_wait_for_having_stirred_in_vain() -> None:
    pacing = Pacing()
    for look in range(5):
        now_ns = NS_PER_S + look * 80 * MS
        assert pacing.choose([Waiting(NORTH, now_ns, True)], now_ns).serve == NORTH
        pacing.note(NORTH, Attention.NONE, now_ns, stirred=True)


def test_a_vehicle_ends_the_mistrust_in_motion() -> None:
    pacing = Pacing()
    looks(pacing, 20, {NORTH: Attention.NONE}, stirs=frozenset({NORTH}))
    now_ns = 30 * NS_PER_S
    pacing.choose([Waiting(NORTH, now_ns, True)], now_ns)
    pacing.note(NORTH, Attention.TRAFFIC, now_ns, stirred=True)
    later_ns = now_ns + 3 * NS_PER_S
    pacing.choose([Waiting(NORTH, later_ns)], later_ns)
    pacing.note(NORTH, Attention.NONE, later_ns, stirred=False)
    soon_ns = later_ns + 80 * MS

    assert pacing.choose([Waiting(NORTH, soon_ns, True)], soon_ns).serve == NORTH


def test_what_is_let_go_is_let_go_for_its_own_reason() -> None:
    pacing = Pacing(Paces(stale_ns=NS_PER_S))
    for camera_id in (NORTH, SOUTH):
        pacing.choose([Waiting(camera_id, NS_PER_S)], NS_PER_S)
    pacing.note(NORTH, Attention.TRAFFIC, NS_PER_S, stirred=False)
    now_ns = NS_PER_S + FRAME_NS
    old = CAMERAS[2]

    waiting = [Waiting(NORTH, now_ns), Waiting(SOUTH, now_ns), Waiting(old, -1)]
    turn = pacing.choose(waiting, now_ns)

    assert turn.serve is None
    assert dict(turn.let_go) == {NORTH: PACED, SOUTH: QUIET, old: STALE}


@given(cameras=st.integers(2, 8), looks_per_frame=st.integers(1, 3))
def test_too_many_busy_cameras_share_alike(cameras: int, looks_per_frame: int) -> None:
    sees = dict.fromkeys(CAMERAS[:cameras], Attention.MEASURING)

    counted = looks(Pacing(), 8, sees, looks_per_frame=looks_per_frame)

    assert max(counted.values()) - min(counted.values()) <= 1 + 8 // cameras


def test_an_empty_road_waits_with_the_others_but_is_not_forgotten() -> None:
    sees = dict.fromkeys(CAMERAS[:6], Attention.MEASURING)
    sees[CAMERAS[7]] = Attention.NONE

    counted = looks(Pacing(), 20, sees, looks_per_frame=1)

    assert counted[CAMERAS[7]] in range(2, 12)


def test_a_recording_is_looked_at_in_every_picture() -> None:
    pacing = Pacing(EVERY_PICTURE)
    counted = looks(pacing, 4, {NORTH: Attention.NONE})

    assert counted[NORTH] == 100
    now_ns = 10 * NS_PER_S
    assert pacing.choose([Waiting(NORTH, -(10**12))], now_ns).serve == NORTH
    assert not pacing.quiet(NORTH, now_ns)


def test_a_camera_that_was_removed_is_a_new_one_when_it_returns() -> None:
    pacing = Pacing()
    pacing.choose([Waiting(NORTH, 0)], 0)
    pacing.forget(NORTH)

    assert pacing.choose([Waiting(NORTH, MS)], MS).serve == NORTH
