"""Today and the same weekday a week before, to tell whether today is normal."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from app.domain.camera import Camera
from app.domain.clock import Clock
from app.domain.infraction import InfractionState
from app.domain.summary import PeriodSummary
from app.ports import Session

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """All figures of the dashboard.

    `before` covers the same weekday up to the same time of day; `before_whole` all of
    it, for the chart.
    """

    now: datetime
    day: PeriodSummary
    before: PeriodSummary
    before_whole: PeriodSummary
    cameras: tuple[Camera, ...]

    @property
    def pending(self) -> int:
        """Cases of today that wait for a decision."""
        return self.day.by_state.get(InfractionState.PENDING, 0)


def load_today(session: Session, clock: Clock, zone: tzinfo | None = None) -> Today:
    """Ask the server; blocking. `zone` is where the day begins, local by default."""
    now = clock.now().astimezone(zone)
    # Midnight and a week ago by the calendar, so that a clock change moves nothing.
    start = datetime.combine(now.date(), time(), now.tzinfo)
    before = start - _WEEK
    store = session.case_store
    return Today(
        now=now,
        day=store.summary(start, start + _DAY),
        before=store.summary(before, now - _WEEK),
        before_whole=store.summary(before, before + _DAY),
        cameras=tuple(session.site.cameras()),
    )


def change_text(value: int, before: int) -> str:
    """Return a difference with its sign: +12, −3, ±0."""
    difference = value - before
    if difference == 0:
        return "±0"
    return f"{'+' if difference > 0 else '−'}{abs(difference)}"
