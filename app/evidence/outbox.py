r"""Evidence for a store that is elsewhere: what it cannot take now waits on this disk.

    put -> remote store
      \-> outbox (local, sealed the same way) -> Forwarding -> remote store

Files in the outbox are evidence already: hashed, durable, found by `open`. They are
hashed once more when they are forwarded, and removed only after the remote store has
them.
"""

import heapq
import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from app.camera.backoff import Backoff
from app.domain.errors import (
    EvidenceDamaged,
    EvidenceMissing,
    KeyUnavailable,
    StorageUnavailable,
)
from app.domain.ids import Sha256
from app.evidence.store import BlobEvidenceStore, size_of

_log = logging.getLogger(__name__)
_AWAY_S = 30.0
_IDLE_S = 15.0


class OutboxEvidenceStore:
    """An `EvidenceStore` that outlives the absence of its `remote`.

    After a failure the remote is left alone for `away_s`, so that cases do not wait for
    its timeouts one after the other. StorageFull means that this disk is full as well.
    """

    def __init__(
        self,
        outbox: BlobEvidenceStore,
        remote: BlobEvidenceStore,
        *,
        away_s: float = _AWAY_S,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.outbox = outbox
        self.remote = remote
        self.arrived = threading.Event()
        """Set when something was put into the outbox; whoever forwards clears it."""
        self._away_s = away_s
        self._monotonic_s = monotonic_s
        self._away_until_s = float("-inf")
        self._undeleting_until_s = float("-inf")
        self._trouble = ""
        self._not_taken = ""

    def put(self, source: Path) -> tuple[Sha256, int]:
        """Store a copy of a file, there or here; return its hash and size."""
        with source.open("rb") as file:
            return self.put_stream(file, size_of(file))

    def put_stream(self, source: BinaryIO, about_bytes: int) -> tuple[Sha256, int]:
        """Store what can be read from here on, there or here."""
        begin = source.tell()
        if self._monotonic_s() >= self._away_until_s:
            try:
                return self.remote.put_stream(source, about_bytes)
            except StorageUnavailable as fault:
                self.note_away(fault)
        source.seek(begin)
        kept = self.outbox.put_stream(source, about_bytes)
        self.arrived.set()
        return kept

    def open(self, sha256: Sha256) -> BinaryIO:
        """Open for reading what was just hashed again; raises EvidenceDamaged."""
        try:
            return self.outbox.open(sha256)
        except EvidenceDamaged as damage:
            return self._open_remote(sha256, damage)

    def delete(self, sha256: Sha256) -> bool:
        """Remove a file for good, there and here; nothing while the remote is away.

        What waited here is looked for there once more: it may have gone meanwhile.
        """
        there = self._delete_there(sha256)
        if not self.outbox.delete(sha256):
            return there
        self._delete_there(sha256)
        return True

    def _delete_there(self, sha256: Sha256) -> bool:
        # Apart from what it does not take: one that is full deletes all the same.
        if self._monotonic_s() < self._undeleting_until_s:
            raise StorageUnavailable(self._trouble)
        try:
            return self.remote.delete(sha256)
        except StorageUnavailable as fault:
            self.note_away(fault)
            self._undeleting_until_s = self._away_until_s
            raise

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Yield the name of every file that is there or waits here, in order.

        One that is handed on meanwhile may be passed over.
        """
        both = heapq.merge(self.outbox.names(since), self.remote.names(since))
        return (name for name, _ in groupby(both))

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return since when a file waits here, else is there; KeyError without one."""
        try:
            return self.outbox.stored_at(sha256)
        except KeyError:
            return self.remote.stored_at(sha256)

    @property
    def trouble(self) -> str:
        """Why the remote took nothing when it was last asked, empty when it did."""
        return self._trouble

    def waiting(self) -> int:
        """Return how many files wait to be forwarded."""
        return sum(1 for _ in self.outbox.names())

    def forward(self) -> int:
        """Hand on what waits; return how many. Raises StorageUnavailable.

        The next call after that begins behind the file that was not taken: one that
        never is must not keep the others.
        """
        forwarded, trouble = 0, ""
        for name in self._next_first(list(self.outbox.names())):
            try:
                file = self.outbox.open(name)
            except EvidenceMissing:
                # Deleted since the names were read.
                continue
            except EvidenceDamaged:
                _log.exception("evidence %s was damaged while it waited; kept", name)
                continue
            except KeyUnavailable as fault:
                trouble = str(fault)
                continue
            self._hand_on(name, file)
            forwarded += 1
        if forwarded:
            _log.info("%d evidence files that waited were forwarded", forwarded)
        if trouble and trouble != self._trouble:
            _log.warning("evidence waits on this disk: %s", trouble)
        self._trouble = trouble
        self._away_until_s = self._undeleting_until_s = float("-inf")
        return forwarded

    def _next_first(self, names: list[Sha256]) -> list[Sha256]:
        """Return the names from the one behind the last that was not taken."""
        at = bisect_right(names, self._not_taken)
        return names[at:] + names[:at]

    def _hand_on(self, name: Sha256, file: BinaryIO) -> None:
        try:
            with file:
                self.remote.put_stream(file, size_of(file))
        except StorageUnavailable:
            self._not_taken = name
            raise
        self.outbox.delete(name)

    def note_away(self, fault: StorageUnavailable) -> None:
        """Leave the remote alone for a while."""
        if str(fault) != self._trouble:
            _log.warning("evidence waits on this disk: %s", fault)
        self._trouble = str(fault)
        self._away_until_s = self._monotonic_s() + self._away_s

    def _open_remote(self, sha256: Sha256, damage: EvidenceDamaged) -> BinaryIO:
        try:
            return self.remote.open(sha256)
        except EvidenceMissing:
            if not isinstance(damage, EvidenceMissing):
                raise damage from None
            raise EvidenceMissing(
                f"The evidence file {sha256[:12]}… is not in the store. If it does not "
                "wait at the computer that recorded it (python main.py evidence check "
                "there), restore it from a backup before deciding this case."
            ) from None


class Forwarding:
    """A thread that empties an outbox, and waits longer while the remote is away."""

    def __init__(self, store: OutboxEvidenceStore, *, idle_s: float = _IDLE_S) -> None:
        self._store = store
        self._idle_s = idle_s
        self._backoff = Backoff(first_s=1.0, ceiling_s=60.0)
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="evidence-forward", daemon=True
        )

    def start(self) -> None:
        """Begin, with what an earlier run left."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the thread after the file in hand; what waits stays."""
        self._stopping.set()
        self._store.arrived.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._store.arrived.clear()
            self._stopping.wait(self._step())

    def _step(self) -> float:
        """Forward once; return how long to wait, in seconds."""
        try:
            self._store.forward()
        except StorageUnavailable as fault:
            self._store.note_away(fault)
            return self._backoff.next_s()
        except Exception:  # noqa: BLE001 - one bug must not stop the others
            _log.exception("forwarding evidence failed; it goes on")
            return self._backoff.next_s()
        self._backoff.reset()
        if not self._stopping.is_set():
            self._store.arrived.wait(self._idle_s)
        return 0.0
