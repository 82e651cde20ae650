"""How soon a dead engine is started again, and when that has become a loop."""

import random
from collections import deque

from app.camera.backoff import Backoff

_FIRST_S, _CEILING_S = 0.5, 15.0
_HEALTHY_AFTER_S = 60.0
_LOOP_COUNT = 3
_LOOP_WITHIN_S = 300.0


class RestartPolicy:
    """Delays that grow while engines die young; times are monotonic seconds.

    An engine that reported for a minute was healthy: the next delay is short again.
    Three deaths within five minutes are a loop, which a person must be told.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        """Begin without a death; `chance` is seeded by tests."""
        self._backoff = Backoff(_FIRST_S, _CEILING_S, chance)
        self._healthy_since_s: float | None = None
        self._deaths_s: deque[float] = deque(maxlen=_LOOP_COUNT)

    def reported(self, now_s: float) -> None:
        """Note that the engine said something."""
        if self._healthy_since_s is None:
            self._healthy_since_s = now_s
        if now_s - self._healthy_since_s >= _HEALTHY_AFTER_S:
            self._backoff.reset()

    def died(self, now_s: float) -> None:
        """Note an end that nobody asked for."""
        self._healthy_since_s = None
        self._deaths_s.append(now_s)

    def next_s(self) -> float:
        """Return how long to wait before the next start, in seconds."""
        return self._backoff.next_s()

    def looping(self, now_s: float) -> bool:
        """Tell whether the engine keeps dying."""
        full = len(self._deaths_s) == _LOOP_COUNT
        return full and now_s - self._deaths_s[0] <= _LOOP_WITHIN_S
