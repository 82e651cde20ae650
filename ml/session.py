"""Opens models on the best device of this computer."""

import ctypes
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Detector, Progress
from ml import weights as registry
from ml.detect.network_detector import ModelIdentity, NetworkDetector
from ml.detect.openvino_network import OpenVinoNetwork
from ml.detect.postprocess import Thresholds
from ml.export import openvino_model
from ml.weights import EightBit, ModelEntry

_DEFAULT_INPUT_PX = 640


def open_detector(
    models: Path,
    name: str | None = None,
    weights: Path | None = None,
    progress: Progress | None = None,
    thresholds: Thresholds | None = None,
) -> Detector:
    """Open a detector by its name in the registry, or by its file.

    `weights` is a `.pt` file or an exported OpenVINO folder; the caller vouches for
    it. CUDA is taken where there is a card, else OpenVINO on the processor, else
    torch on the processor. Raises ModelMissing.
    """
    opening = _Opening(models, progress, thresholds)
    if weights is not None and weights.is_dir():
        return opening.folder(weights)
    if weights is not None:
        title = name or registry.safe_name(weights.stem)
        return opening.file(weights, title, _hash_of(weights), _DEFAULT_INPUT_PX)
    wanted = registry.entry(name or registry.DEFAULT_DETECTOR, models)
    if wanted.eight_bit is not None and opening.on_openvino():
        return opening.eight_bit(wanted, wanted.eight_bit)
    path = registry.resolve(wanted.name, models)
    sha256 = Sha256(wanted.sha256)
    return opening.file(path, wanted.name, sha256, wanted.input_size_px)


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


@dataclass(frozen=True, slots=True)
class _Opening:
    models: Path
    progress: Progress | None
    thresholds: Thresholds | None

    def folder(self, folder: Path) -> Detector:
        xml = next(folder.glob("*.xml"), None)
        if xml is None or not xml.with_suffix(".bin").is_file():
            raise ModelMissing(
                f"There is no OpenVINO model in the folder {folder.name}."
            )
        name = registry.safe_name(folder.name.removesuffix("_openvino_model"))
        sha256 = registry.file_sha256(xml, xml.with_suffix(".bin"))
        return self._openvino(xml, name, sha256, _DEFAULT_INPUT_PX)

    def file(
        self, path: Path, name: str, sha256: Sha256, long_side_px: int
    ) -> Detector:
        if not self.on_openvino():
            device = "cuda:0" if cuda_available() else "cpu"
            return self._torch(path, name, sha256, long_side_px, device)
        xml = openvino_model(path, sha256, self.models, self.progress)
        return self._openvino(xml, name, sha256, long_side_px)

    def on_openvino(self) -> bool:
        return not cuda_available() and importlib.util.find_spec("openvino") is not None

    def eight_bit(self, wanted: ModelEntry, form: EightBit) -> Detector:
        xml = registry.resolve_eight_bit(form)
        name, sha256 = f"{wanted.name}-8bit", Sha256(form.sha256)
        return self._openvino(xml, name, sha256, wanted.input_size_px)

    def _openvino(
        self, xml: Path, name: str, sha256: Sha256, long_side_px: int
    ) -> Detector:
        identity = ModelIdentity(name=name, sha256=sha256, long_side_px=long_side_px)
        network = OpenVinoNetwork(xml, self.models)
        return NetworkDetector(network, identity, self.thresholds)

    def _torch(
        self, path: Path, name: str, sha256: Sha256, long_side_px: int, device: str
    ) -> Detector:
        # Torch is heavy; a computer that runs OpenVINO never loads it.
        from ml.detect.torch_network import TorchNetwork

        identity = ModelIdentity(name=name, sha256=sha256, long_side_px=long_side_px)
        network = TorchNetwork(path, self.models, name=name, device=device)
        return NetworkDetector(network, identity, self.thresholds)


def _hash_of(path: Path) -> Sha256:
    if not path.is_file():
        raise ModelMissing(f"There is no model file {path.name}.")
    return registry.file_sha256(path)
