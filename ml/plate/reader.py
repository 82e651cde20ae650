"""Reads number plates: finds one on the vehicle, reads it, votes over the track."""

import logging
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

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
from ml.plate.grammar import Grammar, load_grammar
from ml.plate.locator import ContrastLocator, NetworkLocator, PlateLocator
from ml.plate.reads import CharacterRead
from ml.plate.recogniser import PlateRecogniser, Table
from ml.plate.spelling import NO_TABLE, Frames, greedy, spell
from ml.plate.straighten import (
    Skew,
    lightened,
    skew_of,
    straightened,
    text_columns,
    text_rows,
)
from ml.plate.vote import Publication, vote

_LOG = logging.getLogger(__name__)

Image = npt.NDArray[np.uint8]

_MIN_PLATE_WIDTH_PX = 16
_MIN_CHARACTERS = 4
_SQUARE_PLATE = 1.7
_SIDE_MARGIN = 0.04
_MARGIN = (_SIDE_MARGIN, _SIDE_MARGIN)
_WIDER = (0.08, 0.12)
"""What is cut out of the picture where the signs alone are not read surely."""
_ASKEW_DEG = 3.0
"""From here on a plate is looked at straightened as well; below it makes no difference
to the network, which learned from plates that are a little askew."""
_TWO_LINES = 0.5
"""How sure the signs of two lines must be to be taken for more than halves of one."""
_ENOUGH, _LIKELY, _NEVER = 0.95, 0.5, 2.0
"""A read of this confidence, in the usual form, is not tried to be bettered: by a
second look, by a third, by the first."""
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

    def vote(
        self, reads: Sequence[PlateRead], rule: Publication | None = None
    ) -> PlateReading:
        """Return the reading that the reads of one track agree on."""
        shapes = [shape_of(read.box) for read in reads]
        return vote(reads, self._grammar.of_shape(median(shapes or [0.0])), rule)

    def _characters(self, image: Image, plate: PixelBox) -> Table:
        """Look in the likeliest way first, in others only when it is not enough."""
        grammar = self._grammar.of_shape(shape_of(plate))
        looks: list[Frames] = []
        table = NO_TABLE
        for needed, part in self._looks(image, plate):
            if _is_enough(table, grammar, needed):
                return table
            looks += self._recogniser.frames([lightened(part)])
            first = len(looks) == 1
            table = greedy(looks[0]) if first else spell(looks, grammar.weight)
        return self._of_two_lines(image, plate, table)

    def _looks(self, image: Image, plate: PixelBox) -> Iterator[tuple[float, Image]]:
        """Yield parts to look at, and how sure a text must be to spare the look.

        The second differs from the first as much as a cut of the plate can: what an
        edge or a small word does to the one it does not do to the other. A third only
        helps where the text is more likely wrong than right. More were tried to no
        avail.
        """
        skew = skew_of(cut(image, plate, _MARGIN)[0])
        level = _level(image, plate, skew, _MARGIN)
        yield _NEVER, _signs_of(level)
        yield _ENOUGH, _level(image, plate, skew, _WIDER)
        yield _LIKELY, _between_rows(level)

    def _of_two_lines(self, image: Image, plate: PixelBox, table: Table) -> Table:
        """Return what the two lines of a plate say, `table` if it has rather one."""
        grammar = self._grammar.of_shape(shape_of(plate))
        is_wide = plate.width_px >= _SQUARE_PLATE * plate.height_px
        if is_wide or _is_enough(table, grammar, _ENOUGH):
            return table
        lines = self._two_lines(image, plate)
        sure = lines.max(axis=1).min(initial=1.0) >= _TWO_LINES
        better = sure and _worth(lines, grammar) > _worth(table, grammar)
        return lines if better else table

    def _two_lines(self, image: Image, plate: PixelBox) -> Table:
        whole = cut(image, plate, _MARGIN)[0]
        middle = whole.shape[0] // 2
        halves = self._recogniser.frames([whole[:middle], whole[middle:]])
        return np.vstack([greedy(half) for half in halves])


def shape_of(plate: PixelBox) -> float:
    """Return width by height, 0 for a box without height."""
    return plate.width_px / plate.height_px if plate.height_px > 0 else 0.0


def _worth(table: Table, grammar: Grammar) -> float:
    if len(table) < _MIN_CHARACTERS:
        return 0.0
    read = CharacterRead(probabilities=table, box=_NOWHERE)
    return read.confidence * grammar.weight(read.text)


def _is_enough(table: Table, grammar: Grammar, needed: float) -> bool:
    if len(table) < _MIN_CHARACTERS:
        return False
    read = CharacterRead(probabilities=table, box=_NOWHERE)
    return read.confidence >= needed and grammar.conforms(read.text)


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
    recogniser = PlateRecogniser(threads, network, models)
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


def _level(
    image: Image, plate: PixelBox, skew: Skew, margin: tuple[float, float]
) -> Image:
    """Return a plate with a margin, straightened where it hangs askew."""
    if skew.largest_deg < _ASKEW_DEG:
        return cut(image, plate, margin)[0]
    return straightened(image, plate, skew, margin)


def _between_rows(level: Image) -> Image:
    """Return the rows of a level plate in which its large signs stand."""
    top, bottom = text_rows(level)
    height = level.shape[0]
    return level[int(top * height) : max(int(top * height) + 1, round(bottom * height))]


def _signs_of(level: Image) -> Image:
    """Return the part of a level plate in which its large signs stand."""
    band = _between_rows(level)
    left, right = text_columns(band)
    width = band.shape[1]
    return band[:, int(left * width) : max(int(left * width) + 1, round(right * width))]


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
