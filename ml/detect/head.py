"""What a YOLO network's output means."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.errors import ModelMissing
from ml.detect.classes import class_columns
from ml.detect.letterbox import Letterbox
from ml.detect.postprocess import Thresholds, decode


@dataclass(frozen=True, slots=True, eq=False)
class YoloHead:
    """Reads the raw output (4 + class count, n) of one network."""

    row_count: int
    columns: npt.NDArray[np.intp]
    classes: npt.NDArray[np.int32]
    thresholds: Thresholds

    @classmethod
    def of(
        cls, names: Mapping[int, str], model_name: str, thresholds: Thresholds | None
    ) -> "YoloHead":
        """Return the head of a network with these classes.

        Raises ModelMissing when there is no road user among them.
        """
        try:
            columns, classes = class_columns(names)
        except ValueError as error:
            raise ModelMissing(
                f"The model {model_name} does not know vehicles ({error}). "
                "Choose another."
            ) from error
        rows = 4 + max(names) + 1
        return cls(rows, columns, classes, thresholds or Thresholds())

    def read(self, output: npt.NDArray[np.float32], letterbox: Letterbox) -> Detections:
        """Return the detections in the picture's own pixels.

        Raises ModelMissing when the output is not that of such a network.
        """
        if output.ndim != 2 or output.shape[0] != self.row_count:
            raise ModelMissing(
                f"The model puts out {output.shape} where ({self.row_count}, n) was "
                "expected, so it is not the network it was taken for. Choose another."
            )
        return decode(output, self.columns, self.classes, letterbox, self.thresholds)
