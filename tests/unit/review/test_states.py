"""Which step may follow which, and for how long a decision can be taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import StateConflict
from app.domain.ids import Login
from app.domain.infraction import InfractionState, RejectReason
from app.review.states import (
    TRANSITIONS,
    UNDO_WINDOW,
    Step,
    after,
    allowed,
    first_to_issue,
    first_to_print,
    last_decision,
    undo_remaining,
)
from tests.builders.cases import (
    DECIDED,
    REVIEWER,
    case_of,
    confirmed,
    notified,
    rejected,
)

S = InfractionState


@pytest.mark.parametrize(
    ("state", "step", "reached"),
    [
        (S.PENDING, Step.CONFIRM, S.CONFIRMED),
        (S.PENDING, Step.REJECT, S.REJECTED),
        (S.CONFIRMED, Step.UNDO, S.PENDING),
        (S.REJECTED, Step.UNDO, S.PENDING),
        (S.CONFIRMED, Step.ISSUE, S.NOTIFIED),
    ],
)
def test_a_case_takes_the_steps_of_its_life(state: S, step: Step, reached: S) -> None:
    assert after(state, step) is reached


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("step", Step)
def test_every_other_step_is_refused(state: S, step: Step) -> None:
    if (state, step) in TRANSITIONS:
        assert allowed(state, step)
        return
    assert not allowed(state, step)
    with pytest.raises(StateConflict, match=state.value):
        after(state, step)


@given(st.lists(st.sampled_from(Step), max_size=20))
def test_nothing_leads_out_of_a_notice(steps: list[Step]) -> None:
    state = S.NOTIFIED
    for step in steps:
        if allowed(state, step):
            state = after(state, step)
    assert state is S.NOTIFIED


@given(st.integers(0, 120))
def test_undo_counts_down_from_a_minute(seconds: int) -> None:
    case = confirmed(case_of())
    left = undo_remaining(case, REVIEWER, DECIDED + timedelta(seconds=seconds))
    assert left == timedelta(seconds=max(0, 60 - seconds))


def test_a_clock_that_is_behind_gives_no_more_than_a_minute() -> None:
    case = confirmed(case_of())
    early = DECIDED - timedelta(hours=1)
    assert undo_remaining(case, REVIEWER, early) == UNDO_WINDOW


def test_only_the_reviewer_may_undo() -> None:
    case = rejected(case_of(), RejectReason.TEST)
    assert undo_remaining(case, REVIEWER, DECIDED) == UNDO_WINDOW
    assert undo_remaining(case, Login("sofia"), DECIDED) == timedelta(0)


def test_a_notice_and_a_pending_case_cannot_be_undone() -> None:
    assert undo_remaining(notified(case_of()), REVIEWER, DECIDED) == timedelta(0)
    assert undo_remaining(case_of(), REVIEWER, DECIDED) == timedelta(0)


def test_an_undone_decision_is_no_longer_in_force() -> None:
    case = confirmed(case_of())
    assert last_decision(case) == case.reviews[-1]
    assert last_decision(replace(case, state=S.PENDING)) is None


def test_the_first_case_that_can_have_a_notice_is_chosen() -> None:
    open_case, done = confirmed(case_of()), notified(case_of())
    assert first_to_issue(None, case_of(), done, open_case) is open_case
    assert first_to_issue(None, done) is None
    assert first_to_print(case_of(), done, open_case) is done


def test_nothing_is_printed_of_an_erased_case() -> None:
    erased = replace(notified(case_of()), erased=True)
    assert first_to_print(erased) is None
    assert first_to_issue(replace(confirmed(case_of()), erased=True)) is None
