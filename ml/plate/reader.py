"""Reads number plates: finds one on the vehicle, reads it, votes over the track."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.errors import ModelMissing
from app.domain.geometry import PixelBox
from app.domain.ids import Sha256
from app.domain.plate import PlateReading
from app.ports import PlateRead, Progress
from ml import weights as registry
from ml.export import openvino_model
from ml.plate.grammar import Grammar, load_grammar
from ml.plate.locator import ContrastLocator, NetworkLocator, PlateLocator
from ml.plate.reads import CharacterRead
from ml.plate.recogniser import PlateRecogniser, Table
from ml.plate.vote import vote

_LOG = logging.getLogger(__name__)

Image = npt.NDArray[np.uint8]

_MIN_PLATE_WIDTH_PX = 16
_MIN_CHARACTERS = 4
_SQUARE_PLATE = 1.7


class TrackPlateReader:
    """Implements `app.ports.PlateReader`. One instance serves one thread."""

    def __init__(
        self, locator: PlateLocator, recogniser: PlateRecogniser, grammar: Grammar
    ) -> None:
        """Take the parts that do the work."""
        self._locator, self._recogniser = locator, recogniser
        self._grammar = grammar

    def read(self, image: Image, vehicle: PixelBox) -> CharacterRead | None:
        """Return one read from a full-size BGR picture, None when no plate is seen."""
        crop, left, top = cut(image, vehicle, margin=0.04)
        if crop.size == 0:
            return None
        found = self._locator.locate(crop)
        if found is None or found.width_px < _MIN_PLATE_WIDTH_PX:
            return None
        plate = PixelBox(
            found.left_px + left,
            found.top_px + top,
            found.right_px + left,
            found.bottom_px + top,
        )
        table = self._characters(image, plate)
        if len(table) < _MIN_CHARACTERS:
            return None
        return CharacterRead(probabilities=table, box=plate)

    def vote(self, reads: Sequence[PlateRead]) -> PlateReading:
        """Return the reading that the reads of one track agree on."""
        return vote(reads, self._grammar)

    def _characters(self, image: Image, plate: PixelBox) -> Table:
        picture, _, _ = cut(image, plate, margin=0.05)
        whole = self._recogniser.read(picture)
        if plate.width_px > _SQUARE_PLATE * plate.height_px:
            return whole
        middle = picture.shape[0] // 2
        rows = [
            self._recogniser.read(part) for part in (picture[:middle], picture[middle:])
        ]
        stacked = np.vstack(rows)
        return stacked if _sureness(stacked) > _sureness(whole) else whole


def open_plate_reader(
    models: Path, progress: Progress | None = None
) -> TrackPlateReader:
    """Open the plate reader.

    The locator's weights are fetched at the first call; where there is no network a
    locator without weights takes its place, and the log says so. Raises ModelMissing
    when the text network is not installed.
    """
    recogniser = PlateRecogniser()
    return TrackPlateReader(_locator(models, progress), recogniser, load_grammar())


def cut(image: Image, box: PixelBox, margin: float) -> tuple[Image, int, int]:
    """Return the part of a picture in a box grown by a share of its size, and where
    its left upper corner lies (x, y). Empty when the box lies outside."""
    height, width = image.shape[:2]
    grow_x, grow_y = box.width_px * margin, box.height_px * margin
    left, top = max(0, int(box.left_px - grow_x)), max(0, int(box.top_px - grow_y))
    right = min(width, int(np.ceil(box.right_px + grow_x)))
    bottom = min(height, int(np.ceil(box.bottom_px + grow_y)))
    return image[top : max(top, bottom), left : max(left, right)], left, top


def _locator(models: Path, progress: Progress | None) -> PlateLocator:
    try:
        wanted = registry.entry(registry.PLATE_LOCATOR, models)
        path = registry.pull(registry.PLATE_LOCATOR, models, progress)
        xml = openvino_model(path, Sha256(wanted.sha256), models, progress)
        return NetworkLocator(xml, models)
    except ModelMissing as fault:
        _LOG.warning("Plates are located without a network, less surely. %s", fault)
        return ContrastLocator()


def _sureness(table: Table) -> float:
    if len(table) < _MIN_CHARACTERS:
        return 0.0
    return float(table.max(axis=1).min())
