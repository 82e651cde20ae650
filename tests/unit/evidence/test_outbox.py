"""A store elsewhere that is away for a while costs no evidence."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from app.domain.errors import EvidenceDamaged, StorageFull, StorageUnavailable
from app.domain.ids import Sha256
from app.evidence.blobs import CURRENT_KEY, is_key
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import MasterKeys, SecretVault
from app.evidence.outbox import Forwarding, OutboxEvidenceStore
from app.evidence.sealing import Sealing
from app.evidence.store import BlobEvidenceStore
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.secrets import MemorySecrets

_AWAY_S = 30.0
_WITHIN_S = 20.0
_Ahead = tuple[str, Path] | None


class Scene:
    """An outbox in a folder before a remote in memory, and a hand on the clock."""

    def __init__(self, folder: Path) -> None:
        self.now_s = self.key_asked_s = 0.0
        self.free_bytes = 1 << 40
        self.folder = folder
        keys = MasterKeys(SecretVault(MemorySecrets()))
        self.local = FolderBlobs(folder / "box", measure_free=lambda _: self.free_bytes)
        self.remote = MemoryBlobs(folder)
        self.store = OutboxEvidenceStore(
            BlobEvidenceStore(self.local, Sealing(self.local, keys)),
            BlobEvidenceStore(
                self.remote,
                Sealing(self.remote, keys, lambda: self.key_asked_s),
            ),
            away_s=_AWAY_S,
            monotonic_s=lambda: self.now_s,
        )

    def put(self, content: bytes) -> Sha256:
        """Store something."""
        source = self.folder / "source"
        source.write_bytes(content)
        return self.store.put(source)[0]

    def read(self, name: Sha256) -> bytes:
        """Read it again."""
        with self.store.open(name) as file:
            return file.read()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Give a scene."""
    return Scene(tmp_path)


def test_while_the_store_answers_nothing_waits(scene: Scene) -> None:
    name = scene.put(b"at once")
    assert name in scene.remote.kept
    assert scene.store.waiting() == 0
    assert not scene.store.trouble


def test_what_it_cannot_take_waits_and_is_evidence_already(scene: Scene) -> None:
    """It can be read here, is sealed here, and follows later; nothing stays behind."""
    scene.remote.away = True
    contents = {scene.put(os.urandom(300_000 + n)): n for n in range(3)}
    assert "away" in scene.store.trouble
    assert scene.store.waiting() == 3
    assert all(len(scene.read(name)) == 300_000 + n for name, n in contents.items())
    scene.remote.away = False
    assert scene.store.forward() == 3
    assert not scene.store.trouble
    assert scene.store.waiting() == 0
    assert not list(scene.local.names())
    assert all(len(scene.read(name)) == 300_000 + n for name, n in contents.items())
    assert set(scene.store.names()) == set(contents)


def test_what_is_in_both_places_is_one_file(scene: Scene) -> None:
    """Named once, in order, and deleted here and there with its keys."""
    names = [scene.put(b"%d" % number) for number in range(5)]
    scene.remote.away = True
    names += [scene.put(b"%d" % number) for number in range(3, 8)]
    scene.remote.away = False
    every = sorted(set(names))
    assert scene.store.waiting() == 5
    assert list(scene.store.names()) == every
    assert list(scene.store.names(every[4])) == every[4:]
    assert all(scene.store.delete(name) for name in every)
    assert not any(scene.store.delete(name) for name in every)
    assert set(scene.remote.kept) == {CURRENT_KEY}
    assert not list(scene.local.names())


def test_nothing_is_deleted_here_while_the_store_is_away(scene: Scene) -> None:
    """Nobody could say what became of the other copy; later both go."""
    name = scene.put(b"in both")
    scene.remote.away = True
    scene.put(b"in both")
    with pytest.raises(StorageUnavailable):
        scene.store.delete(name)
    assert scene.store.waiting() == 1
    scene.remote.away, scene.now_s = False, _AWAY_S
    assert scene.store.delete(name)
    with pytest.raises(EvidenceDamaged):
        scene.store.open(name)


def test_a_store_that_is_away_is_asked_to_delete_only_after_a_while(
    scene: Scene,
) -> None:
    """Else erasing would wait for its timeouts file by file."""
    name = scene.put(b"to be erased")
    scene.remote.away = True
    with pytest.raises(StorageUnavailable, match="away"):
        scene.store.delete(name)
    scene.remote.away = False
    with pytest.raises(StorageUnavailable, match="away"):
        scene.store.delete(name)
    scene.now_s = _AWAY_S
    assert scene.store.delete(name)


def test_it_is_asked_again_only_after_a_while(scene: Scene) -> None:
    """One case waits for its timeout, not each."""
    scene.remote.away = True
    scene.put(b"first")
    scene.remote.away = False
    scene.put(b"second")
    assert scene.store.waiting() == 2
    scene.now_s = _AWAY_S
    scene.put(b"third")
    assert scene.store.waiting() == 2


def test_a_forwarder_that_meets_an_absent_store_loses_nothing(scene: Scene) -> None:
    scene.remote.away = True
    name = scene.put(b"waits")
    with pytest.raises(StorageUnavailable):
        scene.store.forward()
    assert scene.read(name) == b"waits"


def test_forwarding_what_is_there_already_is_harmless(scene: Scene) -> None:
    """As after a crash between the two steps; a damaged copy there is healed."""
    name = scene.put(b"twice")
    scene.remote.kept[name] += b"!"
    scene.remote.shut = True
    scene.now_s += _AWAY_S
    scene.put(b"twice")
    scene.remote.shut = False
    assert scene.store.forward() == 1
    assert scene.read(name) == b"twice"
    assert len(scene.remote.damaged) == 1


def test_what_was_damaged_while_it_waited_is_kept_and_named(scene: Scene) -> None:
    """It goes nowhere, and does not keep the others."""
    scene.remote.away = True
    spoilt, sound = scene.put(b"spoilt" * 100), scene.put(b"sound")
    path = scene.local.path_of(spoilt)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    scene.remote.away = False
    assert scene.store.forward() == 1
    assert scene.read(sound) == b"sound"
    assert spoilt not in scene.remote.kept
    with pytest.raises(EvidenceDamaged):
        scene.store.open(spoilt)


def test_one_file_that_the_store_does_not_take_keeps_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too large for its line, say: the next round begins behind it."""
    scene.remote.away = True
    names = sorted(scene.put(b"%d" % number) for number in range(6))
    scene.remote.away = False
    add = scene.remote.add

    def refusing(name: str, draft: Path, ahead: _Ahead = None) -> bool:
        if name in names[:2]:
            raise StorageUnavailable("This one takes too long. Wait.")
        return add(name, draft, ahead)

    monkeypatch.setattr(scene.remote, "add", refusing)
    for _ in range(3):
        with pytest.raises(StorageUnavailable):
            scene.store.forward()
    assert list(scene.store.outbox.names()) == names[:2]
    monkeypatch.setattr(scene.remote, "add", add)
    assert scene.store.forward() == 2
    assert not scene.store.trouble


def test_one_file_whose_key_is_elsewhere_keeps_no_other(scene: Scene) -> None:
    """It stays, and is told; what comes meanwhile goes to the store at once."""
    scene.remote.away = True
    locked, free = scene.put(b"locked"), scene.put(b"free")
    scene.remote.away = False
    (record,) = (n for n in scene.local.names(locked) if is_key(n))
    path = scene.local.path_of(record)
    sealed = json.loads(path.read_bytes())
    path.chmod(0o600)
    path.write_text(json.dumps(sealed | {"master": "0" * 16}))
    assert scene.store.forward() == 1
    assert "import-keys" in scene.store.trouble
    assert list(scene.store.outbox.names()) == [locked]
    assert free in scene.remote.kept
    assert scene.put(b"new") in scene.remote.kept


def test_a_key_that_was_rotated_elsewhere_stops_no_evidence(scene: Scene) -> None:
    """It waits, sealed with a key that is here, until the new one is brought."""
    scene.put(b"before")
    mine = scene.remote.kept[CURRENT_KEY]
    scene.remote.kept[CURRENT_KEY] = b"f" * 16
    scene.key_asked_s += 60.0
    name = scene.put(b"after")
    assert "import-keys" in scene.store.trouble
    assert scene.read(name) == b"after"
    scene.remote.kept[CURRENT_KEY] = mine
    scene.key_asked_s += 60.0
    assert scene.store.forward() == 1
    assert not scene.store.trouble


def test_only_a_full_disk_here_stops_evidence(scene: Scene) -> None:
    scene.remote.capacity_bytes = 0
    scene.put(b"waits, for the remote is full")
    scene.free_bytes = 0
    with pytest.raises(StorageFull):
        scene.put(b"no room anywhere")


def test_what_is_nowhere_may_wait_elsewhere(scene: Scene) -> None:
    """Another computer may have it in its outbox; the sentence says so."""
    with pytest.raises(EvidenceDamaged, match="wait at the computer"):
        scene.store.open(Sha256("0" * 64))
    scene.remote.away = True
    with pytest.raises(StorageUnavailable):
        scene.store.open(Sha256("0" * 64))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
def test_a_share_whose_files_cannot_be_read_costs_no_evidence(scene: Scene) -> None:
    """Its note opens, and reading it fails: as when the network goes in between."""
    share = scene.folder / "share"
    share.mkdir()
    (share / "marker").touch()
    (share / CURRENT_KEY).symlink_to("/proc/self/mem")
    keys = MasterKeys(SecretVault(MemorySecrets()))
    blobs = FolderBlobs(share, marker="marker", floor_bytes=0)
    local = FolderBlobs(scene.folder / "local", floor_bytes=0)
    store = OutboxEvidenceStore(
        BlobEvidenceStore(local, Sealing(local, keys)),
        BlobEvidenceStore(blobs, Sealing(blobs, keys)),
    )
    source = scene.folder / "source"
    source.write_bytes(b"waits")
    store.put(source)
    assert store.waiting() == 1
    assert "does not answer as it should" in store.trouble


@pytest.fixture
def forwarded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> "SimpleQueue[int]":
    """Tell each round of a forwarder by a queue."""
    rounds: SimpleQueue[int] = SimpleQueue()
    forward = scene.store.forward

    def told() -> int:
        count = forward()
        rounds.put(count)
        return count

    monkeypatch.setattr(scene.store, "forward", told)
    return rounds


@pytest.fixture
def forwarding(
    scene: Scene, forwarded: "SimpleQueue[int]"
) -> Iterator["SimpleQueue[int]"]:
    """Run a forwarder over what an earlier run left."""
    scene.remote.away = True
    scene.put(b"left by an earlier run")
    scene.remote.away = False
    thread = Forwarding(scene.store, idle_s=600.0)
    thread.start()
    yield forwarded
    thread.stop()


def test_a_forwarder_empties_the_outbox_and_hears_of_new_files(
    scene: Scene, forwarding: "SimpleQueue[int]"
) -> None:
    """What waited at the start goes at once, and what comes later when it comes."""
    assert forwarding.get(timeout=_WITHIN_S) == 1
    scene.remote.shut = True
    name = scene.put(b"later")
    scene.remote.shut = False
    found = 0
    while not found:
        found = forwarding.get(timeout=_WITHIN_S)
        scene.store.arrived.set()
    assert name in scene.remote.kept
