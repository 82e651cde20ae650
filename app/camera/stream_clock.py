"""From a stream's own timestamps to stream time that never goes back."""

from dataclasses import dataclass
from fractions import Fraction

from app.domain.clock import NS_PER_S

_LARGEST_STEP_NS = 5 * NS_PER_S
_LARGEST_REORDER_NS = 1 * NS_PER_S
_FALLBACK_FRAME_NS = 40_000_000
_TICK_NS = 11_112
"""One tick of RTP's 90 kHz clock, rounded up: the least step between decode times."""


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

    def __init__(
        self, *, largest_step_ns: int = _LARGEST_STEP_NS, longest_pause_ns: int = 0
    ) -> None:
        """Begin at zero; a step of `largest_step_ns` is still the same session.

        In a recording, timestamps that jump forward by up to `longest_pause_ns` are
        a pause: another session, but stream time goes on by the timestamps.
        """
        self._largest_step_ns = largest_step_ns
        self._longest_pause_ns = longest_pause_ns
        self._paused = False
        self._base_ns: int | None = None
        self._resume_ns = 0
        self._last: Stamp | None = None
        self._end_ns = 0
        self._end_arrival_ns: int | None = None
        self._frame_ns = _FALLBACK_FRAME_NS

    def begin_session(self, arrival_ns: int) -> None:
        """Go on after the last session; `arrival_ns` is the monotonic time of now."""
        self._last = None
        paused, self._paused = self._paused, False
        if paused:
            return
        self._base_ns = None
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

        A packet without timestamps follows the one before it by one frame; the first
        of a session is then at the origin, where libav puts it.
        """
        shown_ns = self._presentation_ns(pts if pts is not None else dts, time_base)
        decode_ns = shown_ns if dts is None else self._placed_ns(dts, time_base)
        stamp = Stamp(
            stream_ns=shown_ns,
            decode_ns=self._after_last(decode_ns, known=dts is not None),
            duration_ns=self._length_ns(duration, time_base),
        )
        self._last = stamp
        self._end_ns = max(self._end_ns, stamp.stream_ns)
        self._end_arrival_ns = arrival_ns
        return stamp

    def _presentation_ns(self, ticks: int | None, time_base: Fraction) -> int:
        if ticks is None and self._last is not None:
            return self._last.stream_ns + self._frame_ns
        shown_ns = self._placed_ns(ticks or 0, time_base)
        if self._last is not None:
            step_ns = shown_ns - self._last.stream_ns
            if not -_LARGEST_REORDER_NS <= step_ns <= self._largest_step_ns:
                self._paused = 0 < step_ns <= self._longest_pause_ns
                raise TimelineBroken
        return shown_ns

    def _placed_ns(self, ticks: int, time_base: Fraction) -> int:
        own_ns = _scaled_ns(ticks, time_base)
        if self._base_ns is None:
            self._base_ns = self._resume_ns - own_ns
        return own_ns + self._base_ns

    def _after_last(self, decode_ns: int, *, known: bool) -> int:
        if self._last is None:
            return decode_ns
        least_ns = self._last.decode_ns + _TICK_NS
        return max(decode_ns, least_ns) if known else least_ns

    def _length_ns(self, duration: int | None, time_base: Fraction) -> int:
        if duration:
            self._frame_ns = _scaled_ns(duration, time_base)
        return self._frame_ns


def _scaled_ns(ticks: int, time_base: Fraction) -> int:
    # In whole numbers: a Fraction would cost more than the rest of a packet's way.
    divisor = time_base.denominator
    return (2 * ticks * time_base.numerator * NS_PER_S + divisor) // (2 * divisor)
