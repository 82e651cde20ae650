"""ONNX Runtime, on the processor or a graphics card."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.errors import ModelMissing
from ml.detect.batch import host_slot, planes
from ml.detect.names import names_in
from ml.detect.network import Output, Slot
from ml.environment import inference_threads

_CARD_BATCH = 16
_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


class OnnxNetwork:
    """A network as ultralytics exports it to ONNX, with any batch and input size."""

    def __init__(self, path: Path, *, device: str = "cpu") -> None:
        """Load the file whose hash the caller has checked; raises ModelMissing.

        `device` is "cpu" or "cuda".
        """
        self._device = device
        self._session: Any = _session(path, _PROVIDERS[device])
        self._input: Any = self._session.get_inputs()[0]

    @property
    def device(self) -> str:
        """Return "onnx:cpu" or "onnx:cuda"."""
        return f"onnx:{self._device}"

    @property
    def fixed_input_hw(self) -> tuple[int, int] | None:
        """(height, width) the network insists on, None when it takes any."""
        height, width = self._input.shape[2:4]
        if isinstance(height, int) and isinstance(width, int):
            return height, width
        return None

    @property
    def parallel(self) -> int:
        """One batch under way and one being filled."""
        return 2 * self.batch_limit

    @property
    def worker_count(self) -> int:
        """The library's own threads share the work of one picture."""
        return 1

    @property
    def batch_limit(self) -> int:
        """A card gains by batches; a processor would only answer later."""
        fixed = isinstance(self._input.shape[0], int)
        return 1 if fixed or self._device == "cpu" else _CARD_BATCH

    def labels(self) -> dict[int, str]:
        """Return the class names that the exporter wrote into the file."""
        text = self._session.get_modelmeta().custom_metadata_map.get("names", "")
        return names_in(text)

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        """Return an input in ordinary memory."""
        return host_slot(input_hw)

    def begin(self, slot: Slot) -> None:
        """Wait for the worker."""

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        """Run one batch."""
        outputs = self._session.run(None, {self._input.name: planes(slots)})
        return [np.asarray(one, np.float32) for one in outputs[0]]

    def abandon(self, slot: Slot) -> None:
        """Nothing has begun."""

    def interrupt(self) -> None:
        """A batch takes a moment only."""

    def close(self) -> None:
        """Drop the session and its threads."""
        self._session = None


def _session(path: Path, provider: str) -> Any:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = inference_threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads take the cores from decoding while they wait for the next one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    try:
        made = onnxruntime.InferenceSession(str(path), options, providers=[provider])
    except Exception as error:  # the library has a class for each way to be damaged
        raise ModelMissing(
            f"ONNX Runtime cannot open the model {path.name}. Make it again with: "
            "python main.py models optimise"
        ) from error
    if provider not in made.get_providers():
        raise ModelMissing(
            "ONNX Runtime has no access to a graphics card here. Choose another "
            "backend with: python main.py models optimise"
        )
    return made
