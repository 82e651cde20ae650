"""`models`: what a technician is told of the registry."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import main
from app.config.paths import PROJECT
from ml.choice import use_detector
from ml.weights import BUNDLED


@pytest.fixture(autouse=True)
def _own_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATALAYA_MODELS", raising=False)


def _listed(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main.main(["models", "list", "--home", str(home)]) == 0
    return capsys.readouterr().out


def test_the_list_says_what_is_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Size, classes, source and figures of each, and a mark at the one in use."""
    text = _listed(tmp_path, capsys)
    (used,) = [line for line in text.splitlines() if line.startswith("●")]
    assert used.startswith("● atalaya-n ")
    assert "person, bicycle, motorcycle, car, bus, truck" in text
    assert "bundled" in text
    assert "mAP50" in text
    assert "○ plate-locator" in text
    assert "not on this computer" in text


def test_an_imported_model_is_listed_and_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mark goes with the choice; one on a server is named."""
    pytest.importorskip("torch")
    weights = BUNDLED / "atalaya-n.pt"
    home = tmp_path / "home"
    bring = ["models", "import", str(weights), "--name", "mine"]
    asked = [*bring, "--licence", "AGPL-3.0", "--home", str(home)]
    assert main.main(asked) == 0
    assert main.main(["models", "use", "mine", "--home", str(home)]) == 0
    text = _listed(home, capsys)
    assert "● mine" in text
    megabytes = weights.stat().st_size / 1e6
    assert f"detect, 640 px, {megabytes:.1f} MB, local, AGPL-3.0" in text
    assert "○ atalaya-n" in text
    use_detector(home / "models", "http://127.0.0.1:1/roads")
    served = _listed(home, capsys)
    assert "● http://127.0.0.1:1/roads" in served
    assert "○ mine" in served


def _told(
    home: Path, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, list[dict[str, Any]]]:
    """Run a command as the window does; return its exit code and what it told."""
    capsys.readouterr()
    code = main.main(
        ["models", words[0], "--json-lines", "--home", str(home), *words[1:]]
    )
    said = capsys.readouterr()
    assert said.err == ""
    return code, [json.loads(line) for line in said.out.splitlines()]


def test_a_window_is_told_every_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, events = _told(tmp_path, capsys, "list")
    assert code == 0
    models = {e["name"]: e for e in events if e["event"] == "model"}
    used = models["atalaya-n"]
    assert used["used"]
    assert used["source"] == {"kind": "bundled", "file": "atalaya-n.pt"}
    assert used["bytes"] == (BUNDLED / "atalaya-n.pt").stat().st_size
    assert (used["form"], used["measured"]) == (None, [])
    assert models["plate-locator"]["bytes"] is None
    assert models["plate-locator"]["eight_bit"]
    assert not models["yolo11s"]["eight_bit"]
    assert events[-1] == {"event": "done"}
    use_detector(tmp_path / "models", "http://127.0.0.1:1/roads")
    _, events = _told(tmp_path, capsys, "list")
    assert {"event": "served", "address": "http://127.0.0.1:1/roads"} in events


def test_a_window_is_told_of_what_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, events = _told(tmp_path, capsys, "use", "plate-locator")
    assert code == main.EXIT_FAULT
    (failed,) = events
    assert failed["event"] == "failed"
    assert "does not find road users" in failed["sentence"]


@pytest.mark.parametrize("action", ["use", "optimise"])
def test_only_a_detector_is_used_or_made_faster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    """The reader of plates is no detector, though its file is here."""
    code, events = _told(tmp_path, capsys, action, "plate-reader")
    assert code == main.EXIT_FAULT
    assert "does not find road users" in events[-1]["sentence"]


def test_a_window_is_told_what_was_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = {"event": "done", "name": "atalaya-n"}
    assert _told(tmp_path, capsys, "use", "atalaya-n") == (0, [done])
    assert _told(tmp_path, capsys, "pull", "atalaya-n") == (0, [done])
    code, events = _told(tmp_path, capsys, "verify")
    checked = {e["name"]: e["sentence"] for e in events if e["event"] == "checked"}
    bundled = dict.fromkeys(("plate-reader", "atalaya-n"), "")
    assert checked == bundled, "what was never fetched is no fault"
    assert (code, events[-1]) == (0, {"event": "done", "bad": 0})


def test_a_command_of_a_window_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """As an interrupt: folders that are half made are cleared away."""
    code = (
        "import argparse, sys, tempfile, time\n"
        "from app.commands import model_events\n"
        "def run(options):\n"
        f"    with tempfile.TemporaryDirectory(dir={str(tmp_path)!r}):\n"
        "        model_events.say('begun')\n"
        "        time.sleep(60)\n"
        f"given = argparse.Namespace(json_lines=True, follow={os.getpid()})\n"
        "try:\n"
        "    model_events.told(run)(given)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert json.loads(child.stdout.readline()) == {"event": "begun"}
        assert list(tmp_path.iterdir())
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 130
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("action", "wants"),
    [
        ("list", ()),
        ("pull", ("name",)),
        ("verify", ()),
        ("import", ("file", "--name", "--licence", "--size")),
        ("dataset", ("out", "--exact", "--drawn", "--footage", "--teacher")),
        ("train", ("data", "--out", "--base", "--epochs", "--keep")),
        ("train-plates", ("--out", "--fonts", "--real", "--hours")),
        ("quantise", ("name", "--pictures", "--count", "--out")),
        ("prepare", ()),
        ("optimise", ("name", "--backend", "--pictures", "--agreement")),
        ("use", ("name",)),
    ],
)
def test_each_action_says_what_it_takes(
    action: str, wants: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["models", action, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for name in (*wants, "--home"):
        assert name in told
    assert "--json-lines" not in told, "that is between a window and its child"
