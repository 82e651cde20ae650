"""Trains a detector from pictures; seeded, and resumable after an interruption.

A base that knows the classes keeps what it knows of them (`ml.train.known`). The first
blocks of the base weights may stay frozen, which saves work and keeps what they know of
the real world. On a processor with native bfloat16 the network, but not
its loss, is computed in it: that trains all blocks sooner than half of them in full.
Ultralytics does the training; nothing it does reaches the network, and all its files go
below the output folder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MethodType
from typing import Any

import yaml

from app.domain.errors import ConfigurationInvalid
from app.ports import Progress
from ml.detect.yolo import load_yolo
from ml.environment import inference_threads, load_ultralytics
from ml.train.dataset import CLASS_NAMES
from ml.train.known import blended, narrowed, trainer

_RUN = "run"
_REPORT_EVERY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how finely to train.

    `hours` ends the training early, with the learning rate run down all the same.
    `frozen_blocks` counts from the network's first block. `kept_share` is how much of a
    base that knows the classes stays in the weights, 0..1 (`ml.train.known.blended`).
    """

    epochs: int = 30
    image_size: int = 480
    batch: int = 16
    frozen_blocks: int = 10
    hours: float | None = None
    seed: int = 0
    learning_rate: float = 0.002
    warmup_epochs: float = 1.0
    unmixed_epochs: int = 3
    workers: int = 1
    kept_share: float = 0.0


def train(
    data: Sequence[Path],
    out: Path,
    *,
    schedule: Schedule,
    base_weights: Path,
    resume: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Train and return the best weights, stripped for use, as `out/weights.pt`.

    `data` are data.yaml files of sets with the product's six classes. `resume` goes
    on from the last whole epoch of an interrupted training in `out`. The figures of
    every epoch lie in `out/run/results.csv` and, drawn, in results.png. Raises
    ConfigurationInvalid when a set has other classes and ModelMissing when the base
    cannot be loaded.
    """
    out.mkdir(parents=True, exist_ok=True)
    combined = _combined(data, out)
    load_ultralytics(out)
    base = _knowing(base_weights, out) if schedule.kept_share else None
    last = out / _RUN / "weights" / "last.pt"
    start = last if resume and last.is_file() else base_weights
    model = load_yolo(start, out, start.name)
    model.add_callback("on_train_epoch_start", _use_all_threads)
    model.add_callback("on_train_start", _use_bfloat16)
    model.add_callback("on_train_batch_end", _reporter(progress))
    if start is last:
        model.train(trainer=trainer(), resume=True)
    else:
        model.train(trainer=trainer(), **_arguments(combined, out, schedule))
    _draw_curves(out / _RUN / "results.csv")
    best = out / _RUN / "weights" / "best.pt"
    return publish(best, out / "weights.pt", base, schedule.kept_share)


def _knowing(weights: Path, out: Path) -> Any:
    """Return the network of a file, narrowed to the product's classes."""
    known = narrowed(load_yolo(weights, out, weights.name).model, CLASS_NAMES)
    if known is None:
        raise ConfigurationInvalid(
            f"{weights.name} does not know the product's classes, so nothing of it can "
            "be kept. Leave out --keep, or start from another model."
        )
    return known


def checkpoint_of(checkpoint: Path) -> dict[str, Any]:
    """Return what a file of weights holds; anything but layers is refused unrun."""
    from ultralytics.nn.tasks import torch_safe_load

    content: dict[str, Any] = torch_safe_load(str(checkpoint), safe_only=True)[0]
    return content


def _draw_curves(figures: Path) -> None:
    """Draw losses and figures of all epochs beside their table, as results.png."""
    from ultralytics.utils.plotting import plot_results

    if figures.is_file():
        plot_results(file=figures)


def publish(
    checkpoint: Path, target: Path, base: Any = None, kept_share: float = 0.0
) -> Path:
    """Strip a checkpoint to half-precision weights without paths or optimiser.

    Works on the checkpoint of a training that still runs or was interrupted. With the
    network `base`, `kept_share` of it stays.
    """
    load_ultralytics(target.parent)
    content = checkpoint_of(checkpoint)
    model = content.get("ema") or content["model"]
    if base is not None:
        model = blended(model, base, kept_share)
    return strip(model, content["train_args"]["imgsz"], content.get("version"), target)


def strip(model: Any, size_px: int, version: str | None, target: Path) -> Path:
    """Write a network for use, without criterion, paths or what else training left.

    `size_px`: the input it was trained at. `version`: of ultralytics.
    """
    import torch

    model.criterion = None
    kept = {"task": "detect", "imgsz": size_px}
    model.args = kept
    model.pt_path = None
    for parameter in model.half().parameters():
        parameter.requires_grad = False
    facts = {"model": model, "train_args": kept, "epoch": -1, "ema": None}
    torch.save({**facts, "version": version}, target)
    return target


def _use_bfloat16(trainer: Any) -> None:
    """Have the network that learns computed in bfloat16 where the processor can.

    The copy that is validated and saved stays as it is.
    """
    import torch

    known = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    if trainer.device.type == "cpu" and known is not None and known():
        trainer.model.predict = MethodType(_predicted_in_bfloat16, trainer.model)


def _predicted_in_bfloat16(network: Any, images: Any, *rest: Any, **named: Any) -> Any:
    import torch

    with torch.autocast("cpu", torch.bfloat16):
        found = type(network).predict(network, images, *rest, **named)
    return _in_full(found)


def _in_full(found: Any) -> Any:
    """Return tensors, however nested, in 32 bits: the loss needs the small digits."""
    if isinstance(found, dict):
        return {name: _in_full(value) for name, value in found.items()}
    if isinstance(found, (list, tuple)):
        return type(found)(_in_full(value) for value in found)
    return found.float() if hasattr(found, "float") else found


def _arguments(data: Path, out: Path, schedule: Schedule) -> dict[str, Any]:
    return {
        "data": str(data),
        "project": str(out.resolve()),
        "name": _RUN,
        "exist_ok": True,
        "epochs": schedule.epochs,
        "time": schedule.hours,
        "imgsz": schedule.image_size,
        "batch": schedule.batch,
        "nbs": schedule.batch,
        "freeze": schedule.frozen_blocks,
        "seed": schedule.seed,
        "deterministic": False,
        "channels_last": True,
        "optimizer": "AdamW",
        "lr0": schedule.learning_rate,
        "lrf": 0.05,
        "warmup_epochs": schedule.warmup_epochs,
        # Ultralytics' own 0.1 is meant for SGD; AdamW would spoil a good base with it.
        "warmup_bias_lr": 0.0,
        "close_mosaic": schedule.unmixed_epochs,
        "workers": schedule.workers,
        "cache": "ram",
        "plots": False,
        "verbose": False,
        "amp": False,
    }


def _combined(data: Sequence[Path], out: Path) -> Path:
    sets = [_checked(path) for path in data]
    combined = {
        part: [str(_folder(base, content, part)) for base, content in sets]
        for part in ("train", "val")
    }
    names = dict(enumerate(CLASS_NAMES))
    target = out / "data.yaml"
    target.write_text(yaml.safe_dump({**combined, "names": names}), "utf-8")
    return target


def _checked(path: Path) -> tuple[Path, dict[str, Any]]:
    content = yaml.safe_load(path.read_text("utf-8"))
    names = content.get("names", {})
    ordered = tuple(names.values()) if isinstance(names, dict) else tuple(names)
    if ordered != CLASS_NAMES:
        raise ConfigurationInvalid(
            f"{path} does not have the classes {', '.join(CLASS_NAMES)}. "
            "Make a set from it with: python main.py models dataset"
        )
    return path.parent, content


def _folder(base: Path, content: dict[str, Any], part: str) -> Path:
    return base.joinpath(str(content.get("path", "")), str(content[part])).resolve()


def _reporter(progress: Progress | None) -> Callable[[Any], None]:
    batches = 0

    def report(trainer: Any) -> None:
        nonlocal batches
        batches += 1
        if progress is None or batches % _REPORT_EVERY:
            return
        share = batches / max(1, len(trainer.train_loader)) / trainer.epochs
        loss = sum(float(part) for part in trainer.tloss.values())
        epoch = f"Epoch {trainer.epoch + 1} of {trainer.epochs}"
        progress(f"{epoch}, loss {loss:.2f}", min(1.0, share))

    return report


def _use_all_threads(_trainer: Any) -> None:
    # Ultralytics leaves a core idle; on a small computer that is half of it.
    import torch

    torch.set_num_threads(inference_threads())
