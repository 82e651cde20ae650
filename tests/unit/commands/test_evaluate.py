"""`evaluate`: figures for those who bring pictures, and plain words for what lacks."""

import json
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import main
from app.config.paths import RESOURCES

_CLIP = RESOURCES / "simulator" / "junction-front.mp4"


def _frame(number: int) -> npt.NDArray[np.uint8]:
    capture = cv2.VideoCapture(str(_CLIP))
    capture.set(cv2.CAP_PROP_POS_FRAMES, number)
    ok, image = capture.read()
    capture.release()
    assert ok
    return np.asarray(image, np.uint8)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Return a folder of two rendered pictures, one of them broken."""
    folder = tmp_path / "set"
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "a.jpg"), _frame(440))
    (folder / "images" / "b.jpg").write_bytes(b"no picture")
    (folder / "labels" / "a.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    (folder / "classes.txt").write_text("vehicle\n")
    return folder


def test_a_detector_is_measured_on_a_folder(
    labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the bundled model; what cannot be read is said."""
    report = tmp_path / "report.json"
    asked = ["evaluate", "detect", "--data", str(labelled), "--json", str(report)]
    assert main.main([*asked, "--home", str(tmp_path / "home")]) == 0
    shown = capsys.readouterr().out
    assert "| vehicle | 1 |" in shown
    assert "1 broken pictures" in shown
    figures = json.loads(report.read_text())
    assert figures["picture_count"] == 1
    assert 0 < figures["network_ms"] <= figures["median_ms"]
    assert figures["classes"]["vehicle"]["truth_count"] == 1


def test_a_model_agrees_with_itself_on_a_clip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every box of the teacher is found; the two take about the same time."""
    report = tmp_path / "report.json"
    asked = ["evaluate", "clip", str(_CLIP), "--teacher", "atalaya-n"]
    few = ["--every", "110", "--most", "6", "--json", str(report)]
    assert main.main([*asked, *few, "--home", str(tmp_path / "home")]) == 0
    assert "| all | 6 |" in capsys.readouterr().out
    figures = json.loads(report.read_text())
    assert figures["total"]["teacher_boxes"] > 0
    assert figures["total"]["working"]["recall"] == 1.0
    assert figures["total"]["equal"]["recall"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["detect", "--data", "nowhere"], "There is no folder nowhere"),
        (["clip", "gone.mp4", "--teacher", "atalaya-n"], "There is no video gone.mp4"),
        (["plates", "--labels", "gone.csv"], "gone.csv cannot be read"),
    ],
)
def test_what_is_missing_is_one_sentence(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And no traceback."""
    asked = ["evaluate", *arguments, "--home", str(tmp_path)]
    assert main.main(asked) == main.EXIT_FAULT
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown
