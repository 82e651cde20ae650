"""The figures of a period, for the dashboard and the report."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.ids import CameraId
from app.domain.infraction import InfractionKind, InfractionState, RejectReason


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """Infractions of one kind that occurred in the hour from `start`."""

    start: datetime
    kind: InfractionKind
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSummary:
    """Counts of all infractions that occurred in [since, until)."""

    since: datetime
    until: datetime
    by_state: dict[InfractionState, int] = field(default_factory=dict)
    by_kind: dict[InfractionKind, int] = field(default_factory=dict)
    by_camera: dict[CameraId, int] = field(default_factory=dict)
    rejected_by_kind: dict[InfractionKind, int] = field(default_factory=dict)
    decided_by_kind: dict[InfractionKind, int] = field(default_factory=dict)
    by_reject_reason: dict[RejectReason, int] = field(default_factory=dict)
    by_hour: tuple[HourCount, ...] = ()
    median_decision_s: float | None = None
    oldest_pending: datetime | None = None

    @property
    def total(self) -> int:
        """All infractions of the period."""
        return sum(self.by_state.values())
