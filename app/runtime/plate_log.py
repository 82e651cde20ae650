"""Hands the plates of all that passes to the database, off the hot path.

They are no evidence: a bounded queue in memory holds them while the database is away,
and the oldest are given up, counted, when it is full.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence

from app.camera.backoff import Backoff
from app.domain.errors import DatabaseUnavailable, EnvironmentFault, StateConflict
from app.domain.plate import PlateSighting
from app.ports import PlateSink

_log = logging.getLogger(__name__)
_MOST_WAITING = 5000
_BATCH = 100
_AWAY = (DatabaseUnavailable, StateConflict)

FULL = "queue full"
REFUSED = "refused"
STOPPED = "engine stopped"


class KeepsNoPlates:
    """`app.ports.PlateSink` of an engine that nobody searches."""

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Forget them at once."""


class PlateLog:
    """A bounded queue and a thread that empties it; `add` returns at once."""

    def __init__(
        self,
        sink: PlateSink,
        *,
        most_waiting: int = _MOST_WAITING,
        backoff: Backoff | None = None,
    ) -> None:
        """Start the thread."""
        self._sink = sink
        self._most_waiting = most_waiting
        self._backoff = backoff or Backoff(first_s=0.5, ceiling_s=10.0)
        self._news = threading.Condition()
        self._waiting: deque[PlateSighting] = deque()
        self._dropped: Counter[str] = Counter()
        self._stored = 0
        self._closing = False
        self._thread = threading.Thread(
            target=self._run, name="plate-reads", daemon=True
        )
        self._thread.start()

    def add(self, sighting: PlateSighting) -> None:
        """Queue a sighting; the oldest that waits is given up when there is no room."""
        with self._news:
            if self._closing:
                self._dropped[STOPPED] += 1
                return
            if len(self._waiting) >= self._most_waiting:
                self._waiting.popleft()
                self._dropped[FULL] += 1
            self._waiting.append(sighting)
            self._news.notify()

    @property
    def waiting(self) -> int:
        """How many are queued."""
        with self._news:
            return len(self._waiting)

    @property
    def stored(self) -> int:
        """How many the database took."""
        with self._news:
            return self._stored

    @property
    def dropped(self) -> dict[str, int]:
        """How many were given up, by reason."""
        with self._news:
            return dict(+self._dropped)

    def close(self, timeout_s: float = 1.0) -> None:
        """Try once to store what waits, and end the thread."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            if not batch:
                return
            try:
                self._store(batch)
            except _AWAY as fault:
                _log.info("plates wait: %s", fault)
                self._put_back(batch)
                if not self._wait(self._backoff.next_s()):
                    return
            else:
                self._backoff.reset()

    def _next_batch(self) -> list[PlateSighting]:
        """Wait for sightings; nothing when the log is closed and empty."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._closing)
            count = min(_BATCH, len(self._waiting))
            return [self._waiting.popleft() for _ in range(count)]

    def _store(self, batch: Sequence[PlateSighting]) -> None:
        try:
            self._sink.add(batch)
        except _AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            self._store_the_good(batch, error)
        else:
            self._count(len(batch))

    def _store_the_good(self, batch: Sequence[PlateSighting], error: Exception) -> None:
        if len(batch) > 1:
            for sighting in batch:
                self._store((sighting,))
            return
        known = isinstance(error, EnvironmentFault)
        _log.error("a plate was refused: %s", error, exc_info=not known)
        with self._news:
            self._dropped[REFUSED] += 1

    def _count(self, stored: int) -> None:
        with self._news:
            self._stored += stored

    def _put_back(self, batch: Sequence[PlateSighting]) -> None:
        with self._news:
            room = self._most_waiting - len(self._waiting)
            kept = batch[max(0, len(batch) - room) :]
            self._dropped[FULL] += len(batch) - len(kept)
            self._waiting.extendleft(reversed(kept))

    def _wait(self, seconds: float) -> bool:
        """Wait to try again; False, with the rest given up, when the log is closed."""
        with self._news:
            if self._news.wait_for(lambda: self._closing, seconds):
                self._dropped[STOPPED] += len(self._waiting)
                self._waiting.clear()
                return False
        return True
