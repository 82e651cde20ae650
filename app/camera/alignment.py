"""Two streams of one camera on one time axis.

Both streams show the same moments, but each counts from an origin of its own. What must
be added to the second stream's times to get the first one's is a constant of the
session: by the wall clock in the sender reports of both (RFC 3550, 6.4.1) where the
camera sends them, else by arrival. By arrival, the quickest packets of each stream are
compared, those that waited least on the way (RFC 5905, section 10).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from statistics import median

from app.domain.clock import NS_PER_S

_SETTLE_NS = 3 * NS_PER_S // 2
_LEAST_PACKETS = 8
_WINDOW_NS = 20 * NS_PER_S
_MOST_KEPT = 2048
_FALLBACK_FRAME_NS = 40_000_000
_MOST_APART_NS = 10 * NS_PER_S
"""Live streams do not arrive further apart: reports that say so are damaged."""
# Two reports of one encoder do not agree better than its scheduler lets them.
_REPORT_SIGMA_NS = 2_000_000


class AlignedBy(Enum):
    """What two streams were aligned by."""

    SENDER_REPORTS = "sender reports"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """`offset_ns` added to the second stream's time gives the first one's.

    `sigma_ns` is how uncertain that is. It shifts every moment of a session alike, so
    that intervals and speeds know nothing of it.
    """

    offset_ns: int
    sigma_ns: int
    by: AlignedBy

    def strays_from(self, other: "Alignment", frame_ns: int) -> bool:
        """Whether the two differ by more than doubt and half a frame explain."""
        doubt_ns = self.sigma_ns + other.sigma_ns
        least_ns = max(frame_ns // 2, 2 * doubt_ns)
        return abs(self.offset_ns - other.offset_ns) > least_ns


class _Stream:
    """What is known of the axis of one stream; both lists by stream time."""

    def __init__(self) -> None:
        self.began_ns: int | None = None
        self.frame_ns = _FALLBACK_FRAME_NS
        self.wall_ns: int | None = None
        self._lags: deque[tuple[int, int]] = deque(maxlen=_MOST_KEPT)
        self._last_ns: int | None = None

    def add(self, stream_ns: int, arrival_ns: int, wall_ns: int | None) -> None:
        if self.began_ns is None:
            self.began_ns = arrival_ns
        if self._last_ns is not None and stream_ns > self._last_ns:
            self.frame_ns = stream_ns - self._last_ns
        self._last_ns = stream_ns
        if wall_ns is not None:
            self.wall_ns = wall_ns - stream_ns
        self._lags.append((arrival_ns, arrival_ns - stream_ns))
        while arrival_ns - self._lags[0][0] > _WINDOW_NS:
            self._lags.popleft()

    def settled(self, now_ns: int) -> bool:
        """Whether live packets came, not only those that had waited to be read."""
        if self.began_ns is None or len(self._lags) < _LEAST_PACKETS:
            return False
        return now_ns - self.began_ns >= _SETTLE_NS

    def least_lag_ns(self) -> int:
        return min(_lags(self._lags))

    def usual_wait_ns(self) -> int:
        """How much later than the quickest packet the usual one came."""
        return round(median(_lags(self._lags))) - self.least_lag_ns()


class StreamAligner:
    """Takes the times of both streams' packets; not for two threads at once."""

    def __init__(self) -> None:
        """Know nothing of either stream."""
        self._first, self._second = _Stream(), _Stream()

    def begin_first(self) -> None:
        """Forget the first stream: it has a new origin."""
        self._first = _Stream()

    def begin_second(self) -> None:
        """Forget the second stream."""
        self._second = _Stream()

    @property
    def frame_ns(self) -> int:
        """Time from one picture of the first stream to the next."""
        return self._first.frame_ns

    def saw_first(
        self, stream_ns: int, arrival_ns: int, wall_ns: int | None = None
    ) -> None:
        """Take a packet of the first stream.

        `arrival_ns` is on one monotonic clock for both streams; `wall_ns` is the
        camera's own time of the picture, None where no report has come.
        """
        self._first.add(stream_ns, arrival_ns, wall_ns)

    def saw_second(
        self, stream_ns: int, arrival_ns: int, wall_ns: int | None = None
    ) -> None:
        """Take a packet of the second stream."""
        self._second.add(stream_ns, arrival_ns, wall_ns)

    def estimate(self, now_ns: int) -> Alignment | None:
        """Return the best alignment of now, None while too little has come."""
        first, second = self._first, self._second
        reported = self._reported()
        if reported is not None:
            return reported
        if not first.settled(now_ns) or not second.settled(now_ns):
            return None
        waits_ns = max(first.usual_wait_ns(), second.usual_wait_ns())
        return Alignment(
            offset_ns=second.least_lag_ns() - first.least_lag_ns(),
            sigma_ns=first.frame_ns // 4 + waits_ns,
            by=AlignedBy.ARRIVAL,
        )

    def _reported(self) -> Alignment | None:
        """Return what both streams' reports say, unless the packets belie it."""
        first, second = self._first, self._second
        if first.wall_ns is None or second.wall_ns is None:
            return None
        offset_ns = second.wall_ns - first.wall_ns
        arrived_ns = second.least_lag_ns() - first.least_lag_ns()
        if abs(offset_ns - arrived_ns) > _MOST_APART_NS:
            return None
        return Alignment(
            offset_ns=offset_ns,
            sigma_ns=_REPORT_SIGMA_NS,
            by=AlignedBy.SENDER_REPORTS,
        )


def _lags(samples: Iterable[tuple[int, int]]) -> list[int]:
    return [lag_ns for _, lag_ns in samples]
