"""The forms in which one model can run on this computer."""

import ctypes
import importlib.util
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from app.ports import Detector, Progress
from ml import weights as registry
from ml.detect.network import Network
from ml.detect.network_detector import ModelIdentity, NetworkDetector
from ml.detect.openvino_network import OpenVinoNetwork
from ml.detect.postprocess import Thresholds
from ml.environment import load_openvino
from ml.export import Form, exported, form_sha256
from ml.weights import EightBit, ModelEntry

CARD = "cuda:0"


_BUILT_FOR_CUDA = re.compile(r"^cuda\b.*=\s*['\"]", re.MULTILINE)


class Backend(StrEnum):
    """The library that runs a network."""

    OPENVINO = "openvino"
    ONNX = "onnx"
    TENSORRT = "tensorrt"
    TORCH = "torch"


@dataclass(frozen=True, slots=True)
class Variant:
    """A backend, the device it uses there, and whether in eight bits.

    Devices: OpenVINO's own names ("CPU", "GPU", "NPU"), "cpu" or "cuda:0" elsewhere.
    """

    backend: Backend
    device: str
    eight_bit: bool = False

    def __str__(self) -> str:
        """Return e.g. "openvino-8bit:CPU"; `parse` reads it."""
        return f"{self.backend}{'-8bit' if self.eight_bit else ''}:{self.device}"

    @classmethod
    def parse(cls, text: str) -> "Variant":
        """Read what `str` wrote; raises ValueError."""
        head, _, device = text.partition(":")
        if not device:
            raise ValueError(f"{text!r} names no device")
        return cls(Backend(head.removesuffix("-8bit")), device, head.endswith("-8bit"))

    @property
    def on_card(self) -> bool:
        """Whether it needs an NVIDIA card."""
        return self.device == CARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Verified weights and where this workstation keeps what is made of them."""

    models: Path
    weights: Path
    name: str
    sha256: Sha256
    long_side_px: int
    eight_bit: EightBit | None = None

    @classmethod
    def of_entry(cls, wanted: ModelEntry, models: Path) -> "Model":
        """Return the model of the registry; raises ModelMissing."""
        return cls(
            models=models,
            weights=registry.resolve(wanted.name, models),
            name=wanted.name,
            sha256=Sha256(wanted.sha256),
            long_side_px=wanted.input_size_px,
            eight_bit=wanted.eight_bit,
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


def available(model: Model) -> tuple[Variant, ...]:
    """Return the variants whose library and device are on this computer."""
    card = cuda_available()
    found = [*_openvino_variants(model), Variant(Backend.TORCH, "cpu")]
    if _installed("onnxruntime") and _installed("onnx"):
        found.append(Variant(Backend.ONNX, "cpu"))
        if card and _onnx_sees_card():
            found.append(Variant(Backend.ONNX, CARD))
    if card and _torch_uses_cards():
        found.append(Variant(Backend.TORCH, CARD))
    if card and _installed("tensorrt"):
        found.append(Variant(Backend.TENSORRT, CARD))
    return tuple(found)


def usual(model: Model) -> Variant:
    """Return what runs where nobody has measured: the card, else OpenVINO."""
    if cuda_available() and _torch_uses_cards():
        return Variant(Backend.TORCH, CARD)
    if _installed("openvino"):
        return Variant(Backend.OPENVINO, "CPU", eight_bit=model.eight_bit is not None)
    return Variant(Backend.TORCH, "cpu")


def processor_variants(model: Model) -> tuple[Variant, ...]:
    """Return the forms that need no card, the lightest first, installed or not."""
    eight_bit = model.eight_bit is not None
    return (
        *([Variant(Backend.OPENVINO, "CPU", eight_bit=True)] if eight_bit else []),
        Variant(Backend.OPENVINO, "CPU"),
        Variant(Backend.ONNX, "cpu"),
        Variant(Backend.TORCH, "cpu"),
    )


def reference() -> Variant:
    """Return the form that others are held against: the weights as they are."""
    return Variant(Backend.TORCH, "cpu")


def open_variant(
    model: Model,
    variant: Variant,
    *,
    progress: Progress | None = None,
    thresholds: Thresholds | None = None,
) -> Detector:
    """Open the model in one form, exporting on first use; raises ModelMissing."""
    if variant.eight_bit:
        network, identity = _eight_bit(model, variant)
    else:
        network = _NETWORKS[variant.backend](model, variant, progress)
        identity = ModelIdentity(
            name=model.name, sha256=model.sha256, long_side_px=model.long_side_px
        )
    return NetworkDetector(network, identity, thresholds)


def variant_sha256(model: Model, variant: Variant) -> Sha256:
    """Return the SHA-256 of the files that run, exporting them if need be."""
    if variant.eight_bit and model.eight_bit is not None:
        return Sha256(model.eight_bit.sha256)
    form = _FORMS.get(variant.backend)
    if form is None:
        return model.sha256
    return form_sha256(_form(model, form, None), form)


_FORMS = {
    Backend.OPENVINO: Form.OPENVINO,
    Backend.ONNX: Form.ONNX,
    Backend.TENSORRT: Form.TENSORRT,
}


def _form(model: Model, form: Form, progress: Progress | None) -> Path:
    return exported(
        form,
        model.weights,
        model.sha256,
        model.models,
        progress,
        long_side_px=model.long_side_px,
    )


def _eight_bit(model: Model, variant: Variant) -> tuple[Network, ModelIdentity]:
    if model.eight_bit is None:
        raise ModelMissing(f"The model {model.name} has no 8-bit form.")
    xml = registry.resolve_eight_bit(model.eight_bit)
    identity = ModelIdentity(
        name=f"{model.name}-8bit",
        sha256=Sha256(model.eight_bit.sha256),
        long_side_px=model.long_side_px,
    )
    return OpenVinoNetwork(xml, model.models, device=variant.device), identity


def _openvino(model: Model, variant: Variant, progress: Progress | None) -> Network:
    xml = _form(model, Form.OPENVINO, progress)
    return OpenVinoNetwork(xml, model.models, device=variant.device)


def _onnx(model: Model, variant: Variant, progress: Progress | None) -> Network:
    from ml.detect.onnx_network import OnnxNetwork

    path = _form(model, Form.ONNX, progress)
    return OnnxNetwork(path, device="cuda" if variant.on_card else "cpu")


def _tensorrt(model: Model, _: Variant, progress: Progress | None) -> Network:
    from ml.detect.torch_network import TorchNetwork

    return TorchNetwork.of_engine(_form(model, Form.TENSORRT, progress), model.models)


def _torch(model: Model, variant: Variant, _: Progress | None) -> Network:
    # Torch is heavy; a computer that runs OpenVINO never loads it.
    from ml.detect.torch_network import TorchNetwork

    return TorchNetwork.of_weights(
        model.weights, model.models, name=model.name, device=variant.device
    )


_NETWORKS: dict[Backend, Callable[[Model, Variant, Progress | None], Network]] = {
    Backend.OPENVINO: _openvino,
    Backend.ONNX: _onnx,
    Backend.TENSORRT: _tensorrt,
    Backend.TORCH: _torch,
}


def _openvino_variants(model: Model) -> list[Variant]:
    if not _installed("openvino"):
        return []
    devices = load_openvino(model.models).Core().available_devices
    # "GPU.0" and "GPU.1" are cards; the first is the one named "GPU".
    kinds = sorted({str(device).partition(".")[0] for device in devices})
    found = [Variant(Backend.OPENVINO, kind) for kind in kinds]
    if model.eight_bit is not None:
        found += [Variant(Backend.OPENVINO, kind, eight_bit=True) for kind in kinds]
    return found


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _torch_uses_cards() -> bool:
    """Tell whether the installed torch was built for CUDA, without loading it."""
    spec = importlib.util.find_spec("torch")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        facts = Path(folder) / "version.py"
        if facts.is_file():
            return bool(_BUILT_FOR_CUDA.search(facts.read_text("utf-8")))
    return False


def _onnx_sees_card() -> bool:
    import onnxruntime

    return "CUDAExecutionProvider" in onnxruntime.get_available_providers()
