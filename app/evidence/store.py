"""Evidence files in a local folder or file share: written once, named by SHA-256.

A file is copied beside its place, flushed to the disk, and only then given its name, so
that a name never stands for half a file. It is hashed again each time it is read.
"""

import errno
import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EnvironmentFault, EvidenceDamaged, StorageFull
from app.domain.ids import Sha256, new_uuid

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[0-9a-f]{64}")
_PAIR = re.compile(r"[0-9a-f]{2}")
_CHUNK_BYTES = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ABANDONED_AFTER_S = 24 * 3600
_DAMAGED = "damaged"

DEFAULT_FLOOR_BYTES = 2 << 30


def free_bytes(folder: Path) -> int:
    """Return the room that is left for this user on the folder's file system."""
    return shutil.disk_usage(folder).free


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut (POSIX; elsewhere no need)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class LocalEvidenceStore:
    """An `EvidenceStore` below `root`; safe for several threads and processes.

    `floor_bytes` of the disk are never filled with evidence, so that the database and
    the spool beside it can go on; `measure_free` tells how much is left.
    """

    def __init__(
        self,
        root: Path,
        *,
        floor_bytes: int = DEFAULT_FLOOR_BYTES,
        measure_free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._floor_bytes = floor_bytes
        self._measure_free = measure_free
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Store a copy of a file; return its hash and size in bytes.

        A file that is there already is left alone; one that was damaged is set aside
        under `damaged` and replaced. Raises StorageFull.
        """
        self._require_room(source.stat().st_size)
        arriving = self._incoming / str(new_uuid())
        try:
            sha256, size_bytes = _copy_hashed(source, arriving)
            self._admit(arriving, sha256)
        except OSError as error:
            if error.errno in _FULL:
                raise self._full() from error
            raise
        finally:
            arriving.unlink(missing_ok=True)
        return sha256, size_bytes

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open for reading what was just hashed again; raises EvidenceDamaged."""
        path = self._place(sha256)
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise _missing(sha256) from None
        try:
            self._verify(file, sha256)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def local_path(self, sha256: Sha256) -> Path:
        """Return the file after hashing it again; raises EvidenceDamaged."""
        with self.open(sha256):
            return self._place(sha256)

    def delete(self, sha256: Sha256) -> bool:
        """Remove a file for good, and what was set aside of it as damaged."""
        place = self._place(sha256)
        copies = [place, *(self._root / _DAMAGED).glob(f"{sha256}.*")]
        try:
            there = [path for path in copies if _unlinked(path)]
            if place.parent.is_dir():
                sync_folder(place.parent)
        except OSError as error:
            raise EnvironmentFault(
                f"The evidence file {sha256[:12]}… cannot be deleted "
                f"({error.strerror}). It is tried again; see who may write there."
            ) from error
        return bool(there)

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Yield the name of every file that is there, sound or not, in order.

        From `since` on: a name, or how one begins.
        """
        for first in _folders(self._root, since[:2]):
            tail = since[2:4] if first.name == since[:2] else ""
            for second in _folders(first, tail):
                for name in sorted(path.name for path in second.iterdir()):
                    if name >= since and _NAME.fullmatch(name):
                        yield Sha256(name)

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return when a file was put here, in UTC; KeyError without one."""
        try:
            written = self._place(sha256).stat().st_mtime
        except FileNotFoundError:
            raise KeyError(sha256) from None
        return datetime.fromtimestamp(written, UTC)

    def _place(self, sha256: Sha256) -> Path:
        if not _NAME.fullmatch(sha256):
            raise ValueError("evidence is named by 64 lower-case hexadecimal digits")
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _admit(self, arriving: Path, sha256: Sha256) -> None:
        place = self._place(sha256)
        if place.exists():
            if self._sound(sha256):
                return
            self._set_aside(place)
        self._make_folder(place.parent)
        arriving.rename(place)
        sync_folder(place.parent)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)
        sync_folder(self._root)

    def _sound(self, sha256: Sha256) -> bool:
        try:
            self.open(sha256).close()
        except EvidenceDamaged:
            return False
        return True

    def _set_aside(self, place: Path) -> None:
        damaged = self._root / _DAMAGED
        damaged.mkdir(mode=0o700, exist_ok=True)
        place.rename(damaged / f"{place.name}.{new_uuid()}")
        _log.error("evidence %s was damaged; set aside and replaced", place.name)

    def _verify(self, file: BinaryIO, sha256: Sha256) -> None:
        digest = hashlib.sha256()
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise EvidenceDamaged(
                f"The evidence file {sha256[:12]}… is not the one that was recorded. "
                "Do not decide this case; restore the file from a backup."
            )

    def _require_room(self, size_bytes: int) -> None:
        if self._measure_free(self._root) - size_bytes < self._floor_bytes:
            raise self._full()

    def _full(self) -> StorageFull:
        return StorageFull(
            f"There is no room left for evidence in {self._root}. "
            "Free space on that disk, or move the evidence to a larger one."
        )

    def _sweep(self) -> None:
        """Remove what a crash left half written."""
        for path in self._incoming.iterdir():
            try:
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                    path.unlink()
            except FileNotFoundError:
                continue


def _unlinked(path: Path) -> bool:
    try:
        # Windows deletes nothing that is read-only.
        path.chmod(0o600)
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _folders(root: Path, since: str) -> Iterator[Path]:
    """Yield the folders named by two digits, in order, from `since` on."""
    for path in sorted(root.iterdir()):
        if _PAIR.fullmatch(path.name) and path.name >= since and path.is_dir():
            yield path


def _missing(sha256: Sha256) -> EvidenceDamaged:
    return EvidenceDamaged(
        f"The evidence file {sha256[:12]}… is missing. "
        "Restore it from a backup before deciding this case."
    )


def _copy_hashed(source: Path, target: Path) -> tuple[Sha256, int]:
    """Copy, flush to the disk and make read-only; the hash is of what was written."""
    digest = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as reader, os.fdopen(handle, "wb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
        size_bytes = writer.tell()
    target.chmod(0o400)
    return Sha256(digest.hexdigest()), size_bytes
