"""Stream time never goes back, and within a session it is exactly the camera's."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.camera.stream_clock import Stamp, StreamClock, TimelineBroken
from app.domain.clock import NS_PER_S

RTP = Fraction(1, 90_000)


def stamp(
    clock: StreamClock,
    pts: int | None,
    dts: int | None = None,
    arrival_ns: int = 0,
    duration: int | None = 3600,
) -> Stamp:
    return clock.stamp(
        pts=pts, dts=dts, duration=duration, time_base=RTP, arrival_ns=arrival_ns
    )


@given(
    start=st.integers(-(2**31), 2**31),
    steps=st.lists(st.integers(1, 4 * 90_000), min_size=1, max_size=50),
)
def test_differences_are_those_of_the_camera(start: int, steps: list[int]) -> None:
    clock = StreamClock()
    first = stamp(clock, start)
    ticks = start
    for step in steps:
        ticks += step
        elapsed = Fraction(stamp(clock, ticks).stream_ns - first.stream_ns, NS_PER_S)
        assert abs(elapsed - Fraction(ticks - start, 90_000)) <= Fraction(2, NS_PER_S)


def test_new_session_continues_after_the_gap() -> None:
    clock = StreamClock()
    stamp(clock, 900_000, arrival_ns=0)
    last = stamp(clock, 903_600, arrival_ns=40_000_000)

    clock.begin_session(arrival_ns=2_040_000_000)
    first = stamp(clock, 17, arrival_ns=2_040_000_000)

    assert first.stream_ns - last.stream_ns == 2 * NS_PER_S


@given(
    sessions=st.lists(
        st.tuples(st.integers(-(2**40), 2**40), st.integers(1, 30)), min_size=1
    )
)
def test_time_never_goes_back_over_sessions(sessions: list[tuple[int, int]]) -> None:
    clock = StreamClock()
    last_ns = -1
    for origin, frames in sessions:
        clock.begin_session(arrival_ns=0)
        for index in range(frames):
            stream_ns = stamp(clock, origin + 3600 * index).stream_ns
            assert stream_ns > last_ns
            last_ns = stream_ns


@pytest.mark.parametrize("jump", [-200_000, 6 * 90_000, 2**32])
def test_a_jump_breaks_the_timeline(jump: int) -> None:
    clock = StreamClock()
    stamp(clock, 1_000_000)

    with pytest.raises(TimelineBroken):
        stamp(clock, 1_000_000 + jump)


def test_b_frames_keep_presentation_and_decode_times() -> None:
    clock = StreamClock()
    frame = 3600
    order = [(0, -2), (3, -1), (1, 0), (2, 1), (6, 2)]

    stamps = [stamp(clock, p * frame, d * frame) for p, d in order]

    assert [s.stream_ns // 40_000_000 for s in stamps] == [0, 3, 1, 2, 6]
    decode = [s.decode_ns for s in stamps]
    assert decode == sorted(set(decode))
    assert all(s.decode_ns <= s.stream_ns for s in stamps)


def test_packets_without_timestamps_follow_frame_by_frame() -> None:
    clock = StreamClock()
    stamp(clock, None)
    second = stamp(clock, None)

    assert second.stream_ns == 40_000_000


def test_decode_times_increase_when_the_camera_repeats_them() -> None:
    clock = StreamClock()
    one = stamp(clock, 3600, 3600)
    two = stamp(clock, 7200, 3600)
    three = stamp(clock, 10800, 3600)

    assert one.decode_ns < two.decode_ns < three.decode_ns
