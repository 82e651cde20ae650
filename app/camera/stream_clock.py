"""From a stream's own timestamps to stream time that never goes back."""

from dataclasses import dataclass
from fractions import Fraction

from app.domain.clock import NS_PER_S

_LARGEST_STEP_NS = 5 * NS_PER_S
_FALLBACK_FRAME_NS = 40_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """Presentation and decode time of a packet, in nanoseconds of stream time."""

    stream_ns: int
    decode_ns: int
    duration_ns: int


class TimelineBroken(Exception):
    """The camera's timestamps jumped: what follows is another session."""


class StreamClock:
    """Stream time of one camera over all its sessions.

    Within a session differences are exactly those of the presentation timestamps. A new
    session goes on where the last one ended, plus the time that passed in between,
    so that stream time runs about as fast as wall time and never goes back.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self._base_ns: int | None = None
        self._resume_ns = 0
        self._last_decode_ns: int | None = None
        self._end_ns = 0
        self._end_arrival_ns: int | None = None
        self._frame_ns = _FALLBACK_FRAME_NS

    def begin_session(self, arrival_ns: int) -> None:
        """Go on after the last session; `arrival_ns` is the monotonic time of now."""
        self._base_ns = None
        self._last_decode_ns = None
        if self._end_arrival_ns is not None:
            gap_ns = max(self._frame_ns, arrival_ns - self._end_arrival_ns)
            self._resume_ns = self._end_ns + gap_ns

    def stamp(
        self,
        *,
        pts: int | None,
        dts: int | None,
        duration: int | None,
        time_base: Fraction,
        arrival_ns: int,
    ) -> Stamp:
        """Return the times of a packet; raises TimelineBroken when they jump.

        A packet without timestamps follows the one before it by one frame.
        """
        presentation_ns = self._own_ns(pts if pts is not None else dts, time_base)
        decode_ns = self._own_ns(dts if dts is not None else pts, time_base)
        length_ns = _scaled_ns(duration, time_base) if duration else 0
        if self._base_ns is None:
            self._base_ns = self._resume_ns - min(decode_ns, presentation_ns)
        self._check_step(decode_ns + self._base_ns)
        return self._advance(presentation_ns, decode_ns, length_ns, arrival_ns)

    def _own_ns(self, ticks: int | None, time_base: Fraction) -> int:
        if ticks is not None:
            return _scaled_ns(ticks, time_base)
        if self._last_decode_ns is None or self._base_ns is None:
            return 0
        return self._last_decode_ns + self._frame_ns - self._base_ns

    def _check_step(self, decode_ns: int) -> None:
        last_ns = self._last_decode_ns
        if last_ns is None:
            return
        if not last_ns < decode_ns <= last_ns + _LARGEST_STEP_NS:
            raise TimelineBroken
        self._frame_ns = decode_ns - last_ns

    def _advance(
        self, presentation_ns: int, decode_ns: int, length_ns: int, arrival_ns: int
    ) -> Stamp:
        base_ns = self._base_ns or 0
        stamp = Stamp(
            stream_ns=presentation_ns + base_ns,
            decode_ns=decode_ns + base_ns,
            duration_ns=length_ns or self._frame_ns,
        )
        self._last_decode_ns = stamp.decode_ns
        self._end_ns = max(self._end_ns, stamp.stream_ns)
        self._end_arrival_ns = arrival_ns
        return stamp


def _scaled_ns(ticks: int, time_base: Fraction) -> int:
    return round(ticks * time_base * NS_PER_S)
