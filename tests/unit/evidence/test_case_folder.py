"""A case is handed out whole or not at all, to whoever asked for it alone."""

import errno
import shutil
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from app.domain.errors import EnvironmentFault
from app.evidence.case_folder import write_case_folder
from app.evidence.store import LocalEvidenceStore
from tests.builders.sealed import SealedCases


@pytest.fixture
def cases(tmp_path: Path) -> SealedCases:
    store = LocalEvidenceStore(tmp_path / "store", floor_bytes=0)
    return SealedCases(store=store, folder=tmp_path)


def test_a_folder_is_its_owners(cases: SealedCases, tmp_path: Path) -> None:
    case = cases.case()
    write_case_folder(tmp_path / "copy", case, cases.store, [b"stamp"])
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700
    names = {path.name for path in (tmp_path / "copy").iterdir()}
    assert {"manifest.json", "seal.json", "stamp-1.tsr"} <= names
    with pytest.raises(EnvironmentFault, match="Name a new"):
        write_case_folder(tmp_path / "copy", case, cases.store, [])


def test_a_full_disk_leaves_no_half_of_it(
    cases: SealedCases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a case could pass for a case whose files were taken away."""
    case, copied = cases.case(), shutil.copyfileobj

    def filling(source: BinaryIO, target: BinaryIO) -> None:
        if (tmp_path / "full").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        (tmp_path / "full").touch()
        copied(source, target)

    monkeypatch.setattr(shutil, "copyfileobj", filling)
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(EnvironmentFault, match="No space left"):
        write_case_folder(tmp_path / "copy", case, cases.store, [])
    (tmp_path / "full").unlink()
    assert {path.name for path in tmp_path.iterdir()} == before
