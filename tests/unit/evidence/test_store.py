"""What only the store in a folder promises: modes, crashes, full disks."""

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault, StorageFull
from app.domain.ids import Sha256
from app.evidence.store import LocalEvidenceStore


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give the test a small file."""
    path = tmp_path / "still.jpg"
    path.write_bytes(b"picture" * 1000)
    return path


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_files_are_read_only_and_fanned_out(tmp_path: Path, source: Path) -> None:
    """Nobody writes to evidence by mistake, and folders stay small."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    sha256, _ = store.put(source)
    path = store.local_path(sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert path.relative_to(tmp_path / "store").parts == (
        sha256[:2],
        sha256[2:4],
        sha256,
    )


def test_a_repeat_leaves_the_first_file_alone(tmp_path: Path, source: Path) -> None:
    """Written once means once."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    before = store.local_path(store.put(source)[0]).stat()
    after = store.local_path(store.put(source)[0]).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_the_floor_is_kept_free(tmp_path: Path, source: Path) -> None:
    """A file that would eat into the floor is refused before it is written."""
    size_bytes = source.stat().st_size
    free = {"bytes": 1000 + size_bytes - 1}
    store = LocalEvidenceStore(
        tmp_path / "store", floor_bytes=1000, measure_free=lambda _: free["bytes"]
    )
    with pytest.raises(StorageFull, match="Free space"):
        store.put(source)
    assert _files(tmp_path / "store") == []
    free["bytes"] += 1
    store.put(source)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_meanwhile_leaves_nothing_behind(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The half-written copy is removed, and the error says what to do."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)

    def full(_handle: int) -> None:
        raise OSError(number, "no room")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        store.put(source)
    assert _files(tmp_path / "store") == []


def test_damage_is_kept_for_whoever_looks_into_it(tmp_path: Path, source: Path) -> None:
    """A damaged file is set aside, not overwritten."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    path = store.local_path(store.put(source)[0])
    path.chmod(0o600)
    path.write_bytes(b"tampered")
    store.put(source)
    aside = _files(tmp_path / "store" / "damaged")
    assert [file.read_bytes() for file in aside] == [b"tampered"]


def test_what_a_crash_left_is_swept_after_a_day(tmp_path: Path) -> None:
    """Young files may belong to a living writer; old ones are rubbish."""
    incoming = tmp_path / "store" / "incoming"
    incoming.mkdir(parents=True)
    old, young = incoming / "old", incoming / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    LocalEvidenceStore(tmp_path / "store")
    assert _files(tmp_path / "store") == [young]


def test_names_lists_what_is_there(tmp_path: Path, source: Path) -> None:
    """Evidence only: no half-written file, nothing that was set aside."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    assert list(store.names()) == []
    first, _ = store.put(source)
    source.write_bytes(b"another")
    second, _ = store.put(source)
    (tmp_path / "store" / "incoming" / "half").write_bytes(b"x")
    (tmp_path / "store" / first[:2] / first[2:4] / "note.txt").write_bytes(b"x")
    assert sorted(store.names()) == sorted([first, second])


def _put_all(store: LocalEvidenceStore, folder: Path, contents: range) -> list[Sha256]:
    names = []
    for number in contents:
        source = folder / "any"
        source.write_bytes(b"%d" % number)
        names.append(store.put(source)[0])
    return sorted(names)


def test_names_come_in_order_and_from_anywhere_on(tmp_path: Path) -> None:
    """Two lists in one order are compared without holding either."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    names = _put_all(store, tmp_path, range(60))
    assert list(store.names()) == names
    for since in (names[30], names[30][:1], names[30][:3], names[30][:5], "f" * 64):
        assert list(store.names(since)) == [name for name in names if name >= since]


def test_what_was_set_aside_as_damaged_is_deleted_as_well(
    tmp_path: Path, source: Path
) -> None:
    """It shows the same people."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    sha256, _ = store.put(source)
    path = store.local_path(sha256)
    path.chmod(0o600)
    path.write_bytes(b"pictura")
    store.put(source)
    assert len(_files(tmp_path / "store")) == 2
    assert store.delete(sha256)
    assert _files(tmp_path / "store") == []


def test_what_cannot_be_deleted_now_says_so(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has it open, perhaps; it is there as before."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    sha256, _ = store.put(source)

    def busy(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "unlink", busy)
    with pytest.raises(EnvironmentFault, match="cannot be deleted"):
        store.delete(sha256)
    monkeypatch.undo()
    store.open(sha256).close()


def test_a_file_tells_since_when_it_is_here(tmp_path: Path, source: Path) -> None:
    """By the clock of its disk."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    sha256, _ = store.put(source)
    os.utime(store.local_path(sha256), (0, 86400))
    assert store.stored_at(sha256) == datetime(1970, 1, 2, tzinfo=UTC)
    with pytest.raises(KeyError):
        store.stored_at(Sha256("0" * 64))
