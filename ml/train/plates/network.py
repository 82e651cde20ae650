"""The plate recogniser: convolutions, a little attention, and one query per slot."""

import warnings
from typing import Any

import torch
from torch import nn

from ml.plate.slots import INPUT_HW, NOTHING, SLOTS

_WIDTHS = (32, 64, 96, 128)
_HEADS = 4
_GRID_HW = (INPUT_HW[0] // 8, INPUT_HW[1] // 8)


def plate_network() -> nn.Module:
    """Return a fresh one: (n, 1, 64, 160) grey, 0..255, to (n, SLOTS, 37) logits."""
    return _SlotReader()


class _Block(nn.Module):
    """Two convolutions around which the input goes by."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            _convolution(width, width), nn.ReLU(), _convolution(width, width)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.inner(x))


class _SlotReader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        first, second, third, last = _WIDTHS
        self.seen = nn.Sequential(
            _convolution(1, first, 2), nn.ReLU(),
            _convolution(first, second, 2), nn.ReLU(),
            _Block(second),
            _convolution(second, third, 2), nn.ReLU(),
            _Block(third), nn.Conv2d(third, last, 1),
        )  # fmt: skip
        cells = _GRID_HW[0] * _GRID_HW[1]
        self.places = nn.Parameter(torch.randn(1, cells, last) * 0.02)
        self.context = nn.ModuleList(_attention(last) for _ in range(2))
        self.queries = nn.Parameter(torch.randn(1, SLOTS, last) * 0.5)
        self.reading = nn.ModuleList(_slot_layer(last) for _ in range(2))
        self.named = nn.Linear(last, NOTHING + 1)

    def forward(self, grey: torch.Tensor) -> torch.Tensor:
        seen = self.seen(_levelled(grey.float()))
        cells = seen.flatten(2).transpose(1, 2) + self.places
        for layer in self.context:
            cells = layer(cells)
        slots = self.queries.expand(len(grey), -1, -1)
        for layer in self.reading:
            slots = layer(slots, cells)
        logits: torch.Tensor = self.named(slots)
        return logits


def _levelled(grey: torch.Tensor) -> torch.Tensor:
    """Return the pictures with mean 0 and deviation 1, but noise not blown up."""
    mean = grey.mean(dim=(2, 3), keepdim=True)
    spread = (grey - mean).square().mean(dim=(2, 3), keepdim=True).sqrt()
    return (grey - mean) / (spread + 4.0)


def _convolution(width: int, out: int, stride: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(width, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out)
    )


def _attention(width: int) -> nn.Module:
    return nn.TransformerEncoderLayer(
        width, _HEADS, 2 * width, dropout=0.0, batch_first=True, norm_first=True
    )


def _slot_layer(width: int) -> nn.Module:
    return nn.TransformerDecoderLayer(
        width, _HEADS, 2 * width, dropout=0.0, batch_first=True, norm_first=True
    )


def export(network: nn.Module, target: Any) -> None:
    """Write it as ONNX: uint8 (n, 1, 64, 160) to probabilities (n, SLOTS, 37)."""

    class _Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.reader = network

        def forward(self, grey: torch.Tensor) -> torch.Tensor:
            return torch.softmax(self.reader(grey), dim=2)

    example = torch.zeros(1, 1, *INPUT_HW, dtype=torch.uint8)
    with warnings.catch_warnings():
        # It warns of newer exporters, which need one more package, and of sizes that
        # become constants, as they are here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Whole().eval(), (example,), str(target),
            input_names=["grey"], output_names=["signs"],
            dynamic_axes={"grey": {0: "n"}, "signs": {0: "n"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
