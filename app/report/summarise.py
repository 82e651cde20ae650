"""The figures of a list of cases, counted here instead of on the server."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median

from app.domain.infraction import Case, InfractionState
from app.domain.summary import HourCount, PeriodSummary
from app.review.states import last_decision


def summarise(cases: Sequence[Case], since: datetime, until: datetime) -> PeriodSummary:
    """Count `cases` as the server counts a period."""
    decided = [c for c in cases if c.state is not InfractionState.PENDING]
    rejected = [c for c in cases if c.state is InfractionState.REJECTED]
    pending = [c for c in cases if c.state is InfractionState.PENDING]
    reviews = [r for c in rejected if (r := last_decision(c)) is not None]
    return PeriodSummary(
        since=since,
        until=until,
        by_state=dict(Counter(c.state for c in cases)),
        by_kind=dict(Counter(c.infraction.kind for c in cases)),
        by_camera=dict(Counter(c.infraction.camera_id for c in cases)),
        rejected_by_kind=dict(Counter(c.infraction.kind for c in rejected)),
        decided_by_kind=dict(Counter(c.infraction.kind for c in decided)),
        by_reject_reason=dict(Counter(r.reason for r in reviews if r.reason)),
        by_hour=_hours(cases),
        median_decision_s=_median_decision_s(decided),
        oldest_pending=min((c.infraction.occurred.wall for c in pending), default=None),
    )


def _hours(cases: Iterable[Case]) -> tuple[HourCount, ...]:
    counts = Counter((_hour(c), c.infraction.kind) for c in cases)
    return tuple(
        HourCount(start=start, kind=kind, count=count)
        for (start, kind), count in sorted(counts.items())
    )


def _hour(case: Case) -> datetime:
    return case.infraction.occurred.wall.replace(minute=0, second=0, microsecond=0)


def _median_decision_s(decided: Iterable[Case]) -> float | None:
    delays = [
        (review.decided_at - case.infraction.occurred.wall).total_seconds()
        for case in decided
        if (review := last_decision(case)) is not None
    ]
    return median(delays) if delays else None
