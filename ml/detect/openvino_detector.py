"""The detector of computers without a graphics card."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from ml.detect.classes import class_columns
from ml.detect.letterbox import Letterbox, input_size_for
from ml.detect.postprocess import Thresholds, decode
from ml.detect.runtime import OpenVinoNetwork


class OpenVinoDetector:
    """A YOLO network in OpenVINO with its own pre- and post-processing.

    Faster than ultralytics' loop at the same output: the picture is scaled once, into
    the smallest input that holds it, and nothing goes through torch.
    """

    def __init__(
        self,
        xml: Path,
        models: Path,
        *,
        name: str,
        sha256: Sha256,
        long_side_px: int,
        thresholds: Thresholds | None = None,
    ) -> None:
        """Read and check the network; raises ModelMissing when it does not fit."""
        self._network = OpenVinoNetwork(xml, models)
        self._name, self._sha256 = name, sha256
        self._long_side_px = long_side_px
        self._thresholds = thresholds or Thresholds()
        try:
            self._columns, self._classes = class_columns(self._network.labels())
        except ValueError as error:
            raise ModelMissing(
                f"The model {name} does not know vehicles ({error}). Choose another."
            ) from error

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
        """Where it runs."""
        return "openvino:cpu"

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Return what is seen in a BGR picture of shape (height, width, 3)."""
        image_hw = (image.shape[0], image.shape[1])
        letterbox = Letterbox(image_hw, self._input_hw(image_hw))
        output = self._network.run(letterbox.apply(image))
        return decode(output, self._columns, self._classes, letterbox, self._thresholds)

    def warm_up(self, image_hw: tuple[int, int] = (1080, 1920)) -> None:
        """Compile for pictures of this size before the first of them comes."""
        self.detect(np.zeros((*image_hw, 3), np.uint8))

    def _input_hw(self, image_hw: tuple[int, int]) -> tuple[int, int]:
        fixed = self._network.fixed_input_hw
        return fixed or input_size_for(image_hw, self._long_side_px)
