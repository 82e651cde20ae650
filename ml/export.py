"""Makes the OpenVINO form of `.pt` weights, once for each file.

The work is done by a child process: torch is heavy, and whatever a damaged weights
file does, it does not do it to the engine.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from app.config.paths import PROJECT
from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Progress

_TIMEOUT_S = 600
_FORMAT = "1"
"""Part of the cache key: raise it when the export itself changes."""


def openvino_model(
    weights: Path, sha256: Sha256, models: Path, progress: Progress | None = None
) -> Path:
    """Return the `.xml` of the exported weights, exporting on first use.

    Raises ModelMissing when the export fails.
    """
    folder = models / "openvino" / f"{sha256[:24]}-{_FORMAT}"
    if (folder / "model.xml").is_file():
        return folder / "model.xml"
    if progress is not None:
        progress("Preparing the model for this processor", 0.1)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        _export_in_child(weights, Path(scratch), models)
        _publish(Path(scratch) / "weights_openvino_model", folder)
    if progress is not None:
        progress("The model is ready", 1.0)
    return folder / "model.xml"


def _export_in_child(weights: Path, scratch: Path, models: Path) -> None:
    # Ultralytics writes beside the weights, so it gets a copy of its own.
    shutil.copyfile(weights, scratch / "weights.pt")
    command = [sys.executable, "-m", "ml.export", str(scratch / "weights.pt")]
    try:
        subprocess.run(
            [*command, "--models", str(models)],
            cwd=PROJECT,
            check=True,
            capture_output=True,
            timeout=_TIMEOUT_S,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ModelMissing(
            "The model could not be prepared for this processor: its file is damaged "
            "or holds something else than a network. Fetch or choose another model."
        ) from error


def _publish(made: Path, folder: Path) -> None:
    for kind in (".xml", ".bin"):
        next(made.glob(f"*{kind}")).replace(made / f"model{kind}")
    try:
        made.replace(folder)
    except OSError:
        # Another process was faster; its export is as good as ours.
        if not (folder / "model.xml").is_file():
            raise


def _main() -> None:
    parser = argparse.ArgumentParser(description="Export weights to OpenVINO.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    from ml.detect.yolo import load_yolo

    model = load_yolo(options.weights, options.models, options.weights.name)
    model.export(format="openvino", dynamic=True, verbose=False)


if __name__ == "__main__":
    _main()
