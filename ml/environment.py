"""Keeps the model libraries quiet, offline and inside the product's own folder.

`prepare` must run before the first import of ultralytics or openvino: both read their
settings from the environment at import and would otherwise write to the user's home,
ask the network whether it is there, install packages and send usage statistics.
"""

import importlib
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image

from app.domain.errors import ModelMissing

_SETTINGS = {
    "ULTRALYTICS_SAFE_LOAD": "1",
    "ULTRALYTICS_SKIP_REQUIREMENTS_CHECKS": "1",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_OFFLINE": "true",
    "YOLO_VERBOSE": "false",
    "WANDB_MODE": "disabled",
    "WANDB_DISABLED": "true",
    "COMET_MODE": "disabled",
}
_KEYS = ("ULTRALYTICS_API_KEY", "WANDB_API_KEY", "COMET_API_KEY")
"""With one of these, training would send its figures to somebody's cloud."""
_REPORTERS = (
    *("sync", "clearml", "comet", "dvc", "mlflow", "raytune", "tensorboard", "wandb"),
    "openvino_msg",
)
_TELEMETRY = "openvino_telemetry"


def inference_threads() -> int:
    """Return how many cores inference may use: `ATALAYA_INFERENCE_THREADS` or all."""
    chosen = os.environ.get("ATALAYA_INFERENCE_THREADS", "")
    available = _cores()
    if chosen.isdecimal() and int(chosen) > 0:
        return min(int(chosen), available)
    return available


def _cores() -> int:
    """Return the cores this process may run on.

    A service confined to some of them (cpuset, taskset) must not start a thread for
    each of the others: they would wait for each other on the same core.
    """
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def prepare(models: Path) -> None:
    """Set what the libraries read at import; their files go below `models`.

    Harmless when repeated. The first folder wins: the libraries read it only once.
    """
    os.environ.update(_SETTINGS)
    for key in _KEYS:
        os.environ.pop(key, None)
    if "ultralytics" not in sys.modules:
        folder = models / "ultralytics"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["YOLO_CONFIG_DIR"] = str(folder)
        os.environ["MPLCONFIGDIR"] = str(folder / "matplotlib")
    _silence_telemetry()


def load_ultralytics(models: Path) -> ModuleType:
    """Import ultralytics, prepared; raises ModelMissing where it is not installed.

    It puts its own `open` into Pillow for the whole process, which takes fewer
    arguments and tries to install what it misses; Pillow gets its own back.
    """
    opened = Image.open
    module = _load("ultralytics", models)
    _load("ultralytics.utils.patches", models)
    Image.open = opened
    _keep_to_itself(module.settings, models / "ultralytics")
    return module


def load_openvino(models: Path) -> ModuleType:
    """Import openvino, prepared; raises ModelMissing where it is not installed."""
    return _load("openvino", models)


def _load(name: str, models: Path) -> ModuleType:
    prepare(models)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ModelMissing(
            f"The library {name} is not installed, so the model cannot run. "
            f"Install it with: python -m pip install {name}"
        ) from error


def _keep_to_itself(settings: MutableMapping[str, Any], folder: Path) -> None:
    """Switch off what reports to others, and keep what is written in our folder.

    Being offline forbids it already; this holds too if a later release asks again.
    """
    wanted: dict[str, object] = {
        key: False for key in (*_REPORTERS, "vscode_msg") if key in settings
    }
    folders = ("datasets_dir", "weights_dir", "runs_dir")
    wanted |= {key: str(folder / key.removesuffix("_dir")) for key in folders}
    changed = {key: value for key, value in wanted.items() if settings[key] != value}
    if changed:
        settings.update(changed)


def _silence_telemetry() -> None:
    # OpenVINO's tools send usage statistics when this package can be imported; they
    # have a stub of their own for when it cannot.
    if _TELEMETRY not in sys.modules:
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
