"""What must hold for any traffic whatever."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.infraction import InfractionKind
from app.domain.signal import LampPhase
from app.rule.judge import CameraJudge
from tests.builders.junction import Vehicle, configuration, cycle, play, steady

R, A, G = LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN
LAMP = cycle((0, G), (5, A), (8, R), (14, G))
VERSION = configuration(limit_kmh=60)

crossings = st.lists(
    st.tuples(
        st.floats(2, 27),
        st.floats(1, 18),
        st.sampled_from([-2.0, 1.5]),
        st.sampled_from([1, -1]),
    ),
    min_size=1,
    max_size=5,
)


def traffic(drives: list[tuple[float, float, float, int]]) -> list[Vehicle]:
    return [
        Vehicle(track=track, y_m=steady(speed_ms, at_s, towards), x_m=x_m)
        for track, (speed_ms, at_s, x_m, towards) in enumerate(drives, 1)
    ]


@given(drives=crossings, seed=st.integers(0, 10_000), jitter_px=st.floats(0, 3))
@settings(deadline=None, max_examples=30)
def test_at_most_one_finding_of_a_kind_per_track_and_only_true_ones(
    drives: list[tuple[float, float, float, int]], seed: int, jitter_px: float
) -> None:
    noise = np.random.default_rng(seed)
    found = play(
        CameraJudge(VERSION), traffic(drives), LAMP, noise=noise, jitter_px=jitter_px
    )
    assert all(n == 1 for n in Counter((f.kind, f.track_id) for f in found).values())
    for finding in found:
        speed_ms, at_s, _, towards = drives[finding.track_id - 1]
        if finding.kind is InfractionKind.RED_LIGHT:
            assert towards == 1
            assert 8 < at_s < 14
        else:
            assert speed_ms * 3.6 > 60


@given(drives=crossings, seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=15)
def test_the_order_of_boxes_does_not_matter(
    drives: list[tuple[float, float, float, int]], seed: int
) -> None:
    vehicles = traffic(drives)
    plain = play(CameraJudge(VERSION), vehicles, LAMP)
    mixed = play(
        CameraJudge(VERSION), vehicles, LAMP, shuffle=np.random.default_rng(seed)
    )
    kinds = Counter(f.kind for f in plain)
    assert Counter(f.kind for f in mixed) == kinds


@given(drives=crossings, offset_s=st.floats(0.001, 1e6))
@settings(deadline=None, max_examples=15)
def test_when_the_stream_began_does_not_matter(
    drives: list[tuple[float, float, float, int]], offset_s: float
) -> None:
    plain = play(CameraJudge(VERSION), traffic(drives), LAMP)
    moved = [(v, at + offset_s, x, d) for v, at, x, d in drives]
    later = play(
        CameraJudge(VERSION),
        traffic(moved),
        lambda time_s: LAMP(time_s - offset_s + 1e-6),
        times_s=np.arange(0, 20, 0.125) + offset_s,
    )
    assert [(f.kind, f.track_id) for f in later] == [
        (f.kind, f.track_id) for f in plain
    ]
