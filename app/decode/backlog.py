"""A camera that is read more slowly than it sends."""

from dataclasses import dataclass

from app.domain.clock import NS_PER_S

_BEHIND_NS = 2 * NS_PER_S
_FOR_NS = NS_PER_S
_CAUGHT_UP_NS = NS_PER_S // 4
_LEAST_GAIN_NS = NS_PER_S // 20
_GAIN_WITHIN_NS = 3 * NS_PER_S
_DRIFT_PPM = 500
_MOST_DRIFT_PPM = 8000


@dataclass(slots=True)
class _Skipping:
    """How far a backlog that is being left out has shrunk, and when it last did."""

    late_ns: int
    at_ns: int

    def is_vain(self, late_ns: int, arrival_ns: int) -> bool:
        """Tell whether leaving packets out no longer gains anything."""
        if late_ns <= self.late_ns - _LEAST_GAIN_NS:
            self.late_ns, self.at_ns = late_ns, arrival_ns
        return arrival_ns - self.at_ns >= _GAIN_WITHIN_NS


class Backlog:
    """Tells from arrival and stream time that packets wait in the connection.

    A computer that is too slow reads ever later what came in time: the connection
    holds many seconds of video, and a camera that was cut off seems well for as long.
    What a burst of a poor network brings is worked off quickly; a backlog that lasts
    is cured by not decoding until it is gone.

    Lateness that this does not cure is no backlog but a camera whose timestamps run
    slow, or that once held up its pictures: from then on it is taken for timely, and
    more drift is allowed.
    """

    def __init__(self) -> None:
        """Know nothing of the stream."""
        self._timeliest: tuple[int, int] | None = None
        self._since_ns: int | None = None
        self._skipping: _Skipping | None = None
        self._drift_ppm = _DRIFT_PPM

    def too_late(self, stream_ns: int, arrival_ns: int) -> bool:
        """Take the times of the next packet; return whether to leave it undecoded."""
        late_ns = self._late_ns(stream_ns, arrival_ns)
        if self._skipping is not None:
            return self._still_skips(self._skipping, late_ns, arrival_ns)
        if late_ns <= _BEHIND_NS:
            self._since_ns = None
            return False
        if self._since_ns is None:
            self._since_ns = arrival_ns
        if arrival_ns - self._since_ns < _FOR_NS:
            return False
        self._skipping = _Skipping(late_ns, arrival_ns)
        self._since_ns = None
        return True

    def _still_skips(self, skipping: _Skipping, late_ns: int, arrival_ns: int) -> bool:
        vain = skipping.is_vain(late_ns, arrival_ns)
        if vain and self._timeliest is not None:
            timely_ns, _ = self._timeliest
            self._timeliest = (timely_ns + skipping.late_ns, arrival_ns)
            self._drift_ppm = min(2 * self._drift_ppm, _MOST_DRIFT_PPM)
        if vain or late_ns <= _CAUGHT_UP_NS:
            self._skipping = None
        return self._skipping is not None

    def _late_ns(self, stream_ns: int, arrival_ns: int) -> int:
        """Return how much later this packet came than the timeliest so far.

        That one counts a little less with time: clocks drift apart. It may not be
        faster than clocks do, or a reader that is just too slow would seem on time.
        """
        delay_ns = arrival_ns - stream_ns
        timely_ns, seen_ns = self._timeliest or (delay_ns, arrival_ns)
        drift_ns = (arrival_ns - seen_ns) * self._drift_ppm // 1_000_000
        timely_ns = min(delay_ns, timely_ns + drift_ns)
        self._timeliest = (timely_ns, arrival_ns)
        return delay_ns - timely_ns
