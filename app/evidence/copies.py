"""Other places where a lost evidence file may still lie, and the way back."""

import contextlib
import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EvidenceDamaged, KeyUnavailable
from app.domain.ids import Sha256
from app.evidence.store import size_of
from app.ports import EvidenceReader, EvidenceStore


class Copies:
    """Copies of evidence beside a store.

    `aside` holds what was set aside. `stores` are backups of a store, sealed or not.
    `backups` are folders in which a file in clear is named by its hash, flat or fanned
    out. In `loose` folders files have any name: those are few, and each is hashed once.
    """

    def __init__(
        self,
        store: EvidenceStore,
        aside: EvidenceStore,
        stores: Sequence[EvidenceReader] = (),
        backups: Sequence[Path] = (),
        loose: Sequence[Path] = (),
    ) -> None:
        """Look nowhere yet."""
        self._store = store
        self._aside = aside
        self._stores = stores
        self._backups = backups
        self._loose = loose

    def put_back(self, sha256: Sha256) -> bool:
        """Put a copy with the right hash into the store; False when there is none."""
        source = self._found(sha256)
        if source is None:
            return False
        with source:
            back, _ = self._store.put_stream(source, size_of(source))
        if back != sha256:
            return False
        # Else this copy would outlive the erasure of its case.
        self._aside.delete(sha256)
        return True

    def _found(self, sha256: Sha256) -> BinaryIO | None:
        for reader in (self._aside, *self._stores):
            try:
                return reader.open(sha256)
            except (EvidenceDamaged, KeyUnavailable):
                # An old backup may need a master key that was forgotten since.
                continue
        place = self._elsewhere(sha256)
        try:
            return None if place is None else place.open("rb")
        except FileNotFoundError:
            # An engine at work took it away meanwhile.
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
        found = {}
        for path in (each for folder in self._loose for each in folder.rglob("*")):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    found[_hash_of(path)] = path
        return found


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
