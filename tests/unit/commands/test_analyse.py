"""The command refuses what it cannot use, in a sentence, before it loads a model."""

from pathlib import Path

import pytest

from app.commands.analyse import moment
from app.domain.errors import EnvironmentFault
from main import EXIT_FAULT, main


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-14", "2026-03-14T10:00:00"])
def test_a_start_needs_its_zone(text: str) -> None:
    with pytest.raises(EnvironmentFault, match="no time with its zone"):
        moment(text)


def test_a_start_with_its_zone_is_taken() -> None:
    assert moment("2026-03-14T10:00:00-05:00") == moment("2026-03-14T15:00:00Z")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a.mp4", "--camera", "norte"], "--camera names a camera of a --site file"),
        (["a.mp4", "--start", "noon"], "no time with its zone"),
        (["a.mp4", "b.mp4", "--start", "2026-03-14T10:00:00Z"], "one by one"),
        (["a.mp4", "--site", "gone.json"], "cannot be read"),
    ],
)
def test_what_does_not_fit_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    home = ["--home", str(tmp_path / "home"), "--out", str(tmp_path / "out")]
    assert main(["analyse", *options, *home]) == EXIT_FAULT
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
