"""Long work on a whole evidence store that may be broken off and begun again."""

import contextlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.errors import EvidenceDamaged, KeyUnavailable, StateConflict
from app.evidence.blobs import BlobMissing, is_key
from app.evidence.master_keys import MasterKeys
from app.evidence.store import BlobEvidenceStore, size_of
from app.ports import EvidenceStore

_LEFT_BEHIND = timedelta(minutes=10)
"""An engine asks every half a minute which key is in force, and may be at a file."""


@dataclass(slots=True)
class Upkeep:
    """What was done: objects or keys changed, those that were so already, failures.

    `locked` are keys whose master key is not on this computer.
    """

    changed: int = 0
    already: int = 0
    damaged: list[str] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)


def seal_all(stores: Iterable[BlobEvidenceStore]) -> Upkeep:
    """Encrypt what lies in clear; what is damaged is named and left alone.

    Each object is replaced whole, so this may end anywhere and be begun again.
    """
    done = Upkeep()
    for store in stores:
        for name in store.names():
            try:
                changed = store.seal(name)
            except EvidenceDamaged:
                done.damaged.append(name)
            else:
                done.changed += changed
                done.already += not changed
    return done


def copy_all(source: EvidenceStore, target: EvidenceStore) -> Upkeep:
    """Copy what `target` lacks, hashed on the way; the source stays as it is."""
    done, there = Upkeep(), target.names()
    next_there = next(there, None)
    for name in source.names():
        # Both come in order: neither list is held in memory.
        while next_there is not None and next_there < name:
            next_there = next(there, None)
        if name == next_there:
            done.already += 1
            continue
        try:
            with source.open(name) as file:
                target.put_stream(file, size_of(file))
        except EvidenceDamaged:
            done.damaged.append(name)
        else:
            done.changed += 1
    return done


def rotate(stores: Iterable[BlobEvidenceStore], keys: MasterKeys) -> Upkeep:
    """Make a new master key and wrap every data key with it; objects stay as they are.

    The store's note goes first: what comes meanwhile is wrapped with the new key.
    """
    master = keys.make()
    return rewrap_all(stores, master)


def rewrap_all(stores: Iterable[BlobEvidenceStore], master: str) -> Upkeep:
    """Wrap with one master key what is not; may be broken off and begun again."""
    done = Upkeep()
    for store in stores:
        sealing = store.sealing
        if sealing is None:
            continue
        sealing.note_current(master)
        for name in filter(is_key, store.blobs.names()):
            try:
                changed = sealing.rewrap(name, master)
            except BlobMissing:
                continue
            except KeyUnavailable:
                done.locked.append(name)
            except EvidenceDamaged:
                done.damaged.append(name)
            else:
                done.changed += changed
                done.already += not changed
    return done


def take_along(
    stores: Iterable[BlobEvidenceStore], source: MasterKeys, target: MasterKeys
) -> int:
    """Give `target` all keys that are for files, and the one in force; return how many.

    Those that it has, or that are not in `source`, are left out.
    """
    current = source.current_id()
    named = set(masters_in_use(stores)) | ({current} if current else set())
    taken = [n for n in sorted(named) if source.holds(n) and not target.holds(n)]
    for name in taken:
        target.adopt(source.key(name))
    if current:
        target.use(current)
    return len(taken)


def masters_in_use(stores: Iterable[BlobEvidenceStore]) -> Counter[str]:
    """Return how many data keys each master key wraps."""
    found: Counter[str] = Counter()
    for store in stores:
        if store.sealing is None:
            continue
        for name in filter(is_key, store.blobs.names()):
            # A record that cannot be read opens nothing under any key.
            with contextlib.suppress(EvidenceDamaged, BlobMissing):
                found[store.sealing.master_of(name)] += 1
    return found


def forget_master(
    stores: Collection[BlobEvidenceStore],
    keys: MasterKeys,
    key_id: str,
    now: datetime,
) -> None:
    """Delete a master key that wraps nothing any more; StateConflict if it does.

    Also where the key in force was noted just now: an engine that runs may seal with
    the one before, and what it seals then nobody could read.
    """
    _require_not_in_use(key_id, keys.current_id())
    wrapped = masters_in_use(stores)[key_id]
    if wrapped:
        raise StateConflict(
            f"The master key {key_id} still wraps the keys of {wrapped} files. "
            "Rotate it first: python main.py evidence rotate-key."
        )
    for sealing in (store.sealing for store in stores if store.sealing is not None):
        _require_not_in_use(key_id, sealing.noted())
        noted_at = sealing.noted_at()
        if noted_at is not None and now - noted_at < _LEFT_BEHIND:
            raise StateConflict(
                "The master key was changed a few minutes ago, and an engine that runs "
                f"may still seal with {key_id}. Try again in ten minutes."
            )
    keys.forget(key_id)


def _require_not_in_use(key_id: str, in_use: str | None) -> None:
    if key_id == in_use:
        raise StateConflict(
            f"The master key {key_id} is the one in use. Rotate it first: "
            "python main.py evidence rotate-key."
        )
