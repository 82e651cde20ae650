"""Reads the characters of a plate picture: 0-9 and A-Z, with probabilities."""

import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.errors import ModelMissing
from ml.environment import load_openvino
from ml.plate.grammar import ALPHABET
from ml.plate.spelling import Frames, greedy

Image = npt.NDArray[np.uint8]
Table = npt.NDArray[np.float32]

_MODEL = "PP-OCRv6_rec_small.onnx"
_HEIGHT_PX = 48
_MIN_WIDTH_PX, _MAX_WIDTH_PX, _WIDTH_STEP_PX = 96, 320, 32
_SEPARATORS = " -.·:'•–—_"
_BLANK = 0
_BAR_IS_ONE = 0.3
CHARACTERS_KEY = "character"
WIDTH_KEY = "atalaya_width"
"""Where a network of `ml.train.plates` says how wide it takes every plate, px."""


class PlateRecogniser:
    """A CTC text network: one picture in, character table out.

    One that `ml.train.plates` made, or for comparison the one that it begins with.
    """

    def __init__(self, threads: int, model: Path, models: Path | None = None) -> None:
        """Load the network; raises ModelMissing when it cannot tell all signs apart.

        With a folder of `models` one that `ml.train.plates` made runs in OpenVINO,
        which calculates in 16 bits where the processor can: three times as fast there.
        """
        self._session = open_session(model, threads)
        stored = self._session.get_modelmeta().custom_metadata_map
        self._width_px = int(stored[WIDTH_KEY]) if WIDTH_KEY in stored else None
        self._request: Any = None
        if models is not None and self._width_px is not None:
            size_hw = (_HEIGHT_PX, self._width_px)
            self._request = _openvino_request(model, models, size_hw, threads)
            self._session = None
        characters = stored.get(CHARACTERS_KEY, "").split("\n")
        if self._width_px is None:
            characters.append(" ")
        # Small letters are the same sign on a plate.
        self._groups = [
            [1 + i for i, c in enumerate(characters) if c.upper() == sign]
            for sign in ALPHABET
        ]
        self._gaps = [1 + i for i, c in enumerate(characters) if c in _SEPARATORS]
        if not all(self._groups):
            raise ModelMissing(
                "The text model does not know all letters and digits. Choose another."
            )

    def read(self, plate: Image) -> Table:
        """Return probabilities (n, 36) for the n characters of a BGR plate picture.

        Greedy CTC decoding: of each run of equal signs the surest frame counts.
        """
        return greedy(self.frames([plate])[0])

    def frames(self, plates: Sequence[Image]) -> list[Frames]:
        """Return (places, 37) shares for each of several BGR plate pictures."""
        return [self._shares(plate) for plate in plates]

    def _shares(self, plate: Image) -> Frames:
        tensor = _tensor(plate) if self._width_px is None else self._stretched(plate)
        output = self._run(tensor)
        signs = output[:, self._columns] @ self._grouping
        idle = output[:, [_BLANK, *self._gaps]].sum(axis=1, keepdims=True)
        return _doubting(np.hstack([idle, signs]))

    def _run(self, tensor: Table) -> Table:
        if self._request is not None:
            self._request.infer([tensor], share_inputs=True)
            return np.array(self._request.get_output_tensor(0).data[0], np.float32)
        name = self._session.get_inputs()[0].name
        return np.asarray(self._session.run(None, {name: tensor})[0][0], np.float32)

    def _stretched(self, plate: Image) -> Table:
        return as_tensor(fitted(plate, (_HEIGHT_PX, self._width_px or 0)))

    @cached_property
    def _columns(self) -> list[int]:
        return [column for group in self._groups for column in group]

    @cached_property
    def _grouping(self) -> Table:
        owner = [i for i, group in enumerate(self._groups) for _ in group]
        return np.eye(len(ALPHABET), dtype=np.float32)[owner]


def model_path() -> Path:
    """Return where the installed package rapidocr keeps the network."""
    # The package itself is not imported: it would set up logging and load more models.
    spec = importlib.util.find_spec("rapidocr")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        path = Path(folder) / "models" / _MODEL
        if path.is_file():
            return path
    raise ModelMissing(
        "The text model that a plate reader is trained from is not installed. "
        "Install it with: python -m pip install 'rapidocr>=3.10,<3.11'"
    )


def open_session(path: Path, threads: int) -> Any:
    """Return an ONNX Runtime session on the processor that spares the other threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits takes the core from the decoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # the library's errors have no class in common
        raise ModelMissing(
            f"The network {path.name} cannot be read. Bring it again."
        ) from error


def _doubting(frames: Frames) -> Frames:
    """Let a bar be the digit that it mostly is, unless the country's forms know better.

    In many typefaces of plates I and 1 are one shape, and most authorities avoid the
    letter for that.
    """
    bar, one = 1 + ALPHABET.index("I"), 1 + ALPHABET.index("1")
    frames[:, one] += _BAR_IS_ONE * frames[:, bar]
    frames[:, bar] *= 1 - _BAR_IS_ONE
    return frames


def _openvino_request(
    path: Path, models: Path, size_hw: tuple[int, int], threads: int
) -> Any:
    core = load_openvino(models).Core()
    network = core.read_model(str(path))
    network.reshape([1, 3, *size_hw])
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
    return core.compile_model(network, "CPU", settings).create_infer_request()


def fitted(plate: Image, size_hw: tuple[int, int]) -> Image:
    """Return a plate in a size that does not depend on its own, BGR."""
    height, width = size_hw
    shrinks = plate.shape[0] > height and plate.shape[1] > width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(plate, (width, height), interpolation=how), np.uint8)


def as_tensor(plate: Image) -> Table:
    """Return a BGR picture as the network takes it, (1, 3, height, width)."""
    scaled = np.asarray(plate, np.float32) / np.float32(127.5) - np.float32(1.0)
    return np.asarray(scaled.transpose(2, 0, 1)[None], np.float32)


def _tensor(plate: Image) -> Table:
    height, width = plate.shape[:2]
    wished = round(width * _HEIGHT_PX / height)
    # Few distinct widths, so that the network's memory plans are used again.
    steps = -(-wished // _WIDTH_STEP_PX) * _WIDTH_STEP_PX
    padded = min(max(steps, _MIN_WIDTH_PX), _MAX_WIDTH_PX)
    size = (min(max(wished, 8), padded), _HEIGHT_PX)
    scaled = cv2.resize(plate, size, interpolation=cv2.INTER_CUBIC)
    tensor = np.zeros((1, 3, _HEIGHT_PX, padded), np.float32)
    tensor[:, :, :, : size[0]] = as_tensor(np.asarray(scaled, np.uint8))
    return tensor
