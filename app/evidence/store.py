"""Evidence files: written once, named by the SHA-256 of what they hold.

A file is hashed while it is copied, and hashed again each time it is read. What is
below, a folder or a server, are `Blobs`; with a `Sealing` it is encrypted there. What
was stored in clear is read where all else is sealed, and the other way round: the first
bytes of an object tell.
"""

import hashlib
import io
import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from app.domain.errors import EvidenceDamaged, EvidenceMissing, StorageUnavailable
from app.domain.ids import Sha256
from app.evidence.blobs import BlobMissing, Blobs, checked_name, is_object
from app.evidence.folder_blobs import DEFAULT_FLOOR_BYTES, FolderBlobs, free_bytes
from app.evidence.sealed_format import DataKey, SegmentWriter, instance_of
from app.evidence.sealing import Sealing

_log = logging.getLogger(__name__)
_CHUNK_BYTES = 1 << 20
_WRITTEN_AT_ONCE_BYTES = 4 << 20
_MOST_AHEAD = 4
"""Chunks that hashing may lag behind; they are held in memory."""


class BlobEvidenceStore:
    """An `EvidenceStore` over named bytes; safe for several threads and processes.

    With a `sealing` what is sealed is read, and what is put is sealed, too, unless
    `in_clear`.
    """

    def __init__(
        self, blobs: Blobs, sealing: Sealing | None = None, *, in_clear: bool = False
    ) -> None:
        self.blobs = blobs
        self.sealing = sealing
        self._writing = None if in_clear else sealing

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Store a copy of a file; return its hash and size in bytes.

        A file that is there already is left alone; one that was damaged is set aside
        and replaced. Raises StorageFull or StorageUnavailable.
        """
        with source.open("rb") as file:
            return self.put_stream(file, size_of(file))

    def put_stream(self, source: BinaryIO, about_bytes: int) -> tuple[Sha256, int]:
        """Store what can be read from `source`, about so many bytes."""
        self.require_key()
        key = None if self._writing is None else DataKey.draw()
        with self.blobs.guarded(), self._draft(about_bytes) as draft:
            sha256, size_bytes = _copy_hashed(source, draft, key)
            self._admit(draft, sha256, key)
        return sha256, size_bytes

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open for reading what was just hashed again; raises EvidenceDamaged."""
        with self.blobs.guarded():
            return self._hashed(sha256)

    def delete(self, sha256: Sha256) -> bool:
        """Remove a file for good, and what was set aside of it as damaged.

        Its keys go first: if this is cut off, what is left of a sealed file is noise.
        """
        _require_name(sha256)
        try:
            kept = sorted(self.blobs.names(sha256), key=is_object)
            for name in kept:
                self.blobs.remove(name)
            set_aside = self.blobs.remove_damaged(sha256)
        except OSError as error:
            raise StorageUnavailable(
                f"The evidence file {sha256[:12]}… cannot be deleted "
                f"now ({error.strerror}). It is tried again; see who may write there."
            ) from error
        return set_aside or any(map(is_object, kept))

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Yield the name of every file that is there, sound or not, in order."""
        found = self.blobs.names(since=since)
        return (Sha256(name) for name in found if is_object(name))

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return when a file came here, in UTC; KeyError without one."""
        _require_name(sha256)
        try:
            return self.blobs.written_at(sha256)
        except BlobMissing:
            raise KeyError(sha256) from None

    def require_key(self) -> None:
        """Raise KeyUnavailable where what is put could not be sealed now."""
        if self._writing is not None:
            with self.blobs.guarded():
                self._writing.key_for_writing()

    def is_sealed(self, sha256: Sha256) -> bool:
        """Tell whether an object is encrypted; raises EvidenceDamaged without it."""
        with self._raw(sha256) as file:
            return instance_of(file) is not None

    def seal(self, sha256: Sha256) -> bool:
        """Encrypt an object that is there in clear; tell whether it was.

        It is hashed first, and replaced whole. Raises EvidenceDamaged.
        """
        if self._writing is None or self.is_sealed(sha256):
            return False
        key = DataKey.draw()
        with self.open(sha256) as plain, self._draft(size_of(plain)) as draft:
            if _copy_hashed(plain, draft, key)[0] != sha256:
                raise _changed(sha256)
            self._writing.keep_key(sha256, key)
            self.blobs.replace(sha256, draft)
        return True

    @contextmanager
    def _draft(self, size_bytes: int) -> Iterator[Path]:
        draft = self.blobs.draft(size_bytes)
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _admit(self, draft: Path, sha256: Sha256, key: DataKey | None) -> None:
        if self._added(draft, sha256, key):
            return
        if self._holds_sound(sha256):
            self._let_go(sha256, key)
            return
        self.blobs.set_aside(sha256)
        _log.error("evidence %s was damaged; set aside and replaced", sha256)
        self.blobs.add(sha256, draft)

    def _added(self, draft: Path, sha256: Sha256, key: DataKey | None) -> bool:
        if self._writing is None or key is None:
            return self.blobs.add(sha256, draft)
        with self._writing.wrapped(sha256, key) as ahead:
            return self.blobs.add(sha256, draft, ahead)

    def _let_go(self, sha256: Sha256, key: DataKey | None) -> None:
        """Forget the key of a copy that was not taken.

        A request whose answer was lost is repeated, and then finds its own copy.
        """
        if self._writing is None or key is None:
            return
        with self._raw(sha256) as kept:
            if instance_of(kept) != key.instance:
                self._writing.forget_key(sha256, key)

    def _holds_sound(self, sha256: Sha256) -> bool:
        try:
            self.open(sha256).close()
        except EvidenceDamaged:
            return False
        return True

    def _hashed(self, sha256: Sha256) -> BinaryIO:
        file = self._raw(sha256)
        sealing = self.sealing
        if sealing is None or instance_of(file) is None:
            return _matching(file, sha256)
        try:
            clear = io.BufferedReader(sealing.open(sha256, file), _CHUNK_BYTES)
            return _matching(cast("BinaryIO", clear), sha256)
        except EvidenceDamaged as damage:
            file.close()
            try:
                # In clear all the same, and only begins like a sealed one?
                return _matching(self._raw(sha256), sha256)
            except EvidenceDamaged:
                raise damage from None
        except BaseException:
            file.close()
            raise

    def _raw(self, sha256: Sha256) -> BinaryIO:
        _require_name(sha256)
        try:
            return self.blobs.open(sha256)
        except BlobMissing:
            raise _missing(sha256) from None


class LocalEvidenceStore(BlobEvidenceStore):
    """An `EvidenceStore` in clear below `root`, as recordings are analysed into.

    `floor_bytes` of the disk are never filled with evidence; `measure_free` tells how
    much is left.
    """

    def __init__(
        self,
        root: Path,
        *,
        floor_bytes: int = DEFAULT_FLOOR_BYTES,
        measure_free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folder = FolderBlobs(
            root, floor_bytes=floor_bytes, measure_free=measure_free
        )
        super().__init__(self._folder)

    def local_path(self, sha256: Sha256) -> Path:
        """Return the file after hashing it again; raises EvidenceDamaged."""
        with self.open(sha256):
            return self._folder.path_of(sha256)


def size_of(file: BinaryIO) -> int:
    """Return how many bytes a file has, and go to its begin."""
    size_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size_bytes


def _matching(file: BinaryIO, sha256: Sha256) -> BinaryIO:
    """Return a file that holds what its name says, at its begin; else close it."""
    try:
        file.seek(0)
        digest = hashlib.sha256()
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise _changed(sha256)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _copy_hashed(
    source: BinaryIO, target: Path, key: DataKey | None
) -> tuple[Sha256, int]:
    """Copy, sealed with `key` if there is one; the hash is of what was written.

    Hashing goes on beside on another thread: it takes about as long as the rest.
    """
    digest, size_bytes = hashlib.sha256(), 0
    hashing: deque[Future[None]] = deque()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, ThreadPoolExecutor(1) as beside:
        writer = None if key is None else SegmentWriter(file, key)
        while chunk := source.read(_CHUNK_BYTES):
            hashing.append(beside.submit(digest.update, chunk))
            (writer or file).write(chunk)
            size_bytes += len(chunk)
            if len(hashing) > _MOST_AHEAD:
                hashing.popleft().result()
            if size_bytes % _WRITTEN_AT_ONCE_BYTES == 0:
                _begin_writing(file)
        if writer is not None:
            writer.close()
        for each in hashing:
            each.result()
    return Sha256(digest.hexdigest()), size_bytes


def _begin_writing(file: BinaryIO) -> None:
    """Have the system write what it holds of a file; the flush at the end waits less.

    Where it can be told so: Linux begins to write what is declared not needed.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _changed(sha256: Sha256) -> EvidenceDamaged:
    return EvidenceDamaged(
        f"The evidence file {sha256[:12]}… is not the one that was recorded. "
        "Do not decide this case; restore the file from a backup."
    )


def _missing(sha256: Sha256) -> EvidenceMissing:
    return EvidenceMissing(
        f"The evidence file {sha256[:12]}… is missing. "
        "Restore it from a backup before deciding this case."
    )


def _require_name(sha256: Sha256) -> None:
    if not is_object(checked_name(sha256)):
        raise ValueError("evidence is named by 64 lower-case hexadecimal digits")
