"""Torch, on a graphics card with half precision, or on the processor."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.detect.batch import host_slot, stacked
from ml.detect.network import Output, Slot
from ml.detect.yolo import load_yolo
from ml.environment import inference_threads

_CARD_BATCH = 16
_PROCESSOR_BATCH = 4


class TorchNetwork:
    """The network of a `.pt` file; takes all waiting pictures of one size at once."""

    def __init__(self, weights: Path, models: Path, *, name: str, device: str) -> None:
        """Load the weights restricted to known layers; raises ModelMissing."""
        model = load_yolo(weights, models, name)
        import torch

        self._torch: Any = torch
        self._device = device
        self._names: dict[int, str] = dict(model.names)
        self._half = device != "cpu"
        if not self._half:
            torch.set_num_threads(inference_threads())
        self._model: Any = _prepared(model.model, device, half=self._half)

    @property
    def device(self) -> str:
        """Where it runs: "cuda:0" or "cpu"."""
        return self._device

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
        return _CARD_BATCH if self._half else _PROCESSOR_BATCH

    def labels(self) -> dict[int, str]:
        """Return the class names in the file."""
        return self._names

    def slot(self, input_hw: tuple[int, int]) -> Slot:
        """Return an input in ordinary memory."""
        return host_slot(input_hw)

    def begin(self, slot: Slot) -> None:
        """Wait for others to make a batch with."""

    def finish(self, slots: Sequence[Slot]) -> Sequence[Output]:
        """Run one batch; bytes go to the device, where they become numbers."""
        torch = self._torch
        with torch.inference_mode():
            pictures = torch.from_numpy(stacked(slots)).to(self._device)
            planes = pictures.permute(0, 3, 1, 2).flip(1)
            numbers = (planes.half() if self._half else planes.float()) / 255
            found = self._model(numbers.contiguous())
            first = found[0] if isinstance(found, (list, tuple)) else found
            return [np.asarray(one, np.float32) for one in first.float().cpu().numpy()]

    def abandon(self, slot: Slot) -> None:
        """Nothing has begun."""

    def close(self) -> None:
        """Forget the network, and give the card its memory back."""
        self._model = None
        if self._half:
            self._torch.cuda.empty_cache()


def _prepared(network: Any, device: str, *, half: bool) -> Any:
    head = network.model[-1]
    if getattr(head, "end2end", False):
        # The boxes are thinned out here, the same way for every network.
        head.end2end = False
    fused = network.fuse(verbose=False).eval().to(device)
    return fused.half() if half else fused.float()
