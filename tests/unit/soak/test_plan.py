"""Plans are reproducible, fair to every kind of trouble, and leave room to recover."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.soak.plan import Incident, Trouble, plan_incidents

QUIET_S = 20.0


def plan(seed: int, cameras: int = 8, seconds: float = 600.0) -> list[Incident]:
    return plan_incidents(seed, cameras, seconds, quiet_s=QUIET_S)


@given(seed=st.integers(0, 10_000), cameras=st.integers(1, 12))
def test_no_more_than_two_at_a_time_and_no_camera_without_rest(
    seed: int, cameras: int
) -> None:
    incidents = plan(seed, cameras)
    for incident in incidents:
        assert QUIET_S <= incident.begin_s < incident.end_s <= 600 - QUIET_S
        at_once = [i for i in incidents if i.begin_s <= incident.begin_s < i.end_s]
        assert len(at_once) <= 2
    for camera in range(cameras):
        own = [i for i in incidents if i.camera == camera]
        for before, after in pairwise(own):
            assert after.begin_s - before.end_s >= QUIET_S


def test_the_same_seed_is_the_same_soak() -> None:
    assert plan(7) == plan(7)
    assert plan(7) != plan(8)


def test_every_trouble_comes_within_ten_minutes() -> None:
    assert {incident.trouble for incident in plan(1)} == set(Trouble)
