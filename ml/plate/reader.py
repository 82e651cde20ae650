"""Reads number plates: finds one on the vehicle, reads it, votes over the track."""

import logging
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.errors import ModelMissing
from app.domain.geometry import PixelBox
from app.domain.ids import Sha256
from app.domain.network import NetworkFacts
from app.domain.plate import PlateReading
from app.ports import PlateRead, Progress
from ml import weights as registry
from ml.export import openvino_model
from ml.plate.grammar import ALPHABET, Grammar, load_grammar
from ml.plate.locator import ContrastLocator, NetworkLocator, PlateLocator
from ml.plate.reads import CharacterRead
from ml.plate.recogniser import PlateRecogniser, Table
from ml.plate.straighten import skew_of, straightened
from ml.plate.vote import vote

_LOG = logging.getLogger(__name__)

Image = npt.NDArray[np.uint8]

_MIN_PLATE_WIDTH_PX = 16
_MIN_CHARACTERS = 4
_SQUARE_PLATE = 1.7
_SIDE_MARGIN = 0.04
_TIGHTER, _WIDER = (-0.02, -0.03), (0.08, 0.12)
"""What else is cut out of the picture where a plate is not read surely."""
_ASKEW_DEG = 3.0
"""From here on a plate is looked at straightened as well; below it makes no difference
to the network, which learned from plates that are a little askew."""
_ENOUGH = 0.95
"""A read of this confidence, in the usual form, is not tried to be bettered."""
_NOTHING = np.empty((0, len(ALPHABET)), np.float32)
_NOWHERE = PixelBox(0, 0, 0, 0)


class TrackPlateReader:
    """Implements `app.ports.PlateReader`. One instance serves one thread."""

    def __init__(
        self,
        locator: PlateLocator,
        recogniser: PlateRecogniser,
        grammar: Grammar,
        networks: tuple[NetworkFacts, NetworkFacts] | None = None,
    ) -> None:
        """Take the parts that do the work, and which ones they are."""
        self._locator, self._recogniser = locator, recogniser
        self._grammar = grammar
        self._networks = networks

    @property
    def locator(self) -> PlateLocator:
        """What finds the plate of a vehicle."""
        return self._locator

    @property
    def recogniser(self) -> PlateRecogniser:
        """What reads the characters."""
        return self._recogniser

    @property
    def networks(self) -> tuple[NetworkFacts, NetworkFacts] | None:
        """What reads and what locates, where it is known."""
        return self._networks

    @property
    def grammar(self) -> Grammar:
        """What plates look like here."""
        return self._grammar

    def read(self, image: Image, vehicle: PixelBox) -> CharacterRead | None:
        """Return one read from a full-size BGR picture, None when no plate is seen."""
        crop, left, top = cut(image, vehicle, (_SIDE_MARGIN, _SIDE_MARGIN))
        if min(crop.shape[:2]) < _MIN_PLATE_WIDTH_PX:
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
        return self.read_at(image, plate)

    def read_at(self, image: Image, plate: PixelBox) -> CharacterRead | None:
        """Return one read of a plate whose place is known, None when it has no text."""
        table = self._characters(image, plate)
        if len(table) < _MIN_CHARACTERS:
            return None
        return CharacterRead(probabilities=table, box=plate)

    def vote(self, reads: Sequence[PlateRead]) -> PlateReading:
        """Return the reading that the reads of one track agree on."""
        return vote(reads, self._grammar)

    def _characters(self, image: Image, plate: PixelBox) -> Table:
        """Look in the likeliest way first, in others only when it is not enough."""
        looks: list[Table] = []
        for part in self._layouts(image, plate):
            table = np.vstack([self._recogniser.read(row) for row in part])
            if len(table) < _MIN_CHARACTERS:
                continue
            looks.append(table)
            if self._is_enough(table):
                break
        return self._agreed(looks)

    def _agreed(self, looks: Sequence[Table]) -> Table:
        """Return what several looks at one plate say together.

        The best look says how many characters there are. Those that see as many are
        averaged; those that do not take from the sureness of all.
        """
        if not looks:
            return _NOTHING
        worths = [self._worth(look) for look in looks]
        best = looks[int(np.argmax(worths))]
        alike = [
            (look, worth)
            for look, worth in zip(looks, worths, strict=True)
            if len(look) == len(best)
        ]
        agreeing = sum(worth for _, worth in alike) / max(sum(worths), 1e-9)
        mean = np.mean([look for look, _ in alike], axis=0)
        return np.asarray(mean * min(1.0, agreeing), np.float32)

    def _layouts(self, image: Image, plate: PixelBox) -> Iterator[tuple[Image, ...]]:
        whole = cut(image, plate, (_SIDE_MARGIN, _SIDE_MARGIN))[0]
        yield (whole,)
        skew = skew_of(whole)
        if skew.largest_deg >= _ASKEW_DEG:
            margin = (_SIDE_MARGIN, _SIDE_MARGIN)
            yield (straightened(image, plate, skew, margin),)
        yield (cut(image, plate, _TIGHTER)[0],)
        yield (cut(image, plate, _WIDER)[0],)
        if plate.width_px < _SQUARE_PLATE * plate.height_px:
            middle = whole.shape[0] // 2
            yield (whole[:middle], whole[middle:])

    def _worth(self, table: Table) -> float:
        read = CharacterRead(probabilities=table, box=_NOWHERE)
        return read.confidence * self._grammar.weight(read.text)

    def _is_enough(self, table: Table) -> bool:
        read = CharacterRead(probabilities=table, box=_NOWHERE)
        return read.confidence >= _ENOUGH and self._grammar.conforms(read.text)


def open_plate_reader(
    models: Path,
    progress: Progress | None = None,
    *,
    country: str = "PE",
    threads: int = 1,
    text: Path | None = None,
) -> TrackPlateReader:
    """Open the plate reader for the plates of a country (`ml.plate.grammar`).

    `text` is another network to read with, as `ml.train.plates` makes them.

    All that is needed comes with the product. Where the locator's network cannot be
    read, one without weights takes its place, and the log says so. Raises ModelMissing
    when the reader's is damaged, ConfigurationInvalid for an unknown country.
    """
    network = text or registry.resolve(registry.PLATE_READER, models)
    recogniser = PlateRecogniser(threads, network)
    grammar = load_grammar(country)
    locator, located_by = _locator(models, progress, threads)
    read_by = NetworkFacts(
        name=text.name if text else registry.PLATE_READER,
        sha256=registry.file_sha256(network),
    )
    return TrackPlateReader(locator, recogniser, grammar, (read_by, located_by))


def cut(
    image: Image, box: PixelBox, margin: tuple[float, float]
) -> tuple[Image, int, int]:
    """Return the part of a picture in a box, and its left and top in the picture.

    The box grows by shares of its width and height. At least one pixel is returned,
    at the nearest edge, for a box outside the picture.
    """
    height, width = image.shape[:2]
    grow_x, grow_y = box.width_px * margin[0], box.height_px * margin[1]
    left = min(max(0, int(box.left_px - grow_x)), width - 1)
    top = min(max(0, int(box.top_px - grow_y)), height - 1)
    right = min(max(left + 1, math.ceil(box.right_px + grow_x)), width)
    bottom = min(max(top + 1, math.ceil(box.bottom_px + grow_y)), height)
    return image[top:bottom, left:right], left, top


def _locator(
    models: Path, progress: Progress | None, threads: int
) -> tuple[PlateLocator, NetworkFacts]:
    try:
        wanted = registry.entry(registry.PLATE_LOCATOR, models)
        xml, sha256 = _locator_network(wanted, models, progress)
        facts = NetworkFacts(name=registry.PLATE_LOCATOR, sha256=sha256)
        return NetworkLocator(xml, models, threads), facts
    except ModelMissing as fault:
        _LOG.warning("Plates are located without a network, less surely. %s", fault)
        return ContrastLocator(), NetworkFacts(name="contrast", sha256=None)


def _locator_network(
    wanted: registry.ModelEntry, models: Path, progress: Progress | None
) -> tuple[Path, Sha256]:
    """Return what runs, and its hash: the bundled 8-bit form needs no network."""
    if wanted.eight_bit is not None:
        xml = registry.resolve_eight_bit(wanted.eight_bit)
        return xml, Sha256(wanted.eight_bit.sha256)
    path = registry.pull(wanted.name, models, progress)
    whole = Sha256(wanted.sha256)
    return openvino_model(path, whole, models, progress), whole
