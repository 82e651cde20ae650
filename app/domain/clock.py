"""Time is injected, and a naive datetime is refused wherever it appears."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """What the product knows of time."""

    def now(self) -> datetime:
        """Return the wall time, timezone-aware, in UTC."""
        ...

    def monotonic_ns(self) -> int:
        """Return nanoseconds that never go back; only differences mean anything."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)

    def monotonic_ns(self) -> int:
        """Return the monotonic time in nanoseconds."""
        return time.monotonic_ns()


UNKNOWN_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""Where wall time begins for a recording of which nobody knows when it was made."""
_LEAST_KNOWN = datetime(1971, 1, 1, tzinfo=UTC)


def is_known(wall: datetime) -> bool:
    """Tell whether a wall time is one, and not counted from `UNKNOWN_DATE`."""
    return wall >= _LEAST_KNOWN


def require_aware(moment: datetime, name: str) -> None:
    """Raise ValueError if `moment` carries no timezone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{name} carries no timezone: {moment!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTime:
    """The three times of a frame.

    Intervals (speed, delay after red) are computed from `stream_ns` alone: the
    presentation timestamp that the camera gave, in nanoseconds since the stream
    began. `monotonic_ns` and `wall` are read on arrival. `clock_offset_ns` is camera
    clock minus this computer's clock, None when the camera did not say.
    """

    stream_ns: int
    monotonic_ns: int
    wall: datetime
    clock_offset_ns: int | None = None

    def __post_init__(self) -> None:
        """Refuse a naive wall time."""
        require_aware(self.wall, "wall")

    def shifted(self, delta_ns: int) -> "CaptureTime":
        """Return the time `delta_ns` later on all three clocks."""
        return CaptureTime(
            stream_ns=self.stream_ns + delta_ns,
            monotonic_ns=self.monotonic_ns + delta_ns,
            wall=self.wall + timedelta(microseconds=delta_ns / 1000),
            clock_offset_ns=self.clock_offset_ns,
        )
