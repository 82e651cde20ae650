"""Several detectors of one start become one that lies between them."""

from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import ConfigurationInvalid
from ml.detect.yolo import load_yolo
from ml.environment import load_ultralytics
from ml.train.average import average
from ml.train.dataset import CLASS_NAMES
from ml.train.train import strip

_SIZE_PX = 64


def _made(folder: Path, name: str, offset: float, shape: str = "yolov8n.yaml") -> Path:
    """Write a detector of six classes; `offset` is added to every weight."""
    load_ultralytics(folder)
    import torch
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(3)
    network = DetectionModel(shape, nc=len(CLASS_NAMES), verbose=False)
    network.names = dict(enumerate(CLASS_NAMES))
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(offset)
    return strip(network, _SIZE_PX, None, folder / name)


def _weights(file: Path) -> dict[str, Any]:
    model = load_yolo(file, file.parent, file.name).model
    return {name: weight.float() for name, weight in model.named_parameters()}


def test_shares_need_not_add_up_to_one(tmp_path: Path) -> None:
    import torch

    parts = [(_made(tmp_path, f"{n}.pt", offset=float(n)), n + 1.0) for n in range(3)]
    made = average(parts, tmp_path / "mean.pt")
    first, mean = _weights(parts[0][0]), _weights(made)
    middle = (0 * 1 + 1 * 2 + 2 * 3) / 6
    for name, weight in first.items():
        torch.testing.assert_close(mean[name], weight + middle, atol=5e-3, rtol=5e-3)


def test_networks_of_other_shapes_are_refused(tmp_path: Path) -> None:
    small = _made(tmp_path, "n.pt", 0.0)
    large = _made(tmp_path, "s.pt", 0.0, "yolov8s.yaml")
    with pytest.raises(ConfigurationInvalid, match=r"s\.pt is not of the shape of n"):
        average([(small, 0.5), (large, 0.5)], tmp_path / "mean.pt")
    assert not (tmp_path / "mean.pt").exists()


@pytest.mark.parametrize("shares", [(), (0.0,), (0.5, -0.5)])
def test_shares_that_are_none_are_refused(
    tmp_path: Path, shares: tuple[float, ...]
) -> None:
    with pytest.raises(ConfigurationInvalid, match="share above zero"):
        average([(tmp_path / "n.pt", share) for share in shares], tmp_path / "mean.pt")
