"""Where the engine leaves what it found."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.infraction import Infraction
from app.domain.plate import PlateSighting


class InfractionSink(Protocol):
    """Where the engine hands its findings; PostgreSQL behind the spool."""

    def add(self, infraction: Infraction) -> None:
        """Store once; the same infraction again changes nothing.

        Raises DatabaseUnavailable when it must be tried again later.
        """
        ...


class PlateSink(Protocol):
    """Where the engine hands the plates of all that passes."""

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Store each once; the same ones again change nothing.

        All or none are stored. Raises DatabaseUnavailable or StateConflict when they
        must be tried again later, another fault when they will never be taken.
        """
        ...
