"""A camera that is read more slowly than it sends."""

from app.domain.clock import NS_PER_S

_BEHIND_NS = 2 * NS_PER_S
_FOR_NS = NS_PER_S
_CAUGHT_UP_NS = NS_PER_S // 4
_DRIFT_PPM = 500


class Backlog:
    """Tells from arrival and stream time that packets wait in the connection.

    A computer that is too slow reads ever later what came in time: the connection
    holds many seconds of video, and a camera that was cut off seems well for as long.
    What a burst of a poor network brings is worked off quickly; a backlog that lasts
    is cured by not decoding until it is gone.
    """

    def __init__(self) -> None:
        """Know nothing of the stream."""
        self._timeliest: tuple[int, int] | None = None
        self._since_ns: int | None = None
        self._skipping = False

    def too_late(self, stream_ns: int, arrival_ns: int) -> bool:
        """Take the times of the next packet; return whether to leave it undecoded."""
        late_ns = self._late_ns(stream_ns, arrival_ns)
        if self._skipping:
            self._skipping = late_ns > _CAUGHT_UP_NS
            return self._skipping
        if late_ns <= _BEHIND_NS:
            self._since_ns = None
            return False
        if self._since_ns is None:
            self._since_ns = arrival_ns
        self._skipping = arrival_ns - self._since_ns >= _FOR_NS
        if self._skipping:
            self._since_ns = None
        return self._skipping

    def _late_ns(self, stream_ns: int, arrival_ns: int) -> int:
        """Return how much later this packet came than the timeliest so far.

        That one counts a little less with time: clocks drift apart. It may not be
        faster than clocks do, or a reader that is just too slow would seem on time.
        """
        delay_ns = arrival_ns - stream_ns
        timely_ns, seen_ns = self._timeliest or (delay_ns, arrival_ns)
        drift_ns = (arrival_ns - seen_ns) * _DRIFT_PPM // 1_000_000
        timely_ns = min(delay_ns, timely_ns + drift_ns)
        self._timeliest = (timely_ns, arrival_ns)
        return delay_ns - timely_ns
