"""A share is not a disk: whatever it answers wrongly may be right later."""

import errno
import io
import os
from pathlib import Path

import pytest

from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import Sha256
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import MasterKeys, SecretVault
from app.evidence.open_store import folder_store
from app.evidence.store import BlobEvidenceStore
from tests.fakes.secrets import MemorySecrets

_MARKER = "atalaya-evidence-1"


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """Give a share that is mounted."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / _MARKER).touch()
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a small file."""
    path = tmp_path / "source"
    path.write_bytes(b"evidence")
    return path


def _store(share: Path) -> BlobEvidenceStore:
    return BlobEvidenceStore(FolderBlobs(share, floor_bytes=0, marker=_MARKER))


def test_a_backup_is_only_read(tmp_path: Path) -> None:
    """It may be mounted read-only; what lies in it is nobody's to clear away."""
    backup = tmp_path / "backup"
    name, _ = _filled(backup)
    left = backup / "incoming" / "of-the-store-it-was"
    left.write_bytes(b"x")
    os.utime(left, (0, 0))
    before = _described(backup)
    keys = MasterKeys(SecretVault(MemorySecrets()))
    with folder_store(backup, keys).open(name) as file:
        assert file.read() == b"evidence"
    assert _described(backup) == before
    bare = tmp_path / "bare"
    bare.mkdir()
    assert list(folder_store(bare, keys).names()) == []
    assert list(bare.iterdir()) == []


def _filled(folder: Path) -> tuple[Sha256, int]:
    store = BlobEvidenceStore(FolderBlobs(folder, floor_bytes=0))
    return store.put_stream(io.BytesIO(b"evidence"), 8)


def _described(folder: Path) -> set[tuple[str, int]]:
    return {(str(p), p.stat().st_mtime_ns) for p in folder.rglob("*")}


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EIO, StorageUnavailable),
        (errno.ESTALE, StorageUnavailable),
        (errno.EACCES, StorageUnavailable),
        (errno.ENOSPC, StorageFull),
    ],
)
def test_what_the_system_says_of_a_share_may_pass(
    share: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    fault: type[Exception],
) -> None:
    """So what was to be stored goes to the outbox instead of being given up."""
    store = _store(share)

    def refuse(_handle: int) -> None:
        raise OSError(number, "the share says no")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(fault):
            store.put(source)
    name, _ = store.put(source)
    store.open(name).close()


def test_without_its_marker_nothing_is_missing(share: Path, source: Path) -> None:
    """Nobody knows what is there; it is no damage, and nothing is written."""
    store = _store(share)
    name, _ = store.put(source)
    (share / _MARKER).rename(share / "away")
    with pytest.raises(StorageUnavailable, match="Mount it"):
        store.put(source)
    with pytest.raises(StorageUnavailable, match="Mount it"):
        store.open(Sha256("0" * 64))
    with pytest.raises(StorageUnavailable, match="Mount it"):
        list(store.names())
    with pytest.raises(StorageUnavailable, match="Mount it"):
        store.delete(name)
    with pytest.raises(StorageUnavailable, match="Mount it"):
        store.stored_at(Sha256("0" * 64))


def test_a_share_without_hard_links_does(
    share: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are then given by renaming."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store = _store(share)
    name, _ = store.put(source)
    assert store.put(source)[0] == name
    with store.open(name) as file:
        assert file.read() == b"evidence"


def test_what_a_crash_left_on_a_share_is_swept_with_the_first_draft(
    share: Path, source: Path
) -> None:
    """Not before: an empty mount point has nothing to sweep."""
    left = share / "incoming" / "left"
    left.parent.mkdir()
    left.write_bytes(b"half")
    os.utime(left, (1_000_000_000, 1_000_000_000))
    store = _store(share)
    assert left.exists()
    store.put(source)
    assert not left.exists()
