"""Blobs in memory that keep the contract of the real ones."""

import io
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import new_uuid
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
        self.damaged: list[bytes] = []

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
            return self.kept.setdefault(checked_name(name), content) is content

    def replace(self, name: str, draft: Path) -> None:
        """Keep what is in the draft."""
        self._require_there()
        self.kept[checked_name(name)] = draft.read_bytes()
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
        self.damaged.append(self.kept.pop(checked_name(name)))

    def remove(self, name: str) -> None:
        """Forget it."""
        self._require_there()
        self.kept.pop(checked_name(name), None)

    def names(self, prefix: str = "") -> Iterator[str]:
        """Return the names."""
        self._require_there()
        names = [name for name in self.kept if name != CURRENT_KEY]
        return (name for name in names if name.startswith(prefix))

    def _require_there(self) -> None:
        if self.away:
            raise StorageUnavailable("The store in memory is away. Wait.")
