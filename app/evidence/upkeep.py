"""Long work on a whole evidence store that may be broken off and begun again."""

import contextlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.errors import EvidenceDamaged, StateConflict
from app.evidence.blobs import BlobMissing, is_key
from app.evidence.master_keys import MasterKeys
from app.evidence.store import BlobEvidenceStore, size_of
from app.ports import EvidenceStore


@dataclass(slots=True)
class Upkeep:
    """What was done: objects or keys changed, those that were so already, failures."""

    changed: int = 0
    already: int = 0
    damaged: list[str] = field(default_factory=list)


def seal_all(stores: Iterable[BlobEvidenceStore]) -> Upkeep:
    """Encrypt what lies in clear; what is damaged is named and left alone.

    Each object is replaced whole, so this may end anywhere and be begun again.
    """
    done = Upkeep()
    for store in stores:
        for name in list(store.names()):
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
    done, there = Upkeep(), set(target.names())
    for name in list(source.names()):
        if name in there:
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
        for name in list(filter(is_key, store.blobs.names())):
            try:
                changed = sealing.rewrap(name, master)
            except BlobMissing:
                continue
            except EvidenceDamaged:
                done.damaged.append(name)
            else:
                done.changed += changed
                done.already += not changed
    return done


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
    stores: Iterable[BlobEvidenceStore], keys: MasterKeys, key_id: str
) -> None:
    """Delete a master key that wraps nothing any more; StateConflict if it does."""
    if key_id == keys.current_id():
        raise StateConflict(
            f"The master key {key_id} is the one in use. Rotate it first: "
            "python main.py evidence rotate-key."
        )
    wrapped = masters_in_use(stores)[key_id]
    if wrapped:
        raise StateConflict(
            f"The master key {key_id} still wraps the keys of {wrapped} files. "
            "Rotate it first: python main.py evidence rotate-key."
        )
    keys.forget(key_id)
