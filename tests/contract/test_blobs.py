"""What every place for named bytes promises, real or fake."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from app.domain.ids import Sha256
from app.evidence.blobs import CURRENT_KEY, BlobMissing, Blobs
from app.evidence.folder_blobs import FolderBlobs
from tests.fakes.blobs import MemoryBlobs

_NAME = "ab" * 32
_OTHER = "abab" + "cd" * 30
_KEY = f"{_NAME}.{'0f' * 16}.key"


def _folder(folder: Path, _: pytest.FixtureRequest) -> Blobs:
    return FolderBlobs(folder / "blobs", floor_bytes=0)


def _share(folder: Path, _: pytest.FixtureRequest) -> Blobs:
    (folder / "blobs").mkdir()
    (folder / "blobs" / "marker").touch()
    return FolderBlobs(folder / "blobs", floor_bytes=0, marker="marker")


def _s3(folder: Path, request: pytest.FixtureRequest) -> Blobs:
    scratch = FolderBlobs(folder / "scratch", floor_bytes=0)
    blobs: Blobs = request.getfixturevalue("s3_server").blobs(scratch)
    return blobs


def _unconditional(folder: Path, request: pytest.FixtureRequest) -> Blobs:
    """As on a server that does not know conditional puts."""
    blobs = _s3(folder, request)
    blobs._conditional = False  # type: ignore[attr-defined]
    return blobs


def _memory(folder: Path, _: pytest.FixtureRequest) -> Blobs:
    return MemoryBlobs(folder)


_MAKERS: dict[str, Callable[[Path, pytest.FixtureRequest], Blobs]] = {
    "memory": _memory,
    "folder": _folder,
    "share": _share,
    "s3": _s3,
    "s3-unconditional": _unconditional,
}


@pytest.fixture(params=_MAKERS)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Give the test each kind."""
    return _MAKERS[request.param](tmp_path, request)


def _draft(blobs: Blobs, content: bytes) -> Path:
    draft = blobs.draft(len(content))
    draft.write_bytes(content)
    return draft


def _read(blobs: Blobs, name: str) -> bytes:
    with blobs.open(name) as file:
        return file.read()


def test_the_first_one_stays(blobs: Blobs) -> None:
    """Names are written once; only `replace` changes what is there."""
    assert blobs.add(_NAME, _draft(blobs, b"first"))
    assert not blobs.add(_NAME, _draft(blobs, b"second"))
    assert _read(blobs, _NAME) == b"first"
    blobs.replace(_NAME, _draft(blobs, b"third"))
    assert _read(blobs, _NAME) == b"third"


def test_what_is_not_there_is_missing(blobs: Blobs) -> None:
    """And removing it is no error."""
    with pytest.raises(BlobMissing):
        blobs.open(_NAME)
    blobs.remove(_NAME)
    blobs.add(_NAME, _draft(blobs, b"x"))
    blobs.remove(_NAME)
    with pytest.raises(BlobMissing):
        blobs.open(_NAME)


def test_names_are_objects_and_keys_by_prefix(blobs: Blobs) -> None:
    """The note of the current key is none, nor is what was set aside."""
    for name in (_NAME, _OTHER, _KEY, CURRENT_KEY):
        assert blobs.add(name, _draft(blobs, b"some"))
    assert list(blobs.names()) == [_NAME, _KEY, _OTHER]
    assert list(blobs.names(_NAME)) == [_NAME, _KEY]
    assert list(blobs.names(since=_OTHER)) == [_OTHER]
    assert list(blobs.names("0" * 64)) == []
    blobs.set_aside(_NAME)
    assert list(blobs.names()) == [_KEY, _OTHER]
    assert blobs.add(_NAME, _draft(blobs, b"healed"))
    assert _read(blobs, CURRENT_KEY) == b"some"


def test_what_was_set_aside_goes_with_its_object_alone(blobs: Blobs) -> None:
    """However often one was damaged; it shows the same people."""
    damaged = [_NAME, _NAME, _OTHER]
    for name in damaged:
        blobs.add(name, _draft(blobs, b"some"))
        blobs.set_aside(name)
    blobs.add(_NAME, _draft(blobs, b"healed"))
    assert blobs.remove_damaged(Sha256(_NAME))
    assert not blobs.remove_damaged(Sha256(_NAME))
    assert _read(blobs, _NAME) == b"healed"
    assert blobs.remove_damaged(Sha256(_OTHER))


def test_bytes_tell_when_they_came(blobs: Blobs) -> None:
    with pytest.raises(BlobMissing):
        blobs.written_at(_NAME)
    blobs.add(_NAME, _draft(blobs, b"some"))
    written = blobs.written_at(_NAME)
    assert written.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=10)


@pytest.mark.parametrize("name", ["", "x", "../" + "a" * 61, _NAME + ".key", "damaged"])
def test_other_names_reach_nothing(blobs: Blobs, name: str) -> None:
    with pytest.raises(ValueError, match="named by"):
        blobs.open(name)


@pytest.mark.parametrize("blobs", ["memory", "folder", "share", "s3"], indirect=True)
def test_of_two_at_once_one_is_first(blobs: Blobs) -> None:
    """And it is its bytes that are there.

    Without conditional puts several may be: a store names content by its hash, and can
    bear it.
    """
    drafts = [_draft(blobs, bytes([n]) * 1000) for n in range(4)]
    together, won = Barrier(len(drafts)), []

    def add(draft: Path, content: bytes) -> None:
        together.wait()
        if blobs.add(_NAME, draft):
            won.append(content)

    threads = [Thread(target=add, args=(d, d.read_bytes())) for d in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [_read(blobs, _NAME)]
