"""A store that seals: what lies in it, who can read it, and how keys are changed."""

import json
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.errors import (
    EvidenceDamaged,
    KeyUnavailable,
    StateConflict,
    StorageUnavailable,
)
from app.domain.ids import Sha256
from app.evidence import upkeep
from app.evidence.blobs import CURRENT_KEY, is_key
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import MasterKeys, SecretVault
from app.evidence.sealed_format import HEADER_BYTES, MAGIC
from app.evidence.sealing import Sealing
from app.evidence.store import BlobEvidenceStore, LocalEvidenceStore
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.secrets import MemorySecrets

_LATER = datetime(2100, 1, 1, tzinfo=UTC)
_CONTENT = b"what the camera saw " * 20_000


@pytest.fixture
def blobs(tmp_path: Path) -> MemoryBlobs:
    """Give blobs whose bytes a test can look at and change."""
    return MemoryBlobs(tmp_path)


@pytest.fixture
def keys() -> MasterKeys:
    """Give the keys of a workstation, none yet."""
    return MasterKeys(SecretVault(MemorySecrets()))


@pytest.fixture
def store(blobs: MemoryBlobs, keys: MasterKeys) -> BlobEvidenceStore:
    """Give a store that seals."""
    return _over(blobs, keys)


def _over(blobs: MemoryBlobs, keys: MasterKeys) -> BlobEvidenceStore:
    return BlobEvidenceStore(blobs, Sealing(blobs, keys))


def _put(store: BlobEvidenceStore, folder: Path, content: bytes = _CONTENT) -> Sha256:
    source = folder / "source"
    source.write_bytes(content)
    return store.put(source)[0]


def _read(store: BlobEvidenceStore, name: Sha256) -> bytes:
    with store.open(name) as file:
        return file.read()


def test_nothing_in_the_store_is_in_clear(
    store: BlobEvidenceStore, blobs: MemoryBlobs, keys: MasterKeys, tmp_path: Path
) -> None:
    """Neither content nor keys; and nothing is left of a draft."""
    name = _put(store, tmp_path)
    assert blobs.kept[name].startswith(MAGIC)
    master = keys.key(keys.current_id() or "")
    for content in blobs.kept.values():
        assert b"camera" not in content
        assert master not in content
        assert master.hex().encode() not in content
    assert {path.name for path in tmp_path.iterdir()} == {"source"}


def test_objects_cannot_change_places(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    """Not even with their keys renamed to match."""
    first, second = _put(store, tmp_path), _put(store, tmp_path, b"another")
    instances = {
        name: blobs.kept[name][len(MAGIC) : HEADER_BYTES].hex()
        for name in (first, second)
    }
    blobs.kept[first] = blobs.kept[second]
    blobs.kept[f"{first}.{instances[second]}.key"] = blobs.kept[
        f"{second}.{instances[second]}.key"
    ]
    with pytest.raises(EvidenceDamaged):
        store.open(first)


@pytest.mark.parametrize("spoilt", [b"", b"{}", b"[]", b'{"version": 1}'])
def test_a_spoilt_or_lost_key_is_damage(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path, spoilt: bytes
) -> None:
    """It is named, and putting the file again heals it."""
    name = _put(store, tmp_path)
    key = next(filter(is_key, blobs.kept))
    if spoilt:
        blobs.kept[key] = spoilt
    else:
        del blobs.kept[key]
    with pytest.raises(EvidenceDamaged):
        store.open(name)
    assert _put(store, tmp_path) == name
    assert _read(store, name) == _CONTENT
    assert len(blobs.damaged) == 1


def test_what_was_stored_in_clear_stays_readable(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    """Until it is encrypted, which may be broken off; the names stay."""
    plain = BlobEvidenceStore(blobs)
    contents = [os.urandom(1000 + n) for n in range(4)]
    names = [_put(plain, tmp_path, content) for content in contents]
    assert [_read(store, name) for name in names] == contents
    assert store.seal(names[0])
    blobs.kept[names[3]] += b"!"
    done = upkeep.seal_all([store])
    assert (done.changed, done.already, done.damaged) == (2, 1, [names[3]])
    assert [_read(store, name) for name in names[:3]] == contents[:3]
    assert all(blobs.kept[name].startswith(MAGIC) for name in names[:3])
    assert upkeep.seal_all([store]).changed == 0


def test_what_only_looks_sealed_is_still_evidence(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    """The hash decides, not the first bytes."""
    plain = BlobEvidenceStore(blobs)
    for content in (MAGIC, MAGIC + b"x" * 100):
        name = _put(plain, tmp_path, content)
        assert _read(plain, name) == content
        assert _read(store, name) == content


def test_rotation_changes_keys_and_no_object(
    store: BlobEvidenceStore, blobs: MemoryBlobs, keys: MasterKeys, tmp_path: Path
) -> None:
    """Afterwards the old key opens nothing, and may be forgotten."""
    names = [_put(store, tmp_path, bytes([n]) * 1000) for n in range(3)]
    old = keys.current_id() or ""
    before = dict(blobs.kept)
    with pytest.raises(StateConflict, match="in use"):
        upkeep.forget_master([store], keys, old, _LATER)
    done = upkeep.rotate([store], keys)
    assert (done.changed, done.damaged) == (3, [])
    new = keys.current_id() or ""
    assert all(blobs.kept[name] == before[name] for name in names)
    assert upkeep.masters_in_use([store]) == {new: 3}
    upkeep.forget_master([store], keys, old, _LATER)
    assert [_read(store, name)[:1] for name in names] == [b"\0", b"\1", b"\2"]


def test_a_rotation_that_was_broken_off_goes_on(
    store: BlobEvidenceStore, blobs: MemoryBlobs, keys: MasterKeys, tmp_path: Path
) -> None:
    """Everything can be read meanwhile; a key in use is not forgotten."""
    names = [_put(store, tmp_path, bytes([n]) * 1000) for n in range(4)]
    old = keys.current_id() or ""
    new = keys.make()
    sealing = store.sealing
    assert sealing is not None
    for key in sorted(filter(is_key, blobs.kept))[:2]:
        assert sealing.rewrap(key, new)
    assert all(len(_read(store, name)) == 1000 for name in names)
    with pytest.raises(StateConflict, match="still wraps the keys of 2 files"):
        upkeep.forget_master([store], keys, old, _LATER)
    done = upkeep.rewrap_all([store], new)
    assert (done.changed, done.already) == (2, 2)


def test_who_has_no_key_is_told_which(
    store: BlobEvidenceStore, blobs: MemoryBlobs, keys: MasterKeys, tmp_path: Path
) -> None:
    """It is no damage; and a second key for the same store is not made by itself."""
    name = _put(store, tmp_path)
    other_keys = MasterKeys(SecretVault(MemorySecrets()))
    stranger = _over(blobs, other_keys)
    for act in (lambda: stranger.open(name), lambda: _put(stranger, tmp_path, b"x")):
        with pytest.raises(KeyUnavailable, match=keys.current_id() or ""):
            act()
    assert other_keys.current_id() is None
    other_keys.adopt(keys.key(keys.current_id() or ""))
    friend = _over(blobs, other_keys)
    assert _read(friend, _put(friend, tmp_path, b"x")) == b"x"


def test_deleting_leaves_nothing(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    """Neither the object, nor a damaged copy of it, nor a key that would open one."""
    name, other = _put(store, tmp_path), _put(store, tmp_path, b"stays")
    blobs.kept[name] = blobs.kept[name][:-1]
    _put(store, tmp_path)
    assert len(blobs.damaged) == 1
    assert store.delete(name)
    assert all(not kept.startswith(name) for kept in blobs.kept)
    assert not blobs.damaged
    assert _read(store, other) == b"stays"


def test_deleting_takes_the_keys_first(
    store: BlobEvidenceStore,
    blobs: MemoryBlobs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left when it is cut off opens with nothing, and goes the next time."""
    name = _put(store, tmp_path)
    remove = blobs.remove

    def cut_off(name: str) -> None:
        if not is_key(name):
            raise StorageUnavailable("The store in memory went away. Wait.")
        remove(name)

    with monkeypatch.context() as patch:
        patch.setattr(blobs, "remove", cut_off)
        with pytest.raises(StorageUnavailable):
            store.delete(name)
    assert not list(filter(is_key, blobs.kept))
    with pytest.raises(EvidenceDamaged):
        store.open(name)
    assert store.delete(name)


def test_a_repeat_keeps_one_object_and_one_key(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    _put(store, tmp_path)
    before = dict(blobs.kept)
    _put(store, tmp_path)
    assert blobs.kept == before


def test_a_lost_answer_does_not_cost_the_key(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    """A request that is repeated finds its own object there already."""
    add = blobs.add

    def repeated(name: str, draft: Path, ahead: tuple[str, Path] | None = None) -> bool:
        taken = add(name, draft, ahead)
        return taken and (is_key(name) or name == CURRENT_KEY)

    blobs.add = repeated  # type: ignore[method-assign]
    name = _put(store, tmp_path)
    assert _read(store, name) == _CONTENT


def test_copying_brings_what_is_missing(
    store: BlobEvidenceStore, tmp_path: Path
) -> None:
    """From a folder in clear to a store that seals; damaged files are named."""
    source = LocalEvidenceStore(tmp_path / "old", floor_bytes=0)
    first, second = (_put(source, tmp_path, bytes([n])) for n in range(2))
    _put(store, tmp_path, b"\0")
    path = source.local_path(second)
    assert upkeep.copy_all(source, store).changed == 1
    assert _read(store, second) == b"\1"
    third = _put(source, tmp_path, b"third")
    path = source.local_path(third)
    path.chmod(0o600)
    path.write_bytes(b"else")
    done = upkeep.copy_all(source, store)
    assert (done.changed, done.already, done.damaged) == (0, 2, [third])
    assert first in set(store.names())


def test_memory_stays_bounded(keys: MasterKeys, tmp_path: Path) -> None:
    """Whatever the size of a file, both ways."""
    blobs = FolderBlobs(tmp_path / "store", floor_bytes=0)
    store = BlobEvidenceStore(blobs, Sealing(blobs, keys))
    source = tmp_path / "long.mp4"
    source.write_bytes(bytes(48 << 20))
    tracemalloc.start()
    try:
        name, _ = store.put(source)
        with store.open(name) as file:
            while file.read(1 << 20):
                pass
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 12 << 20


@pytest.mark.parametrize("note", [b"", b"no key", b"F" * 16, b"\xff" * 64])
def test_a_note_that_names_no_key_is_told_and_mended(
    store: BlobEvidenceStore,
    blobs: MemoryBlobs,
    keys: MasterKeys,
    tmp_path: Path,
    note: bytes,
) -> None:
    """Evidence waits until then, as without a key; it is no bug of the program."""
    name = _put(store, tmp_path, b"before")
    blobs.kept[CURRENT_KEY] = note
    after = _over(blobs, keys)
    with pytest.raises(KeyUnavailable, match="rotate-key --resume"):
        _put(after, tmp_path, b"after")
    upkeep.rewrap_all([after], keys.current_id() or "")
    assert _read(after, _put(after, tmp_path, b"after")) == b"after"
    assert _read(after, name) == b"before"


@pytest.mark.parametrize("master", ["", "../evil", "F" * 16, "e" * 17])
def test_a_record_that_names_no_key_opens_nothing(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path, master: str
) -> None:
    name = _put(store, tmp_path, b"evidence")
    (record,) = filter(is_key, blobs.kept)
    document = json.loads(blobs.kept[record])
    blobs.kept[record] = json.dumps(document | {"master": master}).encode()
    with pytest.raises(EvidenceDamaged):
        store.open(name)
    assert upkeep.rewrap_all([store], "0" * 16).damaged == [record]


def test_a_record_nested_without_end_opens_nothing(
    store: BlobEvidenceStore, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    name = _put(store, tmp_path, b"evidence")
    (record,) = filter(is_key, blobs.kept)
    blobs.kept[record] = b"[" * 60_000
    with pytest.raises(EvidenceDamaged):
        store.open(name)


def test_a_key_that_is_elsewhere_keeps_no_other_from_its_rotation(
    store: BlobEvidenceStore, blobs: MemoryBlobs, keys: MasterKeys, tmp_path: Path
) -> None:
    """What another computer's key wraps stays so, and is named."""
    mine = _put(store, tmp_path, b"mine")
    foreign = MemoryBlobs(tmp_path)
    _put(_over(foreign, MasterKeys(SecretVault(MemorySecrets()))), tmp_path, b"theirs")
    (record,) = filter(is_key, foreign.kept)
    blobs.kept[record] = foreign.kept[record]
    done = upkeep.rotate([store], keys)
    assert (done.changed, done.locked) == (1, [record])
    assert _read(store, mine) == b"mine"
