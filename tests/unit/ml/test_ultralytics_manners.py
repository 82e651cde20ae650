"""A library that is loaded must leave the rest of the process as it was."""

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from app.config.paths import PROJECT
from ml.environment import load_ultralytics

# Runs in a process of its own: a look-up of any name is refused and noted, as is any
# program that is started.
_LOUD = """
import socket, subprocess, sys
from pathlib import Path
asked = []
def refuse(*args, **kwargs):
    asked.append(args)
    raise OSError("not allowed")
socket.getaddrinfo = refuse
socket.socket.connect = refuse
import numpy as np
from ml.detect.yolo import load_yolo
models = Path(sys.argv[1])
model = load_yolo(Path("resources/models/atalaya-n.pt"), models, "atalaya-n")
model.predict(np.zeros((64, 64, 3), np.uint8), imgsz=64, device="cpu", verbose=False)
from ultralytics import settings
from ultralytics.utils.events import events
assert not events.enabled
assert not [key for key in ("sync", "mlflow", "comet", "clearml") if settings[key]]
for key in ("runs_dir", "weights_dir", "datasets_dir"):
    assert Path(settings[key]).is_relative_to(models), settings[key]
import os
assert "ULTRALYTICS_API_KEY" not in os.environ
from ultralytics.utils.callbacks import platform
assert not getattr(platform, "_api_key", None)
assert not asked, asked
"""


def test_pillow_keeps_its_own_way_of_opening(tmp_path: Path) -> None:
    before = Image.open
    load_ultralytics(tmp_path)
    assert Image.open is before


def test_it_reports_to_nobody_and_writes_nowhere_else(tmp_path: Path) -> None:
    """Not even with somebody's key in the environment."""
    home, models = tmp_path / "home", tmp_path / "models"
    home.mkdir()
    models.mkdir()
    kept = {"PATH", "LANG", "SYSTEMROOT", "LD_LIBRARY_PATH", "OMP_NUM_THREADS"}
    environment = {k: v for k, v in os.environ.items() if k in kept}
    before = {path.name for path in PROJECT.iterdir()}
    done = subprocess.run(
        [sys.executable, "-c", _LOUD, str(models)],
        cwd=PROJECT,
        env={
            **environment,
            "HOME": str(home),
            "ULTRALYTICS_API_KEY": "ul_0123456789",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not [path for path in home.rglob("*") if path.is_file()]
    made = {path.name for path in PROJECT.iterdir()} - before
    assert not made & {"runs", "weights", "datasets"}
