"""Threads are bounded, and the libraries find their settings before they start."""

import os
from pathlib import Path

import pytest

from ml.environment import inference_threads, prepare


@pytest.mark.parametrize(
    ("chosen", "cores", "expected"),
    [("1", 8, 1), ("64", 8, 8), ("0", 8, 8), ("many", 8, 8), ("", 4, 4)],
)
def test_threads(
    monkeypatch: pytest.MonkeyPatch, chosen: str, cores: int, expected: int
) -> None:
    """The variable bounds them; nonsense is as good as nothing."""
    monkeypatch.setenv("ATALAYA_INFERENCE_THREADS", chosen)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert inference_threads() == expected


def test_settings_are_made_for_offline_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Safe loading, no network, no installing; files go below the models folder."""
    for name in ("ULTRALYTICS_SAFE_LOAD", "YOLO_OFFLINE", "YOLO_AUTOINSTALL"):
        monkeypatch.setenv(name, "wrong")
    prepare(tmp_path)
    assert os.environ["ULTRALYTICS_SAFE_LOAD"] == "1"
    assert os.environ["YOLO_OFFLINE"] == "true"
    assert os.environ["YOLO_AUTOINSTALL"] == "false"
