"""How far the camera's clock is from ours."""

from collections import deque

from app.domain.clock import NS_PER_S

_WINDOW_NS = 60 * NS_PER_S


class ClockOffsetFilter:
    """Camera clock minus this computer's, freed of the delay on the way.

    Every sample is the true offset less a delay that is never negative, so the
    largest of the last minute is the nearest to the truth (as NTP's clock filter,
    RFC 5905 section 10, prefers the sample of least delay).
    """

    def __init__(self) -> None:
        """Start without samples."""
        self._samples: deque[tuple[int, int]] = deque()

    def add(self, offset_ns: int, monotonic_ns: int) -> int:
        """Take a sample; return the best estimate of now."""
        while self._samples and self._samples[-1][1] <= offset_ns:
            self._samples.pop()
        self._samples.append((monotonic_ns, offset_ns))
        while monotonic_ns - self._samples[0][0] > _WINDOW_NS:
            self._samples.popleft()
        return self._samples[0][1]
