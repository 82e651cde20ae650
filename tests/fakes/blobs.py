"""Blobs in memory that keep the contract of the real ones."""

import io
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import Sha256, new_uuid
from app.evidence.blobs import CURRENT_KEY, BlobMissing, checked_name


class MemoryBlobs:
    """Holds up to `capacity_bytes`; drafts lie in `folder`.

    While `away` it refuses everything, while `shut` what is new.
    """

    def __init__(self, folder: Path, capacity_bytes: int = 1 << 30) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.capacity_bytes = capacity_bytes
        self.away = self.shut = False
        self.kept: dict[str, bytes] = {}
        self.damaged: list[tuple[str, bytes]] = []
        self._written: dict[str, datetime] = {}

    def guarded(self) -> AbstractContextManager[None]:
        """Guard nothing."""
        return nullcontext()

    def draft(self, size_bytes: int) -> Path:
        """Return a path below the folder."""
        held = sum(map(len, self.kept.values()))
        if held + size_bytes > self.capacity_bytes:
            raise StorageFull("The store in memory is full. Make it larger.")
        return self._folder / str(new_uuid())

    def add(
        self, name: str, draft: Path, ahead: tuple[str, Path] | None = None
    ) -> bool:
        """Keep what is in the draft unless the name is taken."""
        if ahead is not None:
            self.add(*ahead)
        if self.shut:
            raise StorageUnavailable("The store in memory is shut. Wait.")
        self._require_there()
        content = draft.read_bytes()
        with self._lock:
            added = self.kept.setdefault(checked_name(name), content) is content
            self._written.setdefault(name, datetime.now(UTC))
        return added

    def replace(self, name: str, draft: Path) -> None:
        """Keep what is in the draft."""
        self._require_there()
        self.kept[checked_name(name)] = draft.read_bytes()
        self._written[name] = datetime.now(UTC)
        draft.unlink()

    def open(self, name: str) -> BinaryIO:
        """Open what is kept."""
        self._require_there()
        try:
            return io.BytesIO(self.kept[checked_name(name)])
        except KeyError:
            raise BlobMissing(name) from None

    def set_aside(self, name: str) -> None:
        """Keep it elsewhere."""
        self._require_there()
        self.damaged.append((name, self.kept.pop(checked_name(name))))
        del self._written[name]

    def remove(self, name: str) -> None:
        """Forget it."""
        self._require_there()
        self.kept.pop(checked_name(name), None)
        self._written.pop(name, None)

    def remove_damaged(self, sha256: Sha256) -> bool:
        """Forget what was kept elsewhere."""
        self._require_there()
        before, name = len(self.damaged), checked_name(sha256)
        self.damaged = [each for each in self.damaged if each[0] != name]
        return len(self.damaged) < before

    def written_at(self, name: str) -> datetime:
        """Return when it was kept."""
        self._require_there()
        if checked_name(name) not in self.kept:
            raise BlobMissing(name)
        return self._written[name]

    def names(self, prefix: str = "", since: str = "") -> Iterator[str]:
        """Return the names."""
        self._require_there()
        names = sorted(name for name in self.kept if name != CURRENT_KEY)
        return (name for name in names if name.startswith(prefix) and name >= since)

    def _require_there(self) -> None:
        if self.away:
            raise StorageUnavailable("The store in memory is away. Wait.")
