"""The part of the plate reader that learns, and the whole of it as a file.

The last stage of PP-LCNet convolutions and the SVTR neck of PaddleOCR's text networks,
written anew in torch so that they can be trained, with the weights of the file.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import compose, helper, numpy_helper, version_converter
from torch import nn
from torch.nn import functional

from app.domain.errors import ConfigurationInvalid
from ml.plate.grammar import ALPHABET
from ml.plate.recogniser import CHARACTERS_KEY, WIDTH_KEY
from ml.train.plates.base import CUT, Weights, characters_of, first_part, weights_of

INPUT_HW = (48, 224)
STEPS = INPUT_HW[1] // 8
"""How many places along the plate the network speaks about."""
_HEADS = 8
_OPSET = 17
_OURS = "plates."
_BIG = 1024
"""Weights of so many numbers are stored in 16 bits."""


class Tail(nn.Module):
    """What flows at the cut, (n, 192, 3, width / 4), to (n, STEPS, 37) logits.

    The blank of CTC comes first, then the signs of `ALPHABET`.
    """

    def __init__(self) -> None:
        """Make one without anything learned; see `tail_of`."""
        super().__init__()
        self.widen = nn.Conv2d(192, 384, 1)
        self.mixed = nn.Conv2d(384, 384, 1)
        self.blocks = nn.ModuleList([_Block(384, squeeze=96), _Block(384)])
        self.shortcut = nn.Conv2d(384, 120, 1)
        self.reduce = nn.Conv2d(384, 120, 1)
        self.along = nn.Conv2d(120, 120, (1, 7), padding=(0, 3), groups=120)
        self.context = nn.ModuleList([_Context(120), _Context(120)])
        self.norm = nn.LayerNorm(120, eps=1e-6)
        self.named = nn.Linear(120, 1 + len(ALPHABET))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        x = self.mixed(functional.gelu(self.widen(x)))
        for block in self.blocks:
            x = block(x)
        pooled = functional.avg_pool2d(x, (3, 2))
        short = functional.silu(self.shortcut(pooled))
        local = functional.silu(self.reduce(pooled))
        local = local + functional.silu(self.along(local))
        steps = local.squeeze(2).transpose(1, 2)
        for layer in self.context:
            steps = layer(steps)
        steps = self.norm(steps) + short.squeeze(2).transpose(1, 2)
        logits: torch.Tensor = self.named(steps)
        return logits


class _Block(nn.Module):
    """Looks around in each channel, weighs the channels, then mixes them."""

    def __init__(self, width: int, squeeze: int = 0) -> None:
        super().__init__()
        self.around = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.squeeze = nn.Conv2d(width, squeeze, 1) if squeeze else None
        self.excite = nn.Conv2d(squeeze, width, 1) if squeeze else None
        self.wide = nn.Conv2d(width, 2 * width, 1)
        self.narrow = nn.Conv2d(2 * width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.around(x)
        if self.squeeze is not None and self.excite is not None:
            mean = x.mean(dim=(2, 3), keepdim=True)
            x = x * functional.hardsigmoid(
                self.excite(functional.relu(self.squeeze(mean)))
            )
        mixed: torch.Tensor = self.narrow(functional.gelu(self.wide(x)))
        return x + mixed


class _Context(nn.Module):
    """One transformer layer, normalised before."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_one = nn.LayerNorm(width, eps=1e-5)
        self.asked = nn.Linear(width, 3 * width)
        self.answered = nn.Linear(width, width)
        self.norm_two = nn.LayerNorm(width, eps=1e-5)
        self.wide = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        count, length, width = steps.shape
        asked = self.asked(self.norm_one(steps))
        parts = asked.reshape(count, length, 3, _HEADS, width // _HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        heads = functional.scaled_dot_product_attention(query, key, value)
        joined = heads.transpose(1, 2).reshape(count, length, width)
        steps = steps + self.answered(joined)
        wide = functional.silu(self.wide(self.norm_two(steps)))
        narrowed: torch.Tensor = self.narrow(wide)
        return steps + narrowed


def tail_of(base: onnx.ModelProto) -> Tail:
    """Return the second part of the network with what it knows of our signs."""
    stored, tail = weights_of(base), Tail()
    _convolutions(tail, stored)
    for name, number in (("shortcut", 57), ("reduce", 55), ("along", 56)):
        _fold(getattr(tail, name), stored, number)
    for layer, linear, norm in zip(tail.context, (0, 4), (0, 4), strict=True):
        for place, name in enumerate(("asked", "answered", "wide", "narrow")):
            _linear(getattr(layer, name), stored, linear + place)
        for place, name in enumerate(("norm_one", "norm_two")):
            _norm(getattr(layer, name), stored, norm + 2 * place)
    _norm(tail.norm, stored, 8)
    _name_signs(tail.named, stored, characters_of(base))
    return tail


def tail_in(trained: onnx.ModelProto) -> Tail:
    """Return the second part of a file that `export` wrote, to learn on from.

    It may have been trained for plates of another width. Raises ConfigurationInvalid
    for another network.
    """
    stored = {
        entry.name.removesuffix(".16"): numpy_helper.to_array(entry).astype(np.float32)
        for entry in trained.graph.initializer
        if entry.name.startswith(_OURS)
    }
    # Exporting turns the weights of linear layers round and numbers them.
    turned = [name for name in stored if "MatMul" in name]
    turned.sort(key=lambda name: int(name.rsplit("_", 1)[1]))
    tail = Tail()
    names = [name for name, _ in tail.named_parameters() if _is_turned(tail, name)]
    known = {name.removeprefix(f"{_OURS}tail."): stored[name] for name in stored}
    known |= {n: stored[t].T for n, t in zip(names, turned, strict=False)}
    try:
        tail.load_state_dict(
            {
                name: torch.from_numpy(np.ascontiguousarray(known[name]))
                for name in tail.state_dict()
            }
        )
    except (KeyError, RuntimeError) as error:
        raise ConfigurationInvalid(
            "The network to begin with was not made by models train-plates."
        ) from error
    return tail


def _is_turned(tail: Tail, name: str) -> bool:
    layer, _, kind = name.rpartition(".")
    return kind == "weight" and isinstance(tail.get_submodule(layer), nn.Linear)


def _convolutions(tail: Tail, stored: Weights) -> None:
    first, second = tail.blocks
    for layer, weight, bias in (
        (tail.widen, "conv2d_113", 44),
        (tail.mixed, "conv2d_114", 45),
        (first.around, "conv2d_116", 46),
        (first.squeeze, "conv2d_57", 47),
        (first.excite, "conv2d_58", 48),
        (first.wide, "conv2d_117", 49),
        (first.narrow, "conv2d_118", 50),
        (second.around, "conv2d_120", 51),
        (second.wide, "conv2d_121", 52),
        (second.narrow, "conv2d_122", 53),
    ):
        _set(layer, stored[f"{weight}.w_0"], stored[_bias(stored, bias)])
    for layer, number in ((tail.shortcut, 67), (tail.reduce, 65), (tail.along, 66)):
        _set(layer, stored[f"conv2d_{number}.w_0"], np.zeros(120, np.float32))


def _bias(stored: Weights, number: int) -> str:
    name = f"p2o.pd_op.reshape.{number}.0"
    return name if name in stored else f"reshape.{number}.0"


def _set(layer: Any, weight: Any, bias: Any) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        layer.bias.copy_(torch.from_numpy(np.ascontiguousarray(bias).ravel()))


def _fold(layer: nn.Conv2d, stored: Weights, number: int) -> None:
    """Put the normalisation that follows a convolution into its weights."""
    name = f"batch_norm2d_{number}"
    gain, lift = stored[f"{name}.w_0"], stored[f"{name}.b_0"]
    mean, variance = stored[f"{name}.w_1"], stored[f"{name}.w_2"]
    scale = gain / np.sqrt(variance + 1e-5)
    weight = layer.weight.detach().numpy() * scale[:, None, None, None]
    _set(layer, weight, lift - mean * scale)


def _linear(layer: nn.Linear, stored: Weights, number: int) -> None:
    _set(layer, stored[f"linear_{number}.w_0"].T, stored[f"linear_{number}.b_0"])


def _norm(layer: nn.LayerNorm, stored: Weights, number: int) -> None:
    parts = (stored[f"helper.reshape.{number + place}"] for place in (0, 1))
    _set(layer, *parts)


def _name_signs(layer: nn.Linear, stored: Weights, characters: list[str]) -> None:
    """Keep of the many signs of a text network those of a plate, and the blank."""
    kept = [0, *(1 + characters.index(sign) for sign in ALPHABET)]
    weight, bias = stored["linear_8.w_0"][:, kept], stored["linear_8.b_0"][kept]
    _set(layer, weight.T, bias)


def export(base: onnx.ModelProto, tail: nn.Module, target: Path) -> None:
    """Write both parts as one ONNX file: (n, 3, 48, 176) to (n, STEPS, 37) shares."""
    draft = target.with_suffix(".tail")
    _export_tail(tail, draft)
    first = version_converter.convert_version(first_part(base), _OPSET)
    second = onnx.load(draft)
    draft.unlink()
    first.ir_version = second.ir_version = min(first.ir_version, second.ir_version)
    second = compose.add_prefix(second, _OURS)
    joined = compose.merge_models(first, second, [(CUT, f"{_OURS}flow")])
    _halve(joined)
    entries = {CHARACTERS_KEY: "\n".join(ALPHABET), WIDTH_KEY: str(INPUT_HW[1])}
    helper.set_model_props(joined, entries)
    onnx.checker.check_model(joined)
    target.write_bytes(joined.SerializeToString())


def _export_tail(tail: nn.Module, target: Path) -> None:
    class _Shares(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tail = tail

        def forward(self, flow: torch.Tensor) -> torch.Tensor:
            return torch.softmax(self.tail(flow), dim=2)

    example = torch.zeros(1, 192, 3, INPUT_HW[1] // 4)
    with warnings.catch_warnings():
        # It warns of newer exporters, which need one more package.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Shares().eval(), (example,), str(target),
            input_names=["flow"], output_names=["signs"],
            dynamic_axes={"flow": {0: "n"}, "signs": {0: "n"}},
            opset_version=_OPSET, dynamo=False,
        )  # fmt: skip


def _halve(model: onnx.ModelProto) -> None:
    """Store the big weights in 16 bits; they are widened again when it is loaded."""
    widened = []
    for stored in model.graph.initializer:
        values = numpy_helper.to_array(stored)
        if stored.data_type != onnx.TensorProto.FLOAT or values.size < _BIG:
            continue
        name, short = stored.name, f"{stored.name}.16"
        stored.CopyFrom(numpy_helper.from_array(values.astype(np.float16), short))
        cast = helper.make_node("Cast", [short], [name], to=onnx.TensorProto.FLOAT)
        widened.append(cast)
    nodes = [*widened, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
