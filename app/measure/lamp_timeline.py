"""The phases of a signal over time, from single readings.

A phase holds once two readings in a row agree on it. A change lies midway between the
last reading of the old phase and the first of the new one; half their distance is the
greatest error, so the whole distance is stated as its expanded uncertainty.
"""

from collections import deque
from dataclasses import dataclass

from app.domain.clock import NS_PER_S
from app.domain.signal import LampPhase, LampReading

_GREATEST_GAP_NS = 3 * NS_PER_S
"""Longer silence could hide a whole cycle of the signal."""
_GREATEST_BLINK_NS = 3 * NS_PER_S // 2
"""A lamp hidden no longer than this and then lit as before was lit throughout."""
_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One phase: from its interpolated start to its interpolated end.

    `start_certain` is false when what came before was not seen: then `start_ns` is
    the first frame of the phase, which may have begun earlier. `end_ns` is None while
    it lasts; `last_ns` is the last reading that showed it.
    """

    phase: LampPhase
    start_ns: int
    start_uncertainty_ns: int
    start_certain: bool
    last_ns: int
    end_ns: int | None = None
    end_uncertainty_ns: int = 0


class LampTimeline:
    """Remembers the recent phases of one signal; readings come in order of time."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._past: deque[Stretch] = deque(maxlen=_KEPT)
        self._now: Stretch | None = None
        self._candidate: LampReading | None = None
        self._last_ns: int | None = None

    @property
    def phase(self) -> LampPhase:
        """The phase that holds now."""
        return self._now.phase if self._now else LampPhase.UNKNOWN

    def add(self, reading: LampReading) -> None:
        """Take the next reading."""
        now_ns = reading.time.stream_ns
        if self._last_ns is not None and now_ns - self._last_ns > _GREATEST_GAP_NS:
            self._break_off()
        self._last_ns = now_ns
        if self._now is not None and reading.phase is self._now.phase:
            self._now = _lasting(self._now, now_ns)
            self._candidate = None
        elif self._candidate is not None and reading.phase is self._candidate.phase:
            self._change(self._candidate, now_ns)
        else:
            self._candidate = reading

    def reset(self) -> None:
        """Forget everything: the stream broke off."""
        self._past.clear()
        self._now = self._candidate = self._last_ns = None

    def stretch_at(self, stream_ns: int) -> Stretch | None:
        """Return the phase that held at a moment; None when that is not known.

        A moment after the last reading of the phase that holds now is not known.
        """
        if self._now is not None and stream_ns >= self._now.start_ns:
            return self._now if stream_ns <= self._now.last_ns else None
        for stretch in reversed(self._past):
            if stretch.start_ns <= stream_ns and stretch.end_ns is not None:
                return stretch if stream_ns <= stretch.end_ns else None
        return None

    def before(self, stretch: Stretch) -> Stretch | None:
        """Return the phase that went directly before, None when it was not seen."""
        for earlier in reversed(self._past):
            if earlier.end_ns == stretch.start_ns:
                return earlier
        return None

    def _break_off(self) -> None:
        if self._now is not None:
            self._past.append(_ended(self._now, self._now.last_ns, 0))
        self._now = self._candidate = None

    def _change(self, first: LampReading, now_ns: int) -> None:
        """Let the phase of `first`, seen twice now, hold from then on."""
        first_ns = first.time.stream_ns
        self._candidate = None
        if self._resumes(first.phase, first_ns):
            self._now = _lasting(self._past.pop(), now_ns)
            return
        known = self._now is not None and self._now.phase is not LampPhase.UNKNOWN
        before_ns = self._now.last_ns if self._now else first_ns
        start_ns = (before_ns + first_ns) // 2 if known else first_ns
        doubt_ns = first_ns - before_ns if known else 0
        if self._now is not None:
            self._past.append(_ended(self._now, start_ns, doubt_ns))
        self._now = Stretch(
            phase=first.phase,
            start_ns=start_ns,
            start_uncertainty_ns=doubt_ns,
            start_certain=known,
            last_ns=now_ns,
        )

    def _resumes(self, phase: LampPhase, first_ns: int) -> bool:
        """Tell whether a lamp merely hidden for a moment shows itself again."""
        return (
            self.phase is LampPhase.UNKNOWN
            and bool(self._past)
            and self._past[-1].phase is phase
            and first_ns - self._past[-1].last_ns <= _GREATEST_BLINK_NS
        )


def _lasting(stretch: Stretch, now_ns: int) -> Stretch:
    return Stretch(
        phase=stretch.phase,
        start_ns=stretch.start_ns,
        start_uncertainty_ns=stretch.start_uncertainty_ns,
        start_certain=stretch.start_certain,
        last_ns=now_ns,
    )


def _ended(stretch: Stretch, end_ns: int, doubt_ns: int) -> Stretch:
    return Stretch(
        phase=stretch.phase,
        start_ns=stretch.start_ns,
        start_uncertainty_ns=stretch.start_uncertainty_ns,
        start_certain=stretch.start_certain,
        last_ns=stretch.last_ns,
        end_ns=end_ns,
        end_uncertainty_ns=doubt_ns,
    )
