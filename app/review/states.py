"""Which step of a case may follow which.

    PENDING --confirm--> CONFIRMED --issue--> NOTIFIED
       |  ^---undo (60 s)--/
       |--reject---> REJECTED --undo (60 s)--> PENDING

Pure: the database enforces the same table and has the last word; the screen uses it
to offer only what can succeed.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.clock import require_aware
from app.domain.errors import StateConflict
from app.domain.ids import Login
from app.domain.infraction import Case, InfractionState, Review

UNDO_WINDOW = timedelta(seconds=60)
"""How long a reviewer may take back a decision."""


class Step(StrEnum):
    """What a person can do to a case."""

    CONFIRM = "confirm"
    REJECT = "reject"
    UNDO = "undo"
    ISSUE = "issue"


_S = InfractionState

TRANSITIONS: Mapping[tuple[InfractionState, Step], InfractionState] = MappingProxyType(
    {
        (_S.PENDING, Step.CONFIRM): _S.CONFIRMED,
        (_S.PENDING, Step.REJECT): _S.REJECTED,
        (_S.CONFIRMED, Step.UNDO): _S.PENDING,
        (_S.REJECTED, Step.UNDO): _S.PENDING,
        (_S.CONFIRMED, Step.ISSUE): _S.NOTIFIED,
        # A number once given stays: asking again returns the same one.
        (_S.NOTIFIED, Step.ISSUE): _S.NOTIFIED,
    }
)


def allowed(state: InfractionState, step: Step) -> bool:
    """Tell whether `step` may be taken in `state`."""
    return (state, step) in TRANSITIONS


def after(state: InfractionState, step: Step) -> InfractionState:
    """Return the state that `step` leads to; StateConflict when it may not be taken."""
    reached = TRANSITIONS.get((state, step))
    if reached is None:
        raise StateConflict(
            f"The case is {state.value}; it cannot be taken through '{step.value}'. "
            "Reload the case to see what was decided."
        )
    return reached


def undo_remaining(case: Case, person: Login, now: datetime) -> timedelta:
    """Return how long `person` may still take back the decision; zero when not.

    Only the last decision counts, only its own reviewer may undo it, and nobody once
    the case has a notice.
    """
    require_aware(now, "now")
    decision = last_decision(case)
    if decision is None or decision.reviewer != person:
        return timedelta(0)
    if not allowed(case.state, Step.UNDO):
        return timedelta(0)
    left = decision.decided_at + UNDO_WINDOW - now
    return min(max(left, timedelta(0)), UNDO_WINDOW)


def last_decision(case: Case) -> Review | None:
    """Return the decision in force, None while the case waits for one."""
    if case.state is InfractionState.PENDING or not case.reviews:
        return None
    return case.reviews[-1]


def first_to_issue(*cases: Case | None) -> Case | None:
    """Return the first of the cases that a notice can be issued for."""
    return _first(cases, (InfractionState.CONFIRMED,))


def first_to_print(*cases: Case | None) -> Case | None:
    """Return the first of the cases that has, or can have, a notice to print."""
    return _first(cases, (InfractionState.CONFIRMED, InfractionState.NOTIFIED))


def _first(
    cases: Iterable[Case | None], states: Container[InfractionState]
) -> Case | None:
    # Of an erased case nothing is left to put on paper.
    fit = (c for c in cases if c is not None and c.state in states and not c.erased)
    return next(fit, None)
