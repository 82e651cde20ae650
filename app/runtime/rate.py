"""How often something happens."""

from collections import deque

from app.domain.clock import NS_PER_S

_WINDOW_NS = 5 * NS_PER_S


class RateMeter:
    """Events per second over the last five seconds."""

    def __init__(self) -> None:
        """Start at zero."""
        self._moments: deque[int] = deque()

    def tick(self, now_ns: int) -> None:
        """Count an event at monotonic time `now_ns`."""
        self._moments.append(now_ns)
        self._forget(now_ns)

    def per_second(self, now_ns: int) -> float:
        """Return the rate at `now_ns`; zero before the second event."""
        self._forget(now_ns)
        if len(self._moments) < 2:
            return 0.0
        span_ns = max(now_ns - self._moments[0], self._moments[-1] - self._moments[0])
        return (len(self._moments) - 1) * NS_PER_S / span_ns if span_ns else 0.0

    def _forget(self, now_ns: int) -> None:
        while self._moments and now_ns - self._moments[0] > _WINDOW_NS:
            self._moments.popleft()
