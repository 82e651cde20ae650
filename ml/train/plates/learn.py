"""Trains the plate recogniser: seeded, bounded by time, resumable.

The learning rate follows the share of the time that is used up, so that a training of
any length ends properly. Pictures are made on the way and never seen twice.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from app.ports import Progress
from ml.environment import load_openvino
from ml.plate.recogniser import model_path
from ml.train.plates.base import first_part, read_base
from ml.train.plates.network import (
    INPUT_HW,
    STEPS,
    Tail,
    export,
    tail_in,
    tail_of,
)
from ml.train.plates.stream import NOTHING, Material, Picture, Targets, batches

_REPORT_EVERY = 50
_CHECKPOINT_EVERY_S = 120.0
_WARM_UP = 0.03
_CHECK_SEED = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """How long and how to train; `hours` counts what was trained before as well."""

    hours: float = 1.0
    batch: int = 64
    learning_rate: float = 6e-4
    seed: int = 0
    workers: int = 1
    threads: int = 1
    check_plates: int = 1024
    begin_with: Path | None = None
    """A network that was trained like this before; else the text network itself."""


class _Stream(IterableDataset[tuple[Picture, Targets]]):
    def __init__(self, material: Material, lesson: Lesson, begun: int) -> None:
        self._material, self._lesson, self._begun = material, lesson, begun

    def __iter__(self) -> Iterator[tuple[Picture, Targets]]:
        worker = get_worker_info()
        number = worker.id if worker is not None else 0
        seed = (self._lesson.seed, self._begun, number)
        return batches(self._material, self._lesson.batch, seed)


class _FirstPart:
    """The part of the network that does not learn."""

    def __init__(self, base: onnx.ModelProto, out: Path, lesson: Lesson) -> None:
        # In OpenVINO, which calculates in 16 bits where the processor can: there it is
        # four times as fast, and what learns does not mind.
        core = load_openvino(out).Core()
        model = core.read_model(first_part(base).SerializeToString(), b"")
        model.reshape([lesson.batch, 3, *INPUT_HW])
        settings = {"INFERENCE_NUM_THREADS": lesson.threads}
        self._request: Any = core.compile_model(
            model, "CPU", settings
        ).create_infer_request()

    def __call__(self, pictures: Picture | torch.Tensor) -> torch.Tensor:
        """Return what flows at the cut for (n, height, width, 3) BGR pictures."""
        scaled = np.asarray(pictures, np.float32) / np.float32(127.5) - np.float32(1)
        tensor = np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))
        self._request.infer([tensor])
        return torch.from_numpy(np.array(self._request.get_output_tensor(0).data))


@dataclass(slots=True)
class _State:
    network: nn.Module
    average: nn.Module
    optimiser: torch.optim.Optimizer
    step: int = 0
    spent_s: float = 0.0
    best: float = 0.0
    """The largest share of the plates to check by that was read rightly."""


def learn(
    material: Material,
    out: Path,
    lesson: Lesson,
    *,
    resume: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Train and return `out/plates.onnx`; the figures lie in `out/results.jsonl`.

    What is kept is what read most of some drawn plates that it does not learn from.
    `resume` goes on from the last checkpoint in `out`.
    """
    torch.set_num_threads(lesson.threads)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(lesson.seed)
    base = read_base(model_path())
    state = _begin(base, out / "last.pt" if resume else None, lesson)
    first = _FirstPart(base, out, lesson)
    stream = _Stream(material, lesson, state.step)
    loader: DataLoader[Any] = DataLoader(
        stream, batch_size=None, num_workers=lesson.workers
    )
    check = _checking(material, lesson, first)
    saved_s = state.spent_s
    began = time.monotonic() - state.spent_s
    for pictures, targets in loader:
        loss = _step(state, first(pictures), targets, lesson)
        state.spent_s = time.monotonic() - began
        share = state.spent_s / (lesson.hours * 3600)
        if progress is not None and state.step % _REPORT_EVERY == 0:
            progress(f"Step {state.step}, loss {loss:.3f}", min(1.0, share))
        if state.spent_s - saved_s > _CHECKPOINT_EVERY_S or share >= 1:
            saved_s = state.spent_s
            exact = _exact(state.average, check)
            _keep(state, out, loss, exact)
            if exact >= state.best:
                state.best = exact
                export(base, state.average, out / "plates.onnx")
        if share >= 1:
            break
    return out / "plates.onnx"


def _begin(base: onnx.ModelProto, checkpoint: Path | None, lesson: Lesson) -> _State:
    network, average = _tail(base, lesson), _tail(base, lesson)
    # Kernels for 16 bits want the channels last; it is much faster so.
    network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(
        network.parameters(), lesson.learning_rate, weight_decay=0.01
    )
    state = _State(network, average, optimiser)
    if checkpoint is not None and checkpoint.is_file():
        kept = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(kept["network"])
        average.load_state_dict(kept["average"])
        optimiser.load_state_dict(kept["optimiser"])
        state.step, state.spent_s = kept["step"], kept["spent_s"]
        state.best = kept["best"]
    return state


def _tail(base: onnx.ModelProto, lesson: Lesson) -> Tail:
    if lesson.begin_with is None:
        return tail_of(base)
    return tail_in(onnx.load(lesson.begin_with))


def _step(
    state: _State, flow: torch.Tensor, targets: torch.Tensor, lesson: Lesson
) -> float:
    state.network.train()
    for group in state.optimiser.param_groups:
        group["lr"] = lesson.learning_rate * _rate(state, lesson)
    last = flow.contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        logits = state.network(last)
    shares = functional.log_softmax(logits.float(), dim=2).transpose(0, 1)
    lengths = (targets != NOTHING).sum(dim=1)
    steps = torch.full((len(targets),), STEPS, dtype=torch.long)
    loss = functional.ctc_loss(shares, targets, steps, lengths, zero_infinity=True)
    state.optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    nn.utils.clip_grad_norm_(state.network.parameters(), 2.0)
    state.optimiser.step()
    state.step += 1
    _average(state)
    return float(loss.detach())


def _rate(state: _State, lesson: Lesson) -> float:
    share = min(1.0, state.spent_s / (lesson.hours * 3600))
    if share < _WARM_UP:
        return max(0.02, share / _WARM_UP)
    return 0.02 + 0.98 * float(0.5 * (1 + np.cos(np.pi * share)))


def _average(state: _State) -> None:
    """Let the copy that is kept follow the one that learns."""
    keep = min(0.999, (1 + state.step) / (10 + state.step))
    with torch.no_grad():
        pairs = zip(state.average.parameters(), state.network.parameters(), strict=True)
        for slow, fast in pairs:
            slow.lerp_(fast, 1 - keep)


def _checking(
    material: Material, lesson: Lesson, first: _FirstPart
) -> list[tuple[torch.Tensor, Targets]]:
    # Drawn ones alone: real ones are too few to keep some from the lessons.
    drawn, seed = replace(material, real=()), (lesson.seed, _CHECK_SEED, _CHECK_SEED)
    stream = batches(drawn, lesson.batch, seed)
    taken = [next(stream) for _ in range(lesson.check_plates // lesson.batch)]
    return [(first(pictures), targets) for pictures, targets in taken]


def _exact(network: nn.Module, check: list[tuple[torch.Tensor, Targets]]) -> float:
    """Return the share of plates of which every sign is right."""
    network.eval()
    right, count = 0, 0
    with torch.no_grad():
        for flow, targets in check:
            found = network(flow).argmax(dim=2).numpy()
            pairs = zip(found, targets, strict=True)
            right += sum(spoken(row) == [*true[true != NOTHING]] for row, true in pairs)
            count += len(targets)
    return right / count


def spoken(row: Targets) -> list[int]:
    """Return what a row of the surest signs says: equal ones in a row are one."""
    return [
        int(sign)
        for place, sign in enumerate(row)
        if sign != NOTHING and (place == 0 or sign != row[place - 1])
    ]


def _keep(state: _State, out: Path, loss: float, exact: float) -> None:
    kept = {
        "network": state.network.state_dict(),
        "average": state.average.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        "step": state.step,
        "spent_s": state.spent_s,
        "best": max(state.best, exact),
    }
    draft = out / "last.new"
    torch.save(kept, draft)
    draft.replace(out / "last.pt")
    row = {
        "step": state.step,
        "spent_s": round(state.spent_s),
        "loss": loss,
        "exact": exact,
    }
    with (out / "results.jsonl").open("a", encoding="utf-8") as results:
        results.write(json.dumps(row) + "\n")
