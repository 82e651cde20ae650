"""The text network that the training of a plate reader begins with, cut in two.

PP-OCRv6 small (PaddleOCR, Apache-2.0) as the package rapidocr carries it. Its first
part knows edges, strokes and corners and stays as it is; the second, from the last
stage of convolutions on, learns what plates look like.
"""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from app.domain.errors import ConfigurationInvalid

Weights = dict[str, npt.NDArray[np.float32]]

SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
CUT = "p2o.pd_op.add.52.0"
"""What flows from the one part to the other: (n, 192, 3, width / 4)."""
INPUT = "x"


def read_base(path: Path) -> onnx.ModelProto:
    """Return the network; raises ConfigurationInvalid when it is another one."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ConfigurationInvalid(
            f"{path} is not the text network that the training knows. "
            "Install the package rapidocr in the version that pyproject.toml names."
        )
    return onnx.load_from_string(content)


def first_part(base: onnx.ModelProto) -> onnx.ModelProto:
    """Return what stays: (n, 3, 48, width) pictures in, what flows at `CUT` out."""
    return onnx.utils.Extractor(base).extract_model([INPUT], [CUT])


def weights_of(base: onnx.ModelProto) -> Weights:
    """Return all weights by the names that they have in the file."""
    return {
        stored.name: np.array(numpy_helper.to_array(stored), np.float32)
        for stored in base.graph.initializer
        if stored.data_type == onnx.TensorProto.FLOAT
    }


def characters_of(base: onnx.ModelProto) -> list[str]:
    """Return the signs that it tells apart, by their place after the blank."""
    stored = {entry.key: entry.value for entry in base.metadata_props}
    return str(stored["character"]).split("\n")
