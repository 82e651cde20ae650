"""The command line turns faults of the world into one plain sentence."""

import json
from pathlib import Path

import pytest

import main


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for command in ("app", "engine", "demo", "simulate", "models", "db", "doctor"):
        assert command in text


def test_an_engine_without_a_database_says_what_to_give(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ATALAYA_DSN", raising=False)
    assert main.main(["engine", "--home", str(tmp_path)]) == main.EXIT_FAULT
    assert "--dsn" in capsys.readouterr().err


def test_a_video_that_is_none_is_said_plainly(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "letter.mp4"
    bad.write_bytes(b"dear sir or madam")
    report = tmp_path / "report.json"
    arguments = ["engine", "--home", str(tmp_path), "--source", str(bad)]
    code = main.main([*arguments, "--json", str(report)])
    shown = capsys.readouterr().err
    assert code == main.EXIT_FAULT
    assert "Traceback" not in shown
    assert not report.exists()


def test_progress_is_readable_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    from app.progress import print_progress

    print_progress("rendering", 0.25)
    assert capsys.readouterr().out == " 25% rendering\n"


def test_a_report_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    from app.commands.common import write_json

    target = tmp_path / "new" / "report.json"
    write_json(target, {"a": 1})
    assert json.loads(target.read_text()) == {"a": 1}
