"""Where a lost file may still lie, while others work there."""

import hashlib
from pathlib import Path

import pytest

from app.domain.ids import Sha256
from app.evidence import copies
from app.evidence.copies import Copies
from app.evidence.store import LocalEvidenceStore


def test_files_that_an_engine_takes_away_meanwhile_end_no_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One goes before it is hashed, one before it is read."""
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    aside = LocalEvidenceStore(tmp_path / "aside", floor_bytes=0)
    work = tmp_path / "work"
    work.mkdir()
    for name in ("a", "b", "c"):
        (work / name).write_bytes(name.encode())
    hashed = copies._hash_of

    def taking_away(path: Path) -> str:
        if path.name == "a":
            path.unlink()
        return hashed(path)

    monkeypatch.setattr(copies, "_hash_of", taking_away)
    found = Copies(store, aside, loose=[work])
    assert found.put_back(_name(b"c"))
    (work / "b").unlink()
    assert not found.put_back(_name(b"b"))
    assert not found.put_back(_name(b"a"))


def _name(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())
