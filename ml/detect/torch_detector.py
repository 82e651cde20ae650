"""The detector of computers with a graphics card, and the last resort without one."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from ml.detect.classes import class_columns
from ml.detect.postprocess import Thresholds, suppress
from ml.environment import inference_threads, load_ultralytics


class TorchDetector:
    """A `.pt` network run by ultralytics, on CUDA or the processor."""

    def __init__(
        self,
        weights: Path,
        models: Path,
        *,
        name: str,
        sha256: Sha256,
        long_side_px: int,
        device: str,
        thresholds: Thresholds | None = None,
    ) -> None:
        """Load the weights restricted to known layers; raises ModelMissing."""
        self._name, self._sha256, self._device = name, sha256, device
        self._long_side_px = long_side_px
        self._thresholds = thresholds or Thresholds()
        self._model = load_yolo(weights, models, name)
        self._class_of = _class_table(self._model.names, name)
        if device == "cpu":
            _bound_threads()

    @property
    def model_name(self) -> str:
        """Name in the model registry."""
        return self._name

    @property
    def model_sha256(self) -> Sha256:
        """Hash of the weights that are loaded."""
        return self._sha256

    @property
    def device(self) -> str:
        """Where it runs: "cuda:0" or "cpu"."""
        return self._device

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what is seen in a BGR picture of shape (height, width, 3)."""
        result = self._model.predict(
            image,
            imgsz=self._long_side_px,
            conf=self._thresholds.min_score,
            iou=self._thresholds.max_iou,
            device=self._device,
            half=self._device != "cpu",
            verbose=False,
        )[0].boxes
        return suppress(self._detections(result), self._thresholds)

    def _detections(self, boxes: Any) -> Detections:
        columns = boxes.cls.cpu().numpy().astype(np.intp)
        classes = self._class_of[columns]
        known = classes >= 0
        return Detections(
            boxes_px=boxes.xyxy.cpu().numpy().astype(np.float32)[known],
            scores=boxes.conf.cpu().numpy().astype(np.float32)[known],
            classes=classes[known],
        )


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


def _class_table(names: dict[int, str], name: str) -> npt.NDArray[np.int32]:
    try:
        columns, classes = class_columns(names)
    except ValueError as error:
        raise ModelMissing(
            f"The model {name} does not know vehicles ({error}). Choose another."
        ) from error
    table = np.full(max(names) + 1, -1, np.int32)
    table[columns] = classes
    return table


def _bound_threads() -> None:
    import torch

    torch.set_num_threads(inference_threads())
