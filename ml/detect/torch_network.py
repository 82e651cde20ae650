"""Torch and TensorRT: on a graphics card with half precision, or on the processor."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.errors import ModelMissing
from ml.detect.batch import host_slot, stacked
from ml.detect.network import Output, Slot
from ml.detect.yolo import load_yolo, with_all_boxes
from ml.environment import inference_threads, load_ultralytics

_CARD_BATCH = 16
_PROCESSOR_BATCH = 4

Forward = Callable[[Any], Any]
"""Takes a torch tensor (n, 3, h, w), RGB 0..1, and returns (n, 4 + classes, k)."""


class TorchNetwork:
    """Runs all waiting pictures of one size as one batch.

    Bytes go to the device, where they become numbers.
    """

    def __init__(
        self, forward: Forward, names: dict[int, str], *, device: str, title: str
    ) -> None:
        """Take a function that runs on `device`; `title` is what people read."""
        import torch

        self._torch: Any = torch
        self._forward: Forward | None = forward
        self._names, self._device, self._title = names, device, title
        self._on_card = device != "cpu"
        if not self._on_card:
            torch.set_num_threads(inference_threads())

    @classmethod
    def of_weights(
        cls, weights: Path, models: Path, *, name: str, device: str
    ) -> "TorchNetwork":
        """Load a `.pt` file restricted to known layers; raises ModelMissing."""
        model = load_yolo(weights, models, name)
        network = with_all_boxes(model.model).fuse(verbose=False).eval()
        try:
            network = network.to(device)
        except (RuntimeError, AssertionError) as error:
            # Torch without CUDA, a driver that is too old, a card that is full.
            raise ModelMissing(
                f"Torch cannot run the model {name} on {device}. Choose another form "
                "with: python main.py models optimise"
            ) from error
        ready = network.float() if device == "cpu" else network.half()
        return cls(ready, dict(model.names), device=device, title=device)

    @classmethod
    def of_engine(cls, engine: Path, models: Path) -> "TorchNetwork":
        """Load a TensorRT engine that was built on this very card.

        Raises ModelMissing where TensorRT is not installed or refuses it.
        """
        load_ultralytics(models)
        try:
            import torch
            from ultralytics.nn.autobackend import AutoBackend

            device = torch.device("cuda:0")
            backend: Any = AutoBackend(str(engine), device=device, fp16=True)
        except Exception as error:  # a class for each way in which it can be missing
            raise ModelMissing(
                "TensorRT cannot run the model on this computer. Choose another "
                "backend with: python main.py models optimise"
            ) from error
        names = {int(number): str(name) for number, name in backend.names.items()}
        return cls(backend, names, device="cuda:0", title="tensorrt:0")

    @property
    def device(self) -> str:
        """Where it runs: "cuda:0", "tensorrt:0" or "cpu"."""
        return self._title

    @property
    def fixed_input_hw(self) -> tuple[int, int] | None:
        """Any multiple of the stride will do."""
        return None

    @property
    def parallel(self) -> int:
        """One batch under way and one being filled."""
        return 2 * self.batch_limit

    @property
    def worker_count(self) -> int:
        """Torch is fed by one thread."""
        return 1

    @property
    def batch_limit(self) -> int:
        """A card gains by large batches, a processor hardly."""
        return _CARD_BATCH if self._on_card else _PROCESSOR_BATCH

    def labels(self) -> dict[int, str]:
        """Return the class names in the file."""
        return self._names

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        """Return an input in ordinary memory."""
        return host_slot(input_hw)

    def begin(self, slot: Slot) -> None:
        """Wait for others to make a batch with."""

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        """Run one batch."""
        torch, forward = self._torch, self._forward
        if forward is None:
            raise RuntimeError("the network is closed")
        with torch.inference_mode():
            pictures = torch.from_numpy(stacked(slots)).to(self._device)
            planes = pictures.permute(0, 3, 1, 2).flip(1)
            numbers = (planes.half() if self._on_card else planes.float()) / 255
            found = forward(numbers.contiguous())
            first = found[0] if isinstance(found, (list, tuple)) else found
            return [np.asarray(one, np.float32) for one in first.float().cpu().numpy()]

    def abandon(self, slot: Slot) -> None:
        """Nothing has begun."""

    def interrupt(self) -> None:
        """A batch takes a moment only."""

    def close(self) -> None:
        """Forget the network, and give the card its memory back."""
        self._forward = None
        if self._on_card:
            self._torch.cuda.empty_cache()
