"""A signed head is believed only as it was signed."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config.secret_store import FileSecretStore
from app.domain.audit import ChainHead
from app.domain.errors import EnvironmentFault
from app.domain.ids import Sha256
from app.evidence.anchors import (
    AnchorKey,
    AnchorUnreadable,
    append_anchor,
    read_anchors,
)

_TAKEN = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)


def _head(sequence: int) -> ChainHead:
    return ChainHead(
        database="1/atalaya", sequence=sequence, sha256=Sha256(f"{sequence:064x}")
    )


@pytest.fixture
def key(tmp_path: Path) -> AnchorKey:
    folder = tmp_path / "secrets"
    folder.mkdir()
    return AnchorKey.of(FileSecretStore(folder))


@pytest.fixture
def file(tmp_path: Path, key: AnchorKey) -> Path:
    path = tmp_path / "heads.jsonl"
    for sequence in (3, 7):
        append_anchor(path, key.line(_head(sequence), _TAKEN))
    return path


def test_anchors_come_back(file: Path, key: AnchorKey) -> None:
    read = list(read_anchors(file))
    assert [each.head for each in read] == [_head(3), _head(7)]
    assert {each.taken for each in read} == {_TAKEN}
    assert {each.key for each in read} == {key.public}


def test_only_its_owner_reads_the_file(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_key_is_made_once_and_kept_secret(tmp_path: Path, file: Path) -> None:
    secrets = FileSecretStore(tmp_path / "secrets")
    again = AnchorKey.of(secrets)
    assert again.public == AnchorKey.of(secrets).public
    private = (secrets.get("audit-anchor-key") or ("", ""))[1]
    assert len(private) == 64
    assert private not in file.read_text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sequence", 8),
        ("sha256", "0" * 64),
        ("time", "2026-03-15T15:00:00+00:00"),
        ("database", "2/atalaya"),
        ("key", "00" * 32),
        ("signature", "00" * 64),
        ("more", "x"),
    ],
)
def test_an_altered_line_is_named(file: Path, field: str, value: object) -> None:
    first, second = file.read_text().splitlines()
    altered = json.dumps(json.loads(second) | {field: value})
    file.write_text(f"{first}\n{altered}\n")
    with pytest.raises(AnchorUnreadable, match="Line 2"):
        list(read_anchors(file))


@pytest.mark.parametrize("line", ["", "{}", "[]", "null", "hello", '{"signature": 1}'])
def test_what_is_no_anchor_is_named(file: Path, line: str) -> None:
    file.write_text(line + "\n")
    with pytest.raises(AnchorUnreadable, match="Line 1"):
        list(read_anchors(file))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AnchorUnreadable, match="cannot be read"):
        list(read_anchors(tmp_path / "none"))


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path, key: AnchorKey) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be kept"):
        append_anchor(tmp_path / "missing" / "heads", key.line(_head(1), _TAKEN))
