"""Where files of evidence and requests for time-stamps are kept."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from app.domain.ids import InfractionId, Sha256


class EvidenceReader(Protocol):
    """Where the files of a case are read, each checked as it is opened."""

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open for reading, and seeking, after hashing again.

        Raises EvidenceDamaged when it is not what was stored, StorageUnavailable when
        nobody can say.
        """
        ...


class EvidenceEraser(Protocol):
    """Where the files of a case are erased."""

    def delete(self, sha256: Sha256) -> bool:
        """Remove a file and every copy of it for good; return whether there was one.

        Sound or not. Raises EnvironmentFault when it must be tried again later.
        """
        ...


class EvidenceStore(EvidenceReader, EvidenceEraser, Protocol):
    """Files that are written once and named by their SHA-256."""

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Store a copy of a file; return its hash and size. Repeats are harmless.

        Raises StorageFull when there is no room, StorageUnavailable when it must be
        tried again for another reason.
        """
        ...

    def put_stream(self, source: BinaryIO, about_bytes: int) -> tuple[Sha256, int]:
        """Store what can be read from here on, about so many bytes; else as `put`."""
        ...

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Yield the name of every file that is there, sound or not, in order.

        From `since` on: a name, or how one begins. However many there are, few are
        held in memory. Raises StorageUnavailable.
        """
        ...

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return when a file came to where it lies, in UTC by the clock there.

        Raises KeyError without one, StorageUnavailable when nobody can say.
        """
        ...


class StampRequests(Protocol):
    """Where the engine asks for time-stamps; they come when they can be had."""

    def ask(self, infraction_id: InfractionId, seal_sha256: Sha256) -> None:
        """Note that a stamp is wanted; when this returns it survives a power cut.

        Another seal of the same case takes the place of an earlier one. Raises
        StorageFull.
        """
        ...
