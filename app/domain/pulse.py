"""A stage's sign of life."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.clock import NS_PER_S, Clock


@dataclass(frozen=True, slots=True)
class PulseReading:
    """What a pulse says; `silent_s` is 0 while the stage has nothing to do."""

    silent_s: float
    thread_id: int | None


class Pulse:
    """Tells how long a stage that has work has done nothing.

    A stage calls `begin` when it takes work in hand, `beat` whenever it got on, and
    `end` when it is done; work may overlap. `rest` says that nothing is to be expected
    for a while. All are cheap and may be called from any thread.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin without work."""
        self._clock = clock
        self._lock = threading.Lock()
        self._in_hand = 0
        self._alive_ns = clock.monotonic_ns()
        self._thread_id: int | None = None

    @contextmanager
    def working(self) -> Iterator[None]:
        """Have work in hand for the length of the block."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        """Take work in hand; the calling thread is the one to look at."""
        self._live(1)

    def beat(self) -> None:
        """Say that the work gets on."""
        self._live(0)

    def end(self) -> None:
        """Finish what `begin` began."""
        self._live(-1)

    def rest(self, seconds: float) -> None:
        """Say that the next sign of life may come this much later."""
        self._live(0, round(seconds * NS_PER_S))

    def excuse(self) -> None:
        """Say, for a stage that cannot, that its silence is no fault of its own."""
        with self._lock:
            self._alive_ns = self._clock.monotonic_ns()

    def read(self) -> PulseReading:
        """Return how long there was no sign of life, and the thread of the last."""
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            silent_ns = now_ns - self._alive_ns if self._in_hand > 0 else 0
            return PulseReading(max(0, silent_ns) / NS_PER_S, self._thread_id)

    def _live(self, more: int, ahead_ns: int = 0) -> None:
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            self._in_hand = max(0, self._in_hand + more)
            self._alive_ns = now_ns + ahead_ns
            self._thread_id = threading.get_ident()
