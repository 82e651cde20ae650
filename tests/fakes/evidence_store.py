"""An evidence store in memory that keeps the contract of the real one."""

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.ids import Sha256


class MemoryEvidenceStore:
    """Holds up to `capacity_bytes`; files for `local_path` are written to `folder`."""

    def __init__(self, folder: Path, capacity_bytes: int = 1 << 30) -> None:
        self._folder = folder
        self.capacity_bytes = capacity_bytes
        self.files: dict[str, bytes] = {}

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Keep the content of a file."""
        content = source.read_bytes()
        held = sum(map(len, self.files.values()))
        if held + len(content) > self.capacity_bytes:
            raise StorageFull("The store in memory is full. Make it larger.")
        sha256 = Sha256(hashlib.sha256(content).hexdigest())
        self.files[sha256] = content
        return sha256, len(content)

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open what was put, hashed again."""
        _require_name(sha256)
        content = self.files.get(sha256, b"")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceDamaged("The file in memory was changed. Put it again.")
        return io.BytesIO(content)

    def local_path(self, sha256: Sha256) -> Path:
        """Write the content to a file and return it."""
        path = self._folder / sha256
        with self.open(sha256) as file:
            path.write_bytes(file.read())
        return path

    def delete(self, sha256: Sha256) -> bool:
        """Forget the content."""
        _require_name(sha256)
        return self.files.pop(sha256, None) is not None


def _require_name(sha256: str) -> None:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a hash")
