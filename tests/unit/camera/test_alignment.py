"""Two streams of one camera find one time axis, whatever the network does."""

import random

from hypothesis import given
from hypothesis import strategies as st

from app.camera.alignment import AlignedBy, Alignment, StreamAligner
from app.domain.clock import NS_PER_S

MS = NS_PER_S // 1000
FRAME_NS = 40 * MS
EPOCH_NS = 1_700_000_000 * NS_PER_S


def fed(
    chance: random.Random,
    *,
    main_origin_ns: int,
    second_origin_ns: int,
    jitter_ms: float,
    seconds: float = 3.0,
    held_back_ns: int = 0,
    reports: bool = False,
) -> tuple[StreamAligner, int]:
    """Feed both streams of a camera; return the aligner and the time of now.

    A picture of moment m has stream time m + origin in each. `held_back_ns`: what had
    come before the program began to read arrives at once when it does.
    """
    aligner, events = StreamAligner(), []
    for number in range(round(seconds * 25)):
        moment_ns = number * FRAME_NS
        for which in (0, 1):
            delay_ns = 2 * MS + round(chance.expovariate(1.0) * jitter_ms * MS)
            arrival_ns = max(moment_ns + delay_ns, held_back_ns)
            events.append((arrival_ns, which, moment_ns))
    for arrival_ns, which, moment_ns in sorted(events):
        wall_ns = EPOCH_NS + moment_ns if reports else None
        if which == 0:
            aligner.saw_first(moment_ns + main_origin_ns, arrival_ns, wall_ns)
        else:
            aligner.saw_second(moment_ns + second_origin_ns, arrival_ns, wall_ns)
    return aligner, max(events)[0]


origins = st.integers(-(10**13), 10**13)


@given(
    seed=st.integers(0, 2**32),
    main=origins,
    second=origins,
    jitter_ms=st.floats(0.0, 60.0),
    held_back_ms=st.integers(0, 900),
)
def test_jittered_arrivals_give_the_offset_within_a_frame(
    seed: int, main: int, second: int, jitter_ms: float, held_back_ms: int
) -> None:
    aligner, now_ns = fed(
        random.Random(seed),  # noqa: S311
        main_origin_ns=main,
        second_origin_ns=second,
        jitter_ms=jitter_ms,
        held_back_ns=held_back_ms * MS,
    )

    found = aligner.estimate(now_ns)

    assert found is not None
    assert found.by is AlignedBy.ARRIVAL
    error_ns = abs(found.offset_ns - (main - second))
    assert error_ns < FRAME_NS
    assert error_ns <= max(found.sigma_ns, FRAME_NS // 4)


@given(seed=st.integers(0, 2**32), main=origins, second=origins)
def test_sender_reports_give_the_offset_exactly_and_at_once(
    seed: int, main: int, second: int
) -> None:
    aligner, now_ns = fed(
        random.Random(seed),  # noqa: S311
        main_origin_ns=main,
        second_origin_ns=second,
        jitter_ms=200.0,
        seconds=0.08,
        reports=True,
    )

    found = aligner.estimate(now_ns)

    assert found is not None
    assert found.by is AlignedBy.SENDER_REPORTS
    assert found.offset_ns == main - second


def test_nothing_is_said_before_live_packets_came() -> None:
    aligner = StreamAligner()
    for number in range(20):
        aligner.saw_first(number * FRAME_NS, 5 * NS_PER_S + number * MS)
        aligner.saw_second(number * FRAME_NS, 5 * NS_PER_S + number * MS)

    assert aligner.estimate(5 * NS_PER_S + 100 * MS) is None


def test_a_new_origin_is_a_new_question() -> None:
    aligner, now_ns = fed(
        random.Random(1),  # noqa: S311
        main_origin_ns=0,
        second_origin_ns=7,
        jitter_ms=5.0,
    )
    assert aligner.estimate(now_ns) is not None

    aligner.begin_second()

    assert aligner.estimate(now_ns) is None


def test_only_what_doubt_does_not_explain_is_a_drift() -> None:
    known = Alignment(offset_ns=0, sigma_ns=5 * MS, by=AlignedBy.ARRIVAL)
    near = Alignment(offset_ns=15 * MS, sigma_ns=2 * MS, by=AlignedBy.SENDER_REPORTS)
    far = Alignment(offset_ns=50 * MS, sigma_ns=2 * MS, by=AlignedBy.SENDER_REPORTS)

    assert not near.strays_from(known, FRAME_NS)
    assert far.strays_from(known, FRAME_NS)
