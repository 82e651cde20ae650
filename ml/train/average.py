"""One detector out of several that were trained from the same start.

The mean of the weights of networks from one start often does as well as the best of
them on what each was trained for, and better on what none was (Wortsman et al., "Model
soups", ICML 2022).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationInvalid
from ml.detect.yolo import load_yolo
from ml.environment import load_ultralytics
from ml.train.dataset import CLASS_NAMES
from ml.train.known import blended, narrowed
from ml.train.train import checkpoint_of, strip

Part = tuple[Path, float]
"""A file of weights, and its share."""


def average(parts: Sequence[Part], target: Path) -> Path:
    """Write the mean of detectors, by their shares, as one; return `target`.

    Shares need not add up to one. A network that knows more classes gives of these six
    alone. Raises ModelMissing for a file that cannot be loaded, ConfigurationInvalid
    for one that knows other classes or is of another shape, and for shares that are
    none.
    """
    if not parts or any(share <= 0 for _, share in parts):
        raise ConfigurationInvalid("Each file needs a share above zero.")
    load_ultralytics(target.parent)
    (first, weight), *others = parts
    mixed = _network(first, target.parent)
    for file, share in others:
        weight += share
        network = _network(file, target.parent)
        if _shape(network) != _shape(mixed):
            raise ConfigurationInvalid(
                f"{file.name} is not of the shape of {first.name}."
            )
        mixed = blended(mixed, network, share / weight)
    content = checkpoint_of(first)
    return strip(mixed, content["train_args"]["imgsz"], content.get("version"), target)


def _network(file: Path, folder: Path) -> Any:
    network = narrowed(load_yolo(file, folder, file.name).model, CLASS_NAMES)
    if network is None:
        names = ", ".join(CLASS_NAMES)
        raise ConfigurationInvalid(f"{file.name} does not know all of {names}.")
    return network


def _shape(network: Any) -> dict[str, tuple[int, ...]]:
    return {name: tuple(w.shape) for name, w in network.state_dict().items()}
