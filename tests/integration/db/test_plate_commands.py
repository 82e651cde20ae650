"""`db keep-plates` and `db forget-plates`, as they are typed."""

from pathlib import Path

import pytest

import main
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from tests.fixtures_db import Database, password_of
from tests.integration.db.test_plate_retention import Passed, passed

__all__ = ["passed"]


@pytest.fixture
def home(tmp_path: Path) -> list[str]:
    """Return the option that keeps a command out of the user's own folder."""
    open_secret_store(Paths(tmp_path))
    return ["--home", str(tmp_path)]


def test_forgetting_says_first_what_it_would_do(
    passed: Passed, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    passed.by("ABC-123", 40)
    passed.by("XYZ-999", 1)
    database = ["--superuser-dsn", passed.database.superuser_dsn]
    command = ["db", "forget-plates", *database, *home]
    assert main.main([*command, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "1 reads would be forgotten, the oldest of 20" in told
    assert "were forgotten" not in told
    assert passed.kept() == ["ABC123", "XYZ999"]
    assert main.main(command) == 0
    assert "1 reads and 1 plates were forgotten." in capsys.readouterr().out
    assert passed.kept() == ["XYZ999"]


def test_the_days_are_set_in_somebodys_name(
    database: Database,
    home: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: password_of("teo"))
    command = ["db", "keep-plates", "--login", "teo", "--dsn", database.address, *home]
    assert main.main(command) == 0
    assert "kept for 30 days" in capsys.readouterr().out
    assert main.main([*command, "45"]) == 0
    assert "kept for 45 days" in capsys.readouterr().out
    assert main.main([*command, "900"]) == main.EXIT_FAULT
    assert "1 to 365 days" in capsys.readouterr().err
    row = database.connect("aurora").execute(
        "SELECT login FROM atalaya.audit WHERE action = 'set_plate_retention'"
    )
    assert row.fetchall() == [("teo",)]
