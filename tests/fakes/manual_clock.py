"""A clock that moves when the test says so."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Starts at a fixed moment; `advance` moves both of its times."""

    def __init__(self, now: datetime = datetime(2026, 3, 14, 12, tzinfo=UTC)) -> None:
        self._now = now
        self._monotonic_ns = 1_000_000_000

    def now(self) -> datetime:
        """Return the wall time that the test set."""
        return self._now

    def monotonic_ns(self) -> int:
        """Return the monotonic time that the test set."""
        return self._monotonic_ns

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by
        self._monotonic_ns += by // timedelta(microseconds=1) * 1000
