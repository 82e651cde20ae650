"""How one store seals: which master key wraps, and where wrapped data keys lie."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EvidenceDamaged, KeyUnavailable
from app.domain.ids import Sha256
from app.evidence.blobs import CURRENT_KEY, BlobMissing, Blobs, key_name
from app.evidence.master_keys import KeyWrapper, is_key_id, missing_key
from app.evidence.sealed_format import (
    MAGIC,
    DataKey,
    SealBroken,
    SegmentReader,
    instance_of,
)

_VERSION = 1
_MOST_BYTES = 1 << 16
_SETTLED_S = 30.0


class Sealing:
    """Keeps, finds and re-wraps the data keys of the objects in `blobs`.

    A wrapped key lies beside its object under a name with the object's instance: two
    writers of one content never take each other's key away, and a new master key needs
    no change of an object. The note `current-key` in the store says which master key
    wraps, so that all who share a store use one.
    """

    def __init__(
        self,
        blobs: Blobs,
        keys: KeyWrapper,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._blobs = blobs
        self._keys = keys
        self._monotonic_s = monotonic_s
        self._settled: tuple[str, float] | None = None

    @contextmanager
    def wrapped(self, sha256: Sha256, key: DataKey) -> Iterator[tuple[str, Path]]:
        """Yield name and draft of a wrapped data key, to be kept before its object."""
        with self._draft(self._record(sha256, key, self.key_for_writing())) as draft:
            yield key_name(sha256, key.instance), draft

    def keep_key(self, sha256: Sha256, key: DataKey) -> None:
        """Make the data key durable, wrapped; to be done before the object is."""
        with self.wrapped(sha256, key) as (name, draft):
            self._blobs.add(name, draft)

    def forget_key(self, sha256: Sha256, key: DataKey) -> None:
        """Take away the key of a copy that was not kept."""
        self._blobs.remove(key_name(sha256, key.instance))

    def open(self, sha256: Sha256, file: BinaryIO) -> SegmentReader:
        """Return what `file` holds in clear; SealBroken or EvidenceDamaged."""
        instance = instance_of(file)
        if instance is None:
            raise SealBroken
        return SegmentReader(file, self._key_of(sha256, instance))

    def rewrap(self, name: str, master: str) -> bool:
        """Wrap one stored key with another master key; tell if it was not so.

        Raises SealBroken when the key was changed, KeyUnavailable without its master.
        """
        sha256, instance = Sha256(name[:64]), bytes.fromhex(name[65:97])
        key_id, wrapped = self._read(name)
        if key_id == master:
            return False
        secret = self._keys.unwrap(wrapped, key_id, _bound(sha256, instance))
        record = self._record(sha256, DataKey(secret, instance), master)
        with self._draft(record) as draft:
            self._blobs.replace(name, draft)
        return True

    def master_of(self, name: str) -> str:
        """Return the id of the master key that wraps a stored key."""
        return self._read(name)[0]

    def key_for_writing(self) -> str:
        """Return the master key that wraps in this store; the first use makes it.

        The store is asked every half a minute. Raises KeyUnavailable where it has one
        that is not here: what was sealed with another, nobody else could read.
        """
        now_s = self._monotonic_s()
        if self._settled is None or now_s - self._settled[1] > _SETTLED_S:
            self._settled = (self._settle_key(), now_s)
        return self._settled[0]

    def _settle_key(self) -> str:
        noted = self.noted()
        if noted is None:
            mine = self._keys.current_id() or self._keys.make()
            if self._add(CURRENT_KEY, mine.encode()):
                return mine
            noted = self.noted() or mine
        if not is_key_id(noted):
            raise KeyUnavailable(
                f"The note {CURRENT_KEY} of the evidence store names no master key. "
                "Write it anew: python main.py evidence rotate-key --resume."
            )
        if not self._keys.holds(noted):
            raise missing_key(noted)
        return noted

    def note_current(self, key_id: str) -> None:
        """Say in the store which master key wraps from now on."""
        with self._draft(key_id.encode()) as draft:
            self._blobs.replace(CURRENT_KEY, draft)
        self._settled = None

    def noted_at(self) -> datetime | None:
        """Return when the note on the master key was written, by the clock there."""
        try:
            return self._blobs.written_at(CURRENT_KEY)
        except BlobMissing:
            return None

    def noted(self) -> str | None:
        """Return the master key that the store says is in force, None before one."""
        try:
            with self._blobs.open(CURRENT_KEY) as file:
                return file.read(64).decode("ascii", "replace").strip()
        except BlobMissing:
            return None

    def _key_of(self, sha256: Sha256, instance: bytes) -> DataKey:
        try:
            key_id, wrapped = self._read(key_name(sha256, instance))
        except BlobMissing:
            raise EvidenceDamaged(
                f"The key of the evidence file {sha256[:12]}… is missing. Restore "
                f"{key_name(sha256, instance)} from a backup before deciding this case."
            ) from None
        secret = self._keys.unwrap(wrapped, key_id, _bound(sha256, instance))
        return DataKey(secret, instance)

    def _record(self, sha256: Sha256, key: DataKey, master: str) -> bytes:
        wrapped = self._keys.wrap(key.secret, master, _bound(sha256, key.instance))
        document = {"version": _VERSION, "master": master, "wrapped": wrapped.hex()}
        return json.dumps(document).encode()

    def _read(self, name: str) -> tuple[str, bytes]:
        with self._blobs.open(name) as file:
            text = file.read(_MOST_BYTES)
        try:
            document = json.loads(text)
            master, wrapped = str(document["master"]), document["wrapped"]
            if document["version"] != _VERSION or not is_key_id(master):
                raise SealBroken
            return master, bytes.fromhex(wrapped)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise SealBroken from None

    def _add(self, name: str, content: bytes) -> bool:
        with self._draft(content) as draft:
            return self._blobs.add(name, draft)

    @contextmanager
    def _draft(self, content: bytes) -> Iterator[Path]:
        draft = self._blobs.draft(len(content))
        try:
            draft.write_bytes(content)
            yield draft
        finally:
            draft.unlink(missing_ok=True)


def _bound(sha256: Sha256, instance: bytes) -> bytes:
    """Return what a wrapped key is for: this format, this copy, this object."""
    return MAGIC + instance + sha256.encode()
