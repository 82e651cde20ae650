"""The figures of a period, in three queries without anything personal in them."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.domain.ids import CameraId
from app.domain.infraction import InfractionKind, InfractionState, RejectReason
from app.domain.summary import HourCount, PeriodSummary

_COUNTS = text("""
    SELECT kind, state, camera_id, count(*) AS cases,
        min(occurred_at) FILTER (WHERE state = 'pending') AS oldest_pending
    FROM atalaya.infraction
    WHERE occurred_at >= :since AND occurred_at < :until
    GROUP BY kind, state, camera_id
""")
_HOURS = text("""
    SELECT date_trunc('hour', occurred_at, 'UTC') AS start, kind, count(*) AS cases
    FROM atalaya.infraction
    WHERE occurred_at >= :since AND occurred_at < :until
    GROUP BY 1, 2 ORDER BY 1, 2
""")
_REVIEWS = text("""
    SELECT grouping(r.reason) AS overall, r.verdict = 'reject' AS rejected, r.reason,
        count(*) AS cases,
        percentile_cont(0.5) WITHIN GROUP (
            ORDER BY extract(epoch FROM r.decided_at - i.recorded_at)) AS median_s
    FROM atalaya.review AS r
    JOIN atalaya.infraction AS i ON i.id = r.infraction_id
    WHERE i.occurred_at >= :since AND i.occurred_at < :until
        AND NOT EXISTS (
            SELECT FROM atalaya.review_undo AS u WHERE u.review_id = r.id)
    GROUP BY GROUPING SETS ((r.verdict, r.reason), ())
""")
_DECIDED = frozenset(InfractionState) - {InfractionState.PENDING}


def read_summary(
    connection: Connection, since: datetime, until: datetime
) -> PeriodSummary:
    """Return the figures of all that occurred in [since, until).

    A standing decision counts from the moment the case was recorded. Hours are UTC.
    """
    period = {"since": since, "until": until}
    counts = connection.execute(_COUNTS, period).all()
    hours = connection.execute(_HOURS, period).all()
    reviews = connection.execute(_REVIEWS, period).all()
    overall = next(row for row in reviews if row.overall)
    waiting = [row.oldest_pending for row in counts if row.oldest_pending]
    return PeriodSummary(
        since=since,
        until=until,
        **_totals(counts),
        by_reject_reason={
            RejectReason(row.reason): row.cases
            for row in reviews
            if row.rejected and not row.overall
        },
        by_hour=tuple(
            HourCount(start=row.start, kind=InfractionKind(row.kind), count=row.cases)
            for row in hours
        ),
        median_decision_s=None if overall.cases == 0 else float(overall.median_s),
        oldest_pending=min(waiting, default=None),
    )


def _totals(counts: Any) -> dict[str, Any]:
    by_state: Counter[InfractionState] = Counter()
    by_kind: Counter[InfractionKind] = Counter()
    by_camera: Counter[CameraId] = Counter()
    rejected: Counter[InfractionKind] = Counter()
    decided: Counter[InfractionKind] = Counter()
    for row in counts:
        kind, state = InfractionKind(row.kind), InfractionState(row.state)
        by_state[state] += row.cases
        by_kind[kind] += row.cases
        by_camera[CameraId(row.camera_id)] += row.cases
        if state is InfractionState.REJECTED:
            rejected[kind] += row.cases
        if state in _DECIDED:
            decided[kind] += row.cases
    return {
        "by_state": dict(by_state),
        "by_kind": dict(by_kind),
        "by_camera": dict(by_camera),
        "rejected_by_kind": dict(rejected),
        "decided_by_kind": dict(decided),
    }
