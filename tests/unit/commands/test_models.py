"""`models`: what a technician is told of the registry."""

from pathlib import Path

import pytest

import main
from ml.choice import use_detector


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
    weights = tmp_path / "mine.pt"
    weights.write_bytes(b"0" * 2_000_000)
    home = tmp_path / "home"
    bring = ["models", "import", str(weights), "--name", "mine"]
    asked = [*bring, "--licence", "AGPL-3.0", "--home", str(home)]
    assert main.main(asked) == 0
    assert main.main(["models", "use", "mine", "--home", str(home)]) == 0
    text = _listed(home, capsys)
    assert "● mine" in text
    assert "2.0 MB, local, AGPL-3.0" in text
    assert "○ atalaya-n" in text
    use_detector(home / "models", "http://127.0.0.1:1/roads")
    served = _listed(home, capsys)
    assert "● http://127.0.0.1:1/roads" in served
    assert "○ mine" in served
