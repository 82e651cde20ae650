"""A backlog that lasts is left out; bursts, jitter and drift are not."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode.backlog import Backlog

FRAME_NS = 40_000_000
SECOND_NS = 1_000_000_000


def test_a_steady_stream_is_all_decoded() -> None:
    backlog = Backlog()
    assert not any(backlog.too_late(n * FRAME_NS, n * FRAME_NS) for n in range(5000))


@given(seed=st.integers(0, 1000))
def test_jitter_and_drift_are_no_backlog(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible
    backlog = Backlog()
    for number in range(5000):
        drift_ns = number * FRAME_NS // 5000
        jitter_ns = chance.randrange(200_000_000)
        arrival_ns = number * FRAME_NS + drift_ns + jitter_ns
        assert not backlog.too_late(number * FRAME_NS, arrival_ns)


def test_a_burst_after_a_pause_is_decoded() -> None:
    backlog = Backlog()
    for number in range(250):
        backlog.too_late(number * FRAME_NS, number * FRAME_NS)
    resumed_ns = 250 * FRAME_NS + 2_800_000_000
    late = [
        backlog.too_late((250 + n) * FRAME_NS, resumed_ns + n * 5_000_000)
        for n in range(70)
    ]
    assert not any(late)


def test_a_slow_reader_leaves_out_and_catches_up() -> None:
    """Decoding takes 60 ms where 40 are to be had; leaving out takes 1 ms."""
    backlog = Backlog()
    now_ns, worst_ns, skipped = 0, 0, 0
    for number in range(10_000):
        now_ns = max(now_ns, number * FRAME_NS)
        worst_ns = max(worst_ns, now_ns - number * FRAME_NS)
        if backlog.too_late(number * FRAME_NS, now_ns):
            skipped += 1
            now_ns += 1_000_000
        else:
            now_ns += 60_000_000
    assert worst_ns < 3.2 * SECOND_NS
    assert 0 < skipped < 5000


def test_a_reader_that_stays_too_slow_never_takes_that_for_normal() -> None:
    backlog = Backlog()
    now_ns = 0
    late_ns = []
    for number in range(20_000):
        now_ns = max(now_ns, number * FRAME_NS)
        late_ns.append(now_ns - number * FRAME_NS)
        left_out = backlog.too_late(number * FRAME_NS, now_ns)
        now_ns += 39_000_000 if left_out else 41_000_000
    assert max(late_ns) < 3.2 * SECOND_NS


@settings(max_examples=25)
@given(
    seed=st.integers(0, 1000),
    slow_ppm=st.integers(200, 8000),
    held_up_ms=st.integers(0, 10_000),
)
def test_a_camera_with_poor_timestamps_is_blind_for_moments_only(
    seed: int, slow_ppm: int, held_up_ms: int
) -> None:
    """Its clock runs slow, and once it held all pictures up for some seconds."""
    chance = random.Random(seed)  # noqa: S311 - reproducible
    backlog = Backlog()
    left_out = []
    for number in range(20_000):
        slow_ns = number * FRAME_NS * slow_ppm // 1_000_000
        hiccup_ns = held_up_ms * 1_000_000 if number >= 300 else 0
        jitter_ns = chance.randrange(100_000_000)
        arrival_ns = number * FRAME_NS + slow_ns + hiccup_ns + jitter_ns
        left_out.append(backlog.too_late(number * FRAME_NS, arrival_ns))
    assert sum(left_out) < 1500
    assert longest_run(left_out) * FRAME_NS < 12 * SECOND_NS


def longest_run(left_out: list[bool]) -> int:
    longest = current = 0
    for each in left_out:
        current = current + 1 if each else 0
        longest = max(longest, current)
    return longest
