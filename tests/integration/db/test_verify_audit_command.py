"""`db verify-audit`, as an administrator types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.domain.clock import SystemClock
from app.evidence.anchors import AnchorKey
from app.runtime.anchoring import Anchoring, anchor_file
from main import EXIT_FAULT, main
from tests.fixtures_db import Database

_Type = Callable[..., int]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def verify(database: Database, paths: Paths) -> _Type:
    def run(*more: str) -> int:
        home = ["--home", str(paths.root)]
        dsn = ["--superuser-dsn", database.superuser_dsn]
        return main(["db", "verify-audit", *home, *dsn, *more])

    return run


@pytest.fixture
def file(database: Database, paths: Paths) -> Path:
    """Have the engine of this workstation keep the head."""
    gateway, secrets = database.gateway(), open_secret_store(paths)
    kept = Anchoring(
        gateway.audit_head, lambda: AnchorKey.of(secrets), paths.anchors, SystemClock()
    ).anchor()
    return anchor_file(paths.anchors, kept.database)


def _length(file: Path) -> int:
    """Return how many entries there were when the head was kept."""
    return int(json.loads(file.read_text())["sequence"])


def _cut_with_care(database: Database) -> None:
    superuser = database.connect()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("DELETE FROM atalaya.audit WHERE sequence > 3")
    superuser.execute(
        "UPDATE atalaya.audit_head SET sequence = 3, sha256 ="
        " (SELECT sha256 FROM atalaya.audit WHERE sequence = 3)"
    )


def test_a_sound_trail(
    verify: _Type, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify() == 0
    assert "The chain holds, and 1 anchor(s) lie on it." in capsys.readouterr().out


def test_without_anchors_it_says_what_may_go_unseen(
    database: Database, verify: _Type, capsys: pytest.CaptureFixture[str]
) -> None:
    _cut_with_care(database)
    assert verify() == 0
    assert "No anchors were given" in capsys.readouterr().out


def test_a_cut_tail_is_named(
    database: Database, verify: _Type, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    had = _length(file)
    _cut_with_care(database)
    assert verify() == 1
    said = capsys.readouterr().out
    assert f"entry 3: the chain ends here, but had {had} entries on" in said
    assert "The first broken link is entry 3." in said


def test_anchors_of_another_computer_need_its_key(
    verify: _Type,
    file: Path,
    tmp_path: Path,
    paths: Paths,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = AnchorKey.of(open_secret_store(paths)).public
    copy = file.rename(tmp_path / "copy.jsonl")
    for secret in paths.secrets.iterdir():
        secret.unlink()
    assert verify("--anchors", str(copy)) == 1
    assert key in capsys.readouterr().out
    assert verify("--anchors", str(copy), "--key", key) == 0


def test_an_altered_file_is_told(
    verify: _Type, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = f'"sequence": {_length(file)}'
    file.write_text(file.read_text().replace(told, '"sequence": 3'))
    assert verify() == EXIT_FAULT
    assert "Line 1 of" in capsys.readouterr().err
