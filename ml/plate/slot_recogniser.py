"""Reads a whole plate at once with the product's own network."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.plate.recogniser import Table, open_session
from ml.plate.slots import decoded, prepared

Image = npt.NDArray[np.uint8]


class SlotRecogniser:
    """An ONNX network of `ml.train.plates`: one crop in, character table out."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        """Load the network."""
        self._session = open_session(model, threads)
        self._input = self._session.get_inputs()[0].name

    def read(self, plate: Image) -> Table:
        """Return probabilities (n, 36) for the n characters of a BGR plate picture."""
        grey = prepared(plate)[None, None]
        output = self._session.run(None, {self._input: grey})[0][0]
        return decoded(np.asarray(output, np.float32))
