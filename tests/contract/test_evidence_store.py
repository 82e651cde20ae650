"""What every evidence store promises, real or fake."""

import hashlib
import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.ids import Sha256
from app.evidence.store import LocalEvidenceStore
from app.ports import EvidenceStore
from tests.fakes.evidence_store import MemoryEvidenceStore


@dataclass(frozen=True, slots=True)
class Subject:
    """A store, and how the test spoils it."""

    store: EvidenceStore
    damage: Callable[[Sha256], None]
    lose: Callable[[Sha256], None]
    fill: Callable[[], None]


def _local(folder: Path) -> Subject:
    room = {"free": 1 << 40}
    root = folder / "store"
    store = LocalEvidenceStore(root, measure_free=lambda _: room["free"])

    def file_of(sha256: Sha256) -> Path:
        return next(p for p in root.rglob(sha256) if p.is_file())

    def damage(sha256: Sha256) -> None:
        path = file_of(sha256)
        path.chmod(0o600)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return Subject(
        store,
        damage,
        lambda sha256: file_of(sha256).unlink(),
        lambda: room.update(free=0),
    )


def _memory(folder: Path) -> Subject:
    store = MemoryEvidenceStore(folder)

    def damage(sha256: Sha256) -> None:
        store.files[sha256] += b"!"

    def lose(sha256: Sha256) -> None:
        del store.files[sha256]

    def fill() -> None:
        store.capacity_bytes = 0

    return Subject(store, damage, lose, fill)


@pytest.fixture(params=[_local, _memory], ids=["local", "memory"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    """Give the test one store of each kind."""
    made: Subject = request.param(tmp_path)
    return made


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
    """Both ways of reading give the content, and the source may go."""
    content = clip.read_bytes()
    sha256, _ = subject.store.put(clip)
    clip.unlink()
    with subject.store.open(sha256) as file:
        assert file.read() == content
    assert subject.store.local_path(sha256).read_bytes() == content


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
    """A changed or lost file is refused by both ways of reading."""
    sha256, _ = subject.store.put(clip)
    getattr(subject, spoil)(sha256)
    with pytest.raises(EvidenceDamaged):
        subject.store.open(sha256)
    with pytest.raises(EvidenceDamaged):
        subject.store.local_path(sha256)


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
    with pytest.raises(EvidenceDamaged):
        subject.store.open(sha256)
    subject.store.open(stays).close()
    subject.store.put(clip)
    subject.store.open(sha256).close()


@pytest.mark.parametrize("spoil", ["damage", "lose"])
def test_what_is_damaged_or_lost_can_be_deleted(
    subject: Subject, clip: Path, spoil: str
) -> None:
    """A damaged file is a file; a lost one is none."""
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
    for read in (store.open, store.local_path, store.delete):
        with pytest.raises(ValueError, match=r"\w"):
            read(Sha256(name))


@settings(
    max_examples=30,
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
