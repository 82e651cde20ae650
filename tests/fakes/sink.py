"""A sink in memory that can be away, and that refuses what it is told to."""

import threading

from app.domain.errors import DatabaseUnavailable
from app.domain.ids import InfractionId
from app.domain.infraction import Infraction


class MemorySink:
    """Keeps infractions in order of arrival, each once."""

    def __init__(self) -> None:
        self.away = threading.Event()
        self.refused: set[InfractionId] = set()
        self.calls = 0
        self._held: dict[InfractionId, Infraction] = {}
        self._changed = threading.Condition()

    @property
    def held(self) -> list[Infraction]:
        """What arrived, in order."""
        return list(self._held.values())

    def add(self, infraction: Infraction) -> None:
        """Keep it unless it is there already."""
        with self._changed:
            self.calls += 1
            self._changed.notify_all()
            if self.away.is_set():
                raise DatabaseUnavailable("The database is away. Wait.")
            if infraction.id in self.refused:
                raise LookupError("no such camera")
            self._held.setdefault(infraction.id, infraction)

    def probe(self) -> None:
        """Answer, or be away."""
        with self._changed:
            self._changed.notify_all()
            if self.away.is_set():
                raise DatabaseUnavailable("The database is away. Wait.")

    def wait_for_count(self, count: int, timeout_s: float = 10.0) -> bool:
        """Wait until so many have arrived."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._held) >= count, timeout_s)

    def wait_for_calls(self, calls: int, timeout_s: float = 10.0) -> bool:
        """Wait until `add` was called so often."""
        with self._changed:
            return self._changed.wait_for(lambda: self.calls >= calls, timeout_s)
