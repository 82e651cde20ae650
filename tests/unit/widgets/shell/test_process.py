"""What only a process of its own can show: Qt's plugins, signals, a clean end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.config.paths import PROJECT
from widgets.qt_platform import use_own_plugins

_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app.domain.clock import SystemClock
from tests.fakes.desktop import control_room
from widgets.application import run_desktop
room = control_room(Path(sys.argv[1]), SystemClock())
QTimer.singleShot(0, lambda: print("running", flush=True))
code = run_desktop(room.services, login=("ana", "ana-opens-sesame"))
print("ended", code, len(room.server._callbacks), flush=True)
"""
_CV2 = """
import os
import cv2
before = os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")
os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"] = before or os.path.join(
    os.path.dirname(cv2.__file__), "qt", "plugins"
)
from widgets.qt_platform import use_own_plugins
use_own_plugins()
from PySide6.QtWidgets import QApplication
QApplication([])
print("started")
"""


def environment() -> dict[str, str]:
    return os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PROJECT)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_desktop_cleanly(tmp_path: Path, number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _START, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=PROJECT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
    assert rest == "ended 0 0\n"
    assert process.returncode == 0


def test_qt_starts_after_opencv_was_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CV2],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=PROJECT,
        timeout=120,
        check=False,
    )
    assert done.stdout == "started\n", done.stderr


def test_a_path_that_a_person_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/opt/qt/plugins")
    monkeypatch.setenv("QT_QPA_FONTDIR", "/usr/lib/python3/cv2/qt/fonts")
    use_own_plugins()
    assert os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"] == "/opt/qt/plugins"
    assert "QT_QPA_FONTDIR" not in os.environ
