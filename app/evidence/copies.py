"""Other places where a lost evidence file may still lie, and the way back."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from app.domain.errors import EvidenceDamaged
from app.domain.ids import Sha256
from app.ports import EvidenceStore


class Copies:
    """Copies of evidence beside a store.

    `aside` holds what was set aside. `backups` are folders in which a file is named by
    its hash, flat or fanned out as in a store. In `loose` folders files have any name:
    those are few, and each is hashed once.
    """

    def __init__(
        self,
        store: EvidenceStore,
        aside: EvidenceStore,
        backups: Sequence[Path] = (),
        loose: Sequence[Path] = (),
    ) -> None:
        """Look nowhere yet."""
        self._store = store
        self._aside = aside
        self._backups = backups
        self._loose = loose

    def put_back(self, sha256: Sha256) -> bool:
        """Put a copy with the right hash into the store; False when there is none."""
        source = self._set_aside(sha256) or self._elsewhere(sha256)
        if source is None:
            return False
        self._store.put(source)
        return True

    def _set_aside(self, sha256: Sha256) -> Path | None:
        try:
            return self._aside.local_path(sha256)
        except EvidenceDamaged:
            return None

    def _elsewhere(self, sha256: Sha256) -> Path | None:
        fanned_out = Path(sha256[:2]) / sha256[2:4] / sha256
        for folder in self._backups:
            for place in (folder / fanned_out, folder / sha256):
                if place.is_file() and _hash_of(place) == sha256:
                    return place
        return self._loose_files.get(sha256)

    @cached_property
    def _loose_files(self) -> dict[str, Path]:
        return {
            _hash_of(path): path
            for folder in self._loose
            for path in folder.rglob("*")
            if path.is_file()
        }


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
