"""Lets a training go on from a head that knows the wanted classes already.

Ultralytics builds the head anew for every number of classes, wider or narrower, and so
throws away all that a network of COCO's eighty classes knows of vehicles. Here the head
stays, and of its last layers only the rows of the wanted classes.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

_CLASS_BRANCHES = ("cv3", "one2one_cv3")


def narrowed(network: Any, names: Sequence[str]) -> Any | None:
    """Return a copy of a detection network that finds `names` alone, in their order.

    What it says of these classes is what `network` says, in 32 bits. None when
    `network` does not know one of them by this very name.
    """
    numbers = {name: number for number, name in dict(network.names).items()}
    if not set(names) <= numbers.keys():
        return None
    copy = deepcopy(network).float()
    head = copy.model[-1]
    rows = [numbers[name] for name in names]
    for branch in _CLASS_BRANCHES:
        for scale in getattr(head, branch, None) or ():
            scale[-1] = _with_rows(scale[-1], rows)
    head.nc = len(rows)
    head.no = head.nc + 4 * head.reg_max
    copy.names = dict(enumerate(names))
    copy.yaml = {**copy.yaml, "nc": head.nc}
    return copy


def blended(trained: Any, base: Any, share: float) -> Any:
    """Return `trained` with every weight moved by `share` towards `base`.

    Both are networks of the same shape. A network that was trained on from good
    weights knows the new pictures better and strange ones worse than its base; between
    the two it knows nearly as much of both (Wortsman et al., "Robust fine-tuning of
    zero-shot models", CVPR 2022).
    """
    copy = deepcopy(trained).float()
    origin = base.state_dict()
    for name, weight in copy.state_dict().items():
        if weight.dtype.is_floating_point:
            weight.lerp_(origin[name].float(), share)
    return copy


def _with_rows(layer: Any, rows: Sequence[int]) -> Any:
    """Return a 1 x 1 convolution that puts out only these channels of `layer`'s."""
    import torch

    kept = torch.nn.Conv2d(layer.in_channels, len(rows), 1)
    kept.weight = torch.nn.Parameter(layer.weight.detach()[list(rows)])
    kept.bias = torch.nn.Parameter(layer.bias.detach()[list(rows)])
    return kept


def trainer() -> Any:
    """Return ultralytics' trainer of detectors, made to keep a head that knows all."""
    from ultralytics.models.yolo.detect import DetectionTrainer

    class KeepingTrainer(DetectionTrainer):  # type: ignore[misc]
        def get_model(
            self, cfg: Any = None, weights: Any = None, verbose: bool = True
        ) -> Any:
            if weights is not None:
                known = narrowed(weights, tuple(self.data["names"].values()))
                if known is not None:
                    return known
            return super().get_model(cfg, weights, verbose)

    return KeepingTrainer
