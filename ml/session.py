"""Opens models on the best device of this computer."""

import contextlib
import ctypes
import sys
from pathlib import Path

from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Detector, Progress
from ml import weights as registry
from ml.detect.openvino_detector import OpenVinoDetector
from ml.export import openvino_model

_DEFAULT_INPUT_PX = 640


def open_detector(
    models: Path,
    name: str | None = None,
    weights: Path | None = None,
    progress: Progress | None = None,
) -> Detector:
    """Open a detector by its name in the registry, or by its file.

    `weights` is a `.pt` file or an exported OpenVINO folder; the caller vouches for
    it. CUDA is taken where there is a card, else OpenVINO on the processor, else
    torch on the processor. Raises ModelMissing.
    """
    if weights is not None and weights.is_dir():
        return _open_folder(weights, models)
    if weights is not None:
        sha256 = _hash_of(weights)
        title = name or registry.safe_name(weights.stem)
        return _open_file(weights, models, title, sha256, _DEFAULT_INPUT_PX, progress)
    wanted = registry.entry(name or registry.DEFAULT_DETECTOR, models)
    path = registry.resolve(wanted.name, models)
    return _open_file(
        path,
        models,
        wanted.name,
        Sha256(wanted.sha256),
        wanted.input_size_px,
        progress,
    )


def cuda_available() -> bool:
    """Tell whether the driver sees a card, without the cost of importing torch."""
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(library)
    except OSError:
        return False
    count = ctypes.c_int(0)
    ready = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    return ready and count.value > 0


def _open_folder(folder: Path, models: Path) -> Detector:
    xml = next(folder.glob("*.xml"), None)
    if xml is None or not xml.with_suffix(".bin").is_file():
        raise ModelMissing(f"There is no OpenVINO model in the folder {folder.name}.")
    return OpenVinoDetector(
        xml,
        models,
        name=registry.safe_name(folder.name.removesuffix("_openvino_model")),
        sha256=registry.file_sha256(xml, xml.with_suffix(".bin")),
        long_side_px=_DEFAULT_INPUT_PX,
    )


def _open_file(
    path: Path,
    models: Path,
    name: str,
    sha256: Sha256,
    long_side_px: int,
    progress: Progress | None,
) -> Detector:
    if not cuda_available():
        # Without OpenVINO there is still torch, which says itself what is missing.
        with contextlib.suppress(ImportError):
            xml = openvino_model(path, sha256, models, progress)
            return OpenVinoDetector(
                xml, models, name=name, sha256=sha256, long_side_px=long_side_px
            )
    return _open_torch(path, models, name, sha256, long_side_px)


def _open_torch(
    path: Path, models: Path, name: str, sha256: Sha256, long_side_px: int
) -> Detector:
    from ml.detect.torch_detector import TorchDetector

    device = "cuda:0" if cuda_available() else "cpu"
    return TorchDetector(
        path,
        models,
        name=name,
        sha256=sha256,
        long_side_px=long_side_px,
        device=device,
    )


def _hash_of(path: Path) -> Sha256:
    if not path.is_file():
        raise ModelMissing(f"There is no model file {path.name}.")
    return registry.file_sha256(path)
