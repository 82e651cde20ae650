"""A base that knows the product's classes is not made to forget them."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.simulator.dataset import write_yaml
from ml.environment import load_ultralytics
from ml.train.dataset import CLASS_NAMES
from ml.train.known import blended, narrowed
from ml.train.train import Schedule, publish, train

_COCO = ("person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck")
_SIDE_PX = 64


@pytest.fixture
def network(tmp_path: Path) -> Any:
    """A detection network of 80 classes, of which the first are COCO's."""
    load_ultralytics(tmp_path / "models")
    import torch
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(3)
    made = DetectionModel("yolov8n.yaml", nc=80, verbose=False).eval()
    others = [f"thing {number}" for number in range(len(_COCO), 80)]
    made.names = dict(enumerate([*_COCO, *others]))
    # Fresh heads say the same of every class: these must differ to be told apart.
    for scale in made.model[-1].cv3:
        torch.nn.init.normal_(scale[-1].weight, std=0.2)
        torch.nn.init.normal_(scale[-1].bias)
    return made


def test_it_says_of_a_class_what_it_said_before(network: Any) -> None:
    """The boxes are the same, and each score is that of the class of its name."""
    import torch

    kept = narrowed(network, CLASS_NAMES)
    assert kept is not None
    picture = torch.rand(1, 3, _SIDE_PX, _SIDE_PX)
    with torch.no_grad():
        before, after = network(picture)[0], kept.eval()(picture)[0]
    rows = [4 + _COCO.index(name) for name in CLASS_NAMES]
    torch.testing.assert_close(after, before[:, [0, 1, 2, 3, *rows]])
    assert list(kept.names.values()) == list(CLASS_NAMES)
    assert len(network.names) == 80, "the base itself stays as it was"


def test_a_base_that_misses_a_class_begins_a_new_head(network: Any) -> None:
    """A plate locator has no rows for buses to keep."""
    network.names = {0: "license_plate"}
    assert narrowed(network, CLASS_NAMES) is None


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_between_trained_and_base_every_weight_is_between(
    network: Any, share: float
) -> None:
    """Nothing of the base, a quarter of it, and all of it."""
    import torch

    base, trained = (narrowed(network, CLASS_NAMES) for _ in range(2))
    assert base is not None
    assert trained is not None
    with torch.no_grad():
        for weight in trained.parameters():
            weight.add_(1.0)
    mixed = blended(trained, base, share)
    for between, old in zip(mixed.parameters(), base.parameters(), strict=True):
        torch.testing.assert_close(between, old + (1.0 - share))


def _pictures(folder: Path) -> Path:
    rng = np.random.default_rng(5)
    folder.mkdir()
    write_yaml(folder)
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / kind / part).mkdir(parents=True)
        for number in range(2):
            image = rng.integers(0, 256, (_SIDE_PX, _SIDE_PX, 3), np.uint8)
            cv2.imwrite(str(folder / "images" / part / f"{number}.jpg"), image)
            label = folder / "labels" / part / f"{number}.txt"
            label.write_text(f"{number} 0.5 0.5 0.4 0.4\n")
    return folder / "data.yaml"


def _class_layers(weights: Path) -> list[Any]:
    from ultralytics.nn.tasks import torch_safe_load

    content = torch_safe_load(str(weights), safe_only=True)[0]
    network = content.get("ema") or content["model"]
    return [scale[-1].weight.float() for scale in network.model[-1].cv3]


def test_training_starts_from_what_the_base_knows(network: Any, tmp_path: Path) -> None:
    """After an epoch of next to no learning, the rows are still those of the base."""
    import torch

    base = tmp_path / "base.pt"
    torch.save({"model": network, "train_args": {}}, base)
    schedule = Schedule(
        epochs=1, image_size=_SIDE_PX, batch=2, learning_rate=1e-9, workers=0
    )
    trained = train(
        [_pictures(tmp_path / "set")],
        tmp_path / "out",
        schedule=schedule,
        base_weights=base,
    )
    kept = narrowed(network, CLASS_NAMES)
    assert kept is not None
    for scale, layer in zip(kept.model[-1].cv3, _class_layers(trained), strict=True):
        torch.testing.assert_close(layer, scale[-1].weight, atol=2e-3, rtol=2e-3)
    again = publish(trained.parent / "run/weights/last.pt", tmp_path / "again.pt")
    assert _class_layers(again)[0].shape == _class_layers(trained)[0].shape
