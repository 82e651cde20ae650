"""Opens `.pt` files, which are pickles, without running what is in them."""

from pathlib import Path
from typing import Any

from app.domain.errors import ModelMissing
from ml.environment import load_ultralytics


def load_yolo(weights: Path, models: Path, name: str) -> Any:
    """Return ultralytics' model of a `.pt` file; raises ModelMissing.

    A file that holds anything but known layers and numbers is refused unrun.
    """
    ultralytics = load_ultralytics(models)
    try:
        return ultralytics.YOLO(str(weights), task="detect")
    except Exception as error:  # the loader raises whatever a hostile file provokes
        raise ModelMissing(
            f"The model {name} cannot be loaded safely, so it is not loaded. "
            "Choose another model, or fetch this one again."
        ) from error


def with_all_boxes(network: Any) -> Any:
    """Return the network set to put out every candidate box, whatever its kind.

    Newer ones can thin out their boxes themselves; here that is done the same way for
    all.
    """
    head = network.model[-1]
    if getattr(head, "end2end", False):
        head.end2end = False
    return network
