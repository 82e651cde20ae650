"""Makes the form of `.pt` weights that a backend runs, once for each file.

The work is done by a child process: torch is heavy, and whatever a damaged weights
file does, it does not do it to the engine. What was made is hashed, and is made again
when the files are no longer those.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.config.paths import PROJECT
from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Progress
from ml.weights import file_sha256

_TIMEOUT_S = 600
_CARD_TIMEOUT_S = 3600
_FORMAT = "2"
"""Part of the cache key: raise it when the export itself changes."""
_SUM = "sha256"


class Form(StrEnum):
    """What weights can be turned into; the value is ultralytics' name of it."""

    OPENVINO = "openvino"
    ONNX = "onnx"
    TENSORRT = "engine"


_FILES = {
    Form.OPENVINO: ("model.xml", "model.bin"),
    Form.ONNX: ("model.onnx",),
    Form.TENSORRT: ("model.engine",),
}
_SETTINGS: dict[Form, dict[str, Any]] = {
    Form.OPENVINO: {"dynamic": True},
    # Simplifying needs a package of its own and gains nothing at run time.
    Form.ONNX: {"dynamic": True, "simplify": False},
    Form.TENSORRT: {
        "dynamic": True,
        "simplify": False,
        "quantize": 16,
        "batch": 16,
        "device": 0,
    },
}


def exported(
    form: Form,
    weights: Path,
    sha256: Sha256,
    models: Path,
    progress: Progress | None = None,
    *,
    long_side_px: int = 640,
) -> Path:
    """Return the first file of the form, exporting on first use.

    `long_side_px` is noted in the form, and what TensorRT is tuned for. Raises
    ModelMissing when the export fails.
    """
    folder = models / form.name.lower() / f"{sha256[:24]}-{_FORMAT}"
    target = folder / _FILES[form][0]
    if _whole(folder, form):
        return target
    if progress is not None:
        progress("Preparing the model for this processor", 0.1)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        _export_in_child(form, weights, Path(scratch), models, long_side_px)
        _publish(_collected(form, Path(scratch)), folder, form)
    if progress is not None:
        progress("The model is ready", 1.0)
    return target


def openvino_model(
    weights: Path, sha256: Sha256, models: Path, progress: Progress | None = None
) -> Path:
    """Return the `.xml` of the exported weights; raises ModelMissing."""
    return exported(Form.OPENVINO, weights, sha256, models, progress)


def form_sha256(first: Path, form: Form) -> Sha256:
    """Return the SHA-256 over all files of a form, of which `first` is one."""
    return file_sha256(*(first.parent / name for name in _FILES[form]))


def _whole(folder: Path, form: Form) -> bool:
    files = [folder / name for name in (*_FILES[form], _SUM)]
    if not all(file.is_file() for file in files):
        return False
    recorded = (folder / _SUM).read_text("ascii", errors="replace").strip()
    return recorded == file_sha256(*files[:-1])


def _export_in_child(
    form: Form, weights: Path, scratch: Path, models: Path, long_side_px: int
) -> None:
    # Ultralytics writes beside the weights, so it gets a copy of its own.
    shutil.copyfile(weights, scratch / "weights.pt")
    command = [
        *(sys.executable, "-m", "ml.export", str(scratch / "weights.pt")),
        *("--models", str(models), "--form", form.value, "--size", str(long_side_px)),
    ]
    try:
        subprocess.run(
            command,
            cwd=PROJECT,
            check=True,
            capture_output=True,
            timeout=_CARD_TIMEOUT_S if form is Form.TENSORRT else _TIMEOUT_S,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ModelMissing(
            "The model could not be prepared for this processor: its file is damaged "
            "or holds something else than a network. Fetch or choose another model."
        ) from error


def _collected(form: Form, scratch: Path) -> Path:
    """Return a folder that holds the form's files, named as they are to be."""
    made = scratch / "made"
    made.mkdir(mode=0o700)
    for name in _FILES[form]:
        found = next(scratch.rglob(f"weights*{Path(name).suffix}"), None)
        if found is None:
            raise ModelMissing(
                "The model could not be prepared for this processor. Choose another "
                "backend with: python main.py models optimise"
            )
        found.replace(made / name)
    (made / _SUM).write_text(file_sha256(*(made / name for name in _FILES[form])))
    return made


def _publish(made: Path, folder: Path, form: Form) -> None:
    try:
        made.replace(folder)
    except OSError:
        # Another process was faster; its export is as good as ours.
        if not _whole(folder, form):
            raise


def _main() -> None:
    parser = argparse.ArgumentParser(description="Export weights for a backend.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--form", type=Form, default=Form.OPENVINO)
    parser.add_argument("--size", type=int, default=640)
    options = parser.parse_args()
    from ml.detect.yolo import load_yolo, with_all_boxes

    model = load_yolo(options.weights, options.models, options.weights.name)
    with_all_boxes(model.model)
    settings = {"imgsz": options.size, "verbose": False, **_SETTINGS[options.form]}
    model.export(format=options.form.value, **settings)


if __name__ == "__main__":
    _main()
