"""A file that only takes up room, to be thrown out when the disk is full.

On a full disk SQLite can neither insert nor delete; giving the ballast up lets the
spool finish what it has in hand while somebody makes room.
"""

import os
from pathlib import Path

_CHUNK_BYTES = 1 << 20


class Ballast:
    """Room for `size_bytes`, held at `path`."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self._path = path
        self._size_bytes = size_bytes

    @property
    def held(self) -> bool:
        """Whether the room is still reserved in full."""
        try:
            return self._path.stat().st_size >= self._size_bytes
        except FileNotFoundError:
            return False

    def take(self) -> bool:
        """Reserve the room if there is enough; tell whether it is held now."""
        if self.held:
            return True
        try:
            self._write()
        except OSError:
            self.release()
        return self.held

    def release(self) -> bool:
        """Give the room back; tell whether there was any."""
        existed = self._path.exists()
        self._path.unlink(missing_ok=True)
        return existed

    def _write(self) -> None:
        """Write noise: a file system that compresses would reserve nothing else."""
        with self._path.open("wb") as file:
            for _ in range(0, self._size_bytes, _CHUNK_BYTES):
                file.write(os.urandom(min(_CHUNK_BYTES, self._size_bytes)))
            file.truncate(self._size_bytes)
            file.flush()
            os.fsync(file.fileno())
