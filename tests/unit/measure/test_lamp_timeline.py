"""From single readings to phases with times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signal import LampPhase, LampReading
from app.measure.lamp_timeline import LampTimeline
from tests.builders.moments import moment

R, A, G, U = LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN, LampPhase.UNKNOWN
STEP_NS = 100_000_000


def timeline(*phases: LampPhase, start: int = 0) -> LampTimeline:
    """Feed a reading every 100 ms."""
    result = LampTimeline()
    for index, phase in enumerate(phases, start):
        result.add(reading(phase, index * STEP_NS))
    return result


def reading(phase: LampPhase, stream_ns: int) -> LampReading:
    return LampReading(phase=phase, contrast=0.8, time=moment(stream_ns))


def test_one_reading_is_not_believed() -> None:
    assert timeline(R).phase is U
    assert timeline(R, R).phase is R
    assert timeline(G, G, R).phase is G


def test_a_change_lies_between_two_frames_with_the_gap_as_doubt() -> None:
    red = timeline(A, A, R, R, R).stretch_at(3 * STEP_NS)
    assert red is not None
    assert (red.phase, red.start_certain) == (R, True)
    assert red.start_ns == pytest.approx(1.5 * STEP_NS)
    assert red.start_uncertainty_ns == STEP_NS


def test_amber_is_known_with_its_length() -> None:
    lamp = timeline(G, G, *[A] * 30, R, R)
    red = lamp.stretch_at(33 * STEP_NS)
    assert red is not None
    amber = lamp.before(red)
    assert amber is not None
    assert amber.phase is A
    assert red.start_ns - amber.start_ns == 30 * STEP_NS


def test_a_red_seen_from_the_beginning_began_at_an_unknown_time() -> None:
    red = timeline(R, R, R).stretch_at(2 * STEP_NS)
    assert red is not None
    assert not red.start_certain
    assert red.start_ns == 0


def test_a_flicker_changes_nothing() -> None:
    lamp = timeline(R, R, R, G, R, R, U, R)
    red = lamp.stretch_at(5 * STEP_NS)
    assert red is not None
    assert (red.phase, red.start_ns) == (R, 0)


def test_a_lamp_hidden_for_a_moment_kept_its_phase() -> None:
    lamp = timeline(A, A, R, R, R, U, U, U, U, R, R)
    red = lamp.stretch_at(6 * STEP_NS)
    assert red is not None
    assert red.phase is R
    assert red.start_ns == pytest.approx(1.5 * STEP_NS)


def test_a_lamp_hidden_for_long_is_not_trusted_meanwhile() -> None:
    lamp = timeline(A, A, R, R, *[U] * 20, R, R)
    hidden = lamp.stretch_at(12 * STEP_NS)
    assert hidden is not None
    assert hidden.phase is U
    again = lamp.stretch_at(25 * STEP_NS)
    assert again is not None
    assert not again.start_certain
    assert lamp.before(again) == hidden


def test_silence_could_hide_a_cycle() -> None:
    lamp = timeline(A, A, R, R)
    for later in (90, 91, 92):
        lamp.add(reading(R, later * STEP_NS))
    assert lamp.stretch_at(50 * STEP_NS) is None
    red = lamp.stretch_at(91 * STEP_NS)
    assert red is not None
    assert red.start_ns == 90 * STEP_NS
    assert not red.start_certain


def test_the_future_is_not_known() -> None:
    assert timeline(R, R, R).stretch_at(5 * STEP_NS) is None


@given(st.lists(st.sampled_from([R, A, G, U]), max_size=80))
def test_every_known_moment_has_one_phase_that_was_read_there(
    phases: list[LampPhase],
) -> None:
    lamp = timeline(*phases)
    for index in range(len(phases)):
        stretch = lamp.stretch_at(index * STEP_NS)
        if stretch is None or stretch.phase is U:
            continue
        assert stretch.start_ns <= index * STEP_NS
        near = phases[max(0, index - 15) : index + 16]
        assert stretch.phase in near


def test_reset_forgets() -> None:
    lamp = timeline(R, R, R)
    lamp.reset()
    assert lamp.phase is U
    assert lamp.stretch_at(STEP_NS) is None
