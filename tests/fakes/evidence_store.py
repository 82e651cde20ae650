"""An evidence store in memory that keeps the contract of the real one."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.ids import Sha256


class MemoryEvidenceStore:
    """Holds up to `capacity_bytes`."""

    def __init__(self, capacity_bytes: int = 1 << 30) -> None:
        self.capacity_bytes = capacity_bytes
        self.files: dict[str, bytes] = {}

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
        return sha256, len(content)

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open what was put, hashed again."""
        _require_hash(sha256)
        content = self.files.get(sha256, b"")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceDamaged("The file in memory was changed. Put it again.")
        return io.BytesIO(content)

    def names(self) -> Iterator[Sha256]:
        """Return what was put."""
        return map(Sha256, tuple(self.files))

    def remove(self, sha256: Sha256) -> None:
        """Forget it."""
        _require_hash(sha256)
        self.files.pop(sha256, None)


def _require_hash(name: str) -> None:
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise ValueError("not a hash")
