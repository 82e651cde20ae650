"""What every evidence store promises, real or fake."""

import hashlib
import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.ids import Sha256
from app.evidence.blobs import Blobs
from app.evidence.command_vault import CommandVault
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import MasterKeys, SecretVault
from app.evidence.outbox import OutboxEvidenceStore
from app.evidence.sealing import Sealing
from app.evidence.store import BlobEvidenceStore
from app.ports import EvidenceStore
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.key_command import KeyCommand
from tests.fakes.secrets import MemorySecrets
from tests.fixtures_s3 import S3Server


@dataclass(frozen=True, slots=True)
class Subject:
    """A store, and how the test spoils it."""

    store: EvidenceStore
    damage: Callable[[Sha256], None]
    lose: Callable[[Sha256], None]
    fill: Callable[[], None]


Make = Callable[[Path, pytest.FixtureRequest], Subject]


def _flipped(content: bytes) -> bytes:
    spoilt = bytearray(content)
    spoilt[len(spoilt) // 2] ^= 1
    return bytes(spoilt)


def _sealed(blobs: Blobs) -> BlobEvidenceStore:
    """Return an encrypting store with keys of its own."""
    keys = MasterKeys(SecretVault(MemorySecrets()))
    return BlobEvidenceStore(blobs, Sealing(blobs, keys))


def _folder(wrapped: Callable[[Blobs], BlobEvidenceStore]) -> Make:
    def make(folder: Path, _: pytest.FixtureRequest) -> Subject:
        room = {"free": 1 << 40}
        blobs = FolderBlobs(folder / "store", measure_free=lambda _: room["free"])

        def damage(sha256: Sha256) -> None:
            path = blobs.path_of(sha256)
            path.chmod(0o600)
            path.write_bytes(_flipped(path.read_bytes()))

        return Subject(
            wrapped(blobs),
            damage,
            lambda sha256: blobs.path_of(sha256).unlink(),
            lambda: room.update(free=0),
        )

    return make


def _s3(wrapped: Callable[[Blobs], BlobEvidenceStore]) -> Make:
    def make(folder: Path, request: pytest.FixtureRequest) -> Subject:
        server: S3Server = request.getfixturevalue("s3_server")
        room = {"free": 1 << 40}
        scratch = FolderBlobs(folder / "s3", measure_free=lambda _: room["free"])
        blobs = server.blobs(scratch)

        def damage(sha256: Sha256) -> None:
            with blobs.open(sha256) as file:
                spoilt = _flipped(file.read())
            draft = scratch.draft(0)
            draft.write_bytes(spoilt)
            blobs.replace(sha256, draft)

        return Subject(
            wrapped(blobs), damage, blobs.remove, lambda: room.update(free=0)
        )

    return make


def _memory(_: Path, __: pytest.FixtureRequest) -> Subject:
    store = MemoryEvidenceStore()

    def damage(sha256: Sha256) -> None:
        store.files[sha256] += b"!"

    def lose(sha256: Sha256) -> None:
        del store.files[sha256]

    def fill() -> None:
        store.capacity_bytes = 0

    return Subject(store, damage, lose, fill)


def _outbox(folder: Path, request: pytest.FixtureRequest) -> Subject:
    """A store elsewhere that takes nothing: all waits in the outbox."""
    remote = MemoryBlobs(folder)
    remote.shut = True
    local = _folder(_sealed)(folder, request)
    assert isinstance(local.store, BlobEvidenceStore)
    store = OutboxEvidenceStore(local.store, BlobEvidenceStore(remote))
    return replace(local, store=store)


def _sealed_by_a_command(folder: Path, request: pytest.FixtureRequest) -> Subject:
    service = KeyCommand(folder / "service")
    vault = CommandVault(folder / "keys.json", service.wrap, service.unwrap)

    def sealed(blobs: Blobs) -> BlobEvidenceStore:
        return BlobEvidenceStore(blobs, Sealing(blobs, MasterKeys(vault)))

    return _folder(sealed)(folder, request)


_SUBJECTS: dict[str, Make] = {
    "memory": _memory,
    "folder": _folder(BlobEvidenceStore),
    "sealed-folder": _folder(_sealed),
    "sealed-by-a-command": _sealed_by_a_command,
    "s3": _s3(BlobEvidenceStore),
    "sealed-s3": _s3(_sealed),
    "outbox": _outbox,
}


@pytest.fixture(params=_SUBJECTS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    """Give the test one store of each kind."""
    return _SUBJECTS[request.param](tmp_path, request)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Give the test a file of 3 MB."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(3_000_000))
    return path


def test_put_returns_hash_and_size(subject: Subject, clip: Path) -> None:
    """The name is the SHA-256 of the content."""
    sha256, size_bytes = subject.store.put(clip)
    assert sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert size_bytes == 3_000_000


def test_what_was_put_comes_back(subject: Subject, clip: Path) -> None:
    """Reading gives the content, from anywhere in it, and the source may go."""
    content = clip.read_bytes()
    sha256, _ = subject.store.put(clip)
    clip.unlink()
    with subject.store.open(sha256) as file:
        assert file.read() == content
        assert file.seek(-70_000, os.SEEK_END) == 2_930_000
        assert file.read(10) == content[2_930_000:2_930_010]
        file.seek(500_000)
        assert file.read(600_000) == content[500_000:1_100_000]


def test_repeats_are_harmless(subject: Subject, clip: Path) -> None:
    """The same file again is the same entry."""
    assert subject.store.put(clip) == subject.store.put(clip)


def test_an_empty_file_can_be_kept(subject: Subject, tmp_path: Path) -> None:
    """Nothing is also something to keep."""
    empty = tmp_path / "empty"
    empty.touch()
    sha256, size_bytes = subject.store.put(empty)
    assert size_bytes == 0
    with subject.store.open(sha256) as file:
        assert file.read() == b""


@pytest.mark.parametrize("spoil", ["damage", "lose"])
def test_damage_is_noticed_before_anyone_sees_it(
    subject: Subject, clip: Path, spoil: str
) -> None:
    """A changed or lost file is refused."""
    sha256, _ = subject.store.put(clip)
    getattr(subject, spoil)(sha256)
    with pytest.raises(EvidenceDamaged):
        subject.store.open(sha256)


def test_putting_a_damaged_file_again_heals_it(subject: Subject, clip: Path) -> None:
    """The original may be put again after damage."""
    sha256, _ = subject.store.put(clip)
    subject.damage(sha256)
    subject.store.put(clip)
    with subject.store.open(sha256) as file:
        assert file.read() == clip.read_bytes()


def test_what_was_deleted_is_gone_and_may_come_again(
    subject: Subject, clip: Path
) -> None:
    """Once only; another file stays."""
    sha256, _ = subject.store.put(clip)
    other = clip.with_name("other")
    other.write_bytes(b"another")
    stays, _ = subject.store.put(other)
    assert subject.store.delete(sha256)
    assert not subject.store.delete(sha256)
    assert list(subject.store.names()) == [stays]
    with pytest.raises(EvidenceDamaged):
        subject.store.open(sha256)
    subject.store.open(stays).close()
    subject.store.put(clip)
    subject.store.open(sha256).close()


@pytest.mark.parametrize("spoil", ["damage", "lose"])
def test_what_is_damaged_or_lost_can_be_deleted(
    subject: Subject, clip: Path, spoil: str
) -> None:
    """A damaged file is a file; a lost one is none, whatever is left of its keys."""
    sha256, _ = subject.store.put(clip)
    getattr(subject, spoil)(sha256)
    assert subject.store.delete(sha256) is (spoil == "damage")
    assert not subject.store.delete(sha256)


def test_a_full_store_says_so_and_keeps_what_it_has(
    subject: Subject, clip: Path, tmp_path: Path
) -> None:
    """StorageFull stops new files only."""
    sha256, _ = subject.store.put(clip)
    subject.fill()
    other = tmp_path / "other"
    other.write_bytes(b"one more")
    with pytest.raises(StorageFull):
        subject.store.put(other)
    subject.store.open(sha256).close()


@pytest.mark.parametrize(
    "name",
    ["", "../" * 21 + "a", "A" * 64, "a" * 63, "a" * 65, "/etc/passwd", "٣" * 64,
     "a" * 64 + "\n", "..\\" * 21 + "a", "CON"],
)  # fmt: skip
def test_only_hashes_are_names(subject: Subject, name: str) -> None:
    """No other name reaches the file system."""
    store = subject.store
    for act in (store.open, store.delete, store.stored_at):
        with pytest.raises(ValueError, match=r"\w"):
            act(Sha256(name))


def test_names_come_in_order_and_from_anywhere_on(
    subject: Subject, tmp_path: Path
) -> None:
    """Neither keys nor drafts nor what was deleted are among them.

    Two lists in one order are compared without holding either.
    """
    source, put = tmp_path / "any", []
    for number in range(20):
        source.write_bytes(b"%d" % number)
        put.append(subject.store.put(source)[0])
    subject.store.delete(put.pop())
    names = sorted(put)
    assert list(subject.store.names()) == names
    tenth = names[10]
    begins = (tenth, tenth[:-1] + "~", *(tenth[:digits] for digits in range(1, 7)))
    for since in (*begins, "0", "f" * 64, "g", "~"):
        wanted = [name for name in names if name >= since]
        assert list(subject.store.names(since)) == wanted, since


def test_a_file_tells_since_when_it_is_there(subject: Subject, clip: Path) -> None:
    """By the clock of its place; putting it again does not make it younger."""
    sha256, _ = subject.store.put(clip)
    stored = subject.store.stored_at(sha256)
    assert stored.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - stored) < timedelta(minutes=10)
    subject.store.put(clip)
    assert subject.store.stored_at(sha256) == stored
    subject.lose(sha256)
    with pytest.raises(KeyError):
        subject.store.stored_at(sha256)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=3000))
def test_any_content_comes_back(subject: Subject, tmp_path: Path, data: bytes) -> None:
    """Content is opaque."""
    source = tmp_path / "any"
    source.write_bytes(data)
    sha256, _ = subject.store.put(source)
    with subject.store.open(sha256) as file:
        assert file.read() == data


def test_threads_may_put_the_same_file(subject: Subject, clip: Path) -> None:
    """Two writers of one content both succeed."""
    results: list[tuple[Sha256, int]] = []
    threads = [
        Thread(target=lambda: results.append(subject.store.put(clip))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(a == b for a, b in itertools.pairwise(results))
