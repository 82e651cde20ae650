"""An evidence store in memory that keeps the contract of the real one."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.ids import Sha256


class MemoryEvidenceStore:
    """Holds up to `capacity_bytes`."""

    def __init__(self, capacity_bytes: int = 1 << 30) -> None:
        self.capacity_bytes = capacity_bytes
        self.files: dict[str, bytes] = {}
        self._stored: dict[str, datetime] = {}

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Keep the content of a file."""
        with source.open("rb") as file:
            return self.put_stream(file, 0)

    def put_stream(self, source: BinaryIO, about_bytes: int) -> tuple[Sha256, int]:
        """Keep the content of an open file."""
        content = source.read()
        held = sum(map(len, self.files.values()))
        if held + max(len(content), about_bytes) > self.capacity_bytes:
            raise StorageFull("The store in memory is full. Make it larger.")
        sha256 = Sha256(hashlib.sha256(content).hexdigest())
        self.files[sha256] = content
        self._stored.setdefault(sha256, datetime.now(UTC))
        return sha256, len(content)

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open what was put, hashed again."""
        _require_hash(sha256)
        content = self.files.get(sha256, b"")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceDamaged("The file in memory was changed. Put it again.")
        return io.BytesIO(content)

    def delete(self, sha256: Sha256) -> bool:
        """Forget the content."""
        _require_hash(sha256)
        self._stored.pop(sha256, None)
        return self.files.pop(sha256, None) is not None

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Return what was put, in order."""
        return (Sha256(name) for name in sorted(self.files) if name >= since)

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return when the content was put."""
        _require_hash(sha256)
        if sha256 not in self.files:
            raise KeyError(sha256)
        return self._stored[sha256]


def _require_hash(name: str) -> None:
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise ValueError("not a hash")
