"""Threads are bounded, and the libraries find their settings before they start."""

import os
import sys
from pathlib import Path

import pytest

from ml import environment
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
    monkeypatch.setattr(environment, "_cores", lambda: cores)
    assert inference_threads() == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines processes so")
def test_cores_of_others_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process confined to one core starts one thread."""
    monkeypatch.delenv("ATALAYA_INFERENCE_THREADS", raising=False)
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert inference_threads() == 1
    finally:
        os.sched_setaffinity(0, allowed)


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
