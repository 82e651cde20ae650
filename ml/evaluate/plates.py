"""Measures the plate stage on pictures whose plates people have read."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox
from app.ports import Progress
from ml.evaluate.plate_labels import PlateLabel, PlateTable, normal
from ml.evaluate.plate_search import FoundPlate, find_plates, overlap
from ml.plate.grammar import ALPHABET
from ml.plate.locator import canvas_hw
from ml.plate.reader import TrackPlateReader, cut
from ml.plate.vote import Publication

Image = npt.NDArray[np.uint8]

_SAME_IOU = 0.5
_SAME_PLATE_IOU = 0.2
"""From here a found box is about that plate; `located` asks for more."""
_MARGIN = 0.03
_FOLDED = str.maketrans("OI", "01")
# One picture is one witness; over a track two must agree.
_ONE_PICTURE = Publication(min_agreeing=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFigures:
    """Right texts: `exact` is a share; `error_rate` wrong characters by true ones.

    Insertions, deletions and substitutions count (Levenshtein); a plate that is not
    read has all its characters wrong. `folded`: O is 0 and I is 1.
    """

    plate_count: int
    exact: float
    error_rate: float
    exact_folded: float
    error_rate_folded: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRow:
    """One labelled plate and what became of it; None where there is nothing."""

    image: str
    plate: str
    located: bool
    found: bool
    read: str | None
    confidence: float | None
    published: str | None
    recognised: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateEvaluation:
    """What the plate stage is worth on a set of pictures.

    `located`: of the plates with a box those found with IoU 0.5, of others those in
    whose picture a plate was found. `reading` is the whole way, picture to text;
    `recognition` reads the true boxes, None without boxes. `published` is the share
    published, `published_precision` how many of these are exactly right, None without
    any. `unlabelled_published` are published where nothing is labelled: other plates,
    or none. `median_ms` and `mean_ms` are the time of a picture, wall-clock, without
    decoding and without the compiling of networks.
    """

    picture_count: int
    plate_count: int
    located: float
    found: float
    reading: TextFigures
    recognition: TextFigures | None
    published: float
    published_precision: float | None
    unlabelled_published: int
    median_ms: float
    mean_ms: float
    missing_pictures: int
    broken_pictures: int
    broken_rows: int
    country: str
    rows: tuple[PlateRow, ...]


@dataclass(slots=True)
class _Ledger:
    """What is collected over the pictures."""

    rows: list[PlateRow] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    elsewhere: int = 0
    broken: int = 0


def evaluate_plates(
    reader: TrackPlateReader,
    table: PlateTable,
    *,
    most: int | None = None,
    crops: bool = False,
    progress: Progress | None = None,
) -> PlateEvaluation:
    """Read the pictures of a table and compare; the first `most` of them.

    `crops`: every picture is one plate and nothing else. ConfigurationInvalid when no
    picture can be read.
    """
    ledger = _Ledger()
    compiled: set[tuple[int, int]] = set()
    pictures = list(table.pictures.items())[:most]
    for number, (path, labels) in enumerate(pictures):
        if progress is not None:
            progress(path.name, number / len(pictures))
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            ledger.broken += 1
            continue
        if not crops and (canvas := canvas_hw(image.shape)) not in compiled:
            compiled.add(canvas)
            _compile(reader, np.asarray(image, np.uint8))
        _take(ledger, reader, path, np.asarray(image, np.uint8), labels, crops=crops)
    if not ledger.times_s:
        raise ConfigurationInvalid("None of the pictures of the table can be read.")
    return _evaluation(ledger, table, reader.grammar.country)


def _compile(reader: TrackPlateReader, image: Image) -> None:
    """Have all networks compiled for pictures like this one, before time is taken."""
    reader.locator.locate(image)
    for fine in (False, True):
        reader.locator.locate_all(image, fine=fine)


def _take(
    ledger: _Ledger,
    reader: TrackPlateReader,
    path: Path,
    image: Image,
    labels: Sequence[PlateLabel],
    *,
    crops: bool,
) -> None:
    begin = time.perf_counter()
    if crops:
        everything = PixelBox(0, 0, image.shape[1], image.shape[0])
        found = [FoundPlate(everything, reader.read_at(image, everything))]
    else:
        found = find_plates(image, reader)
    ledger.times_s.append(time.perf_counter() - begin)
    texts = [_voted(plate, reader) for plate in found]
    partners = _partners(labels, found, [text.best for text in texts])
    for number, label in enumerate(labels):
        partner = partners.get(number)
        text = _Text() if partner is None else texts[partner]
        ledger.rows.append(
            PlateRow(
                image=path.name,
                plate=label.text,
                located=partner is not None and _is_located(label, found[partner]),
                found=partner is not None,
                read=text.best,
                confidence=text.confidence,
                published=text.published,
                recognised=_recognised(reader, image, label),
            )
        )
    others = set(range(len(found))) - set(partners.values())
    ledger.elsewhere += sum(texts[number].published is not None for number in others)


@dataclass(frozen=True, slots=True)
class _Text:
    best: str | None = None
    confidence: float | None = None
    published: str | None = None


def _voted(plate: FoundPlate, reader: TrackPlateReader) -> _Text:
    if plate.read is None:
        return _Text()
    reading = reader.vote([plate.read], _ONE_PICTURE)
    if not reading.alternatives:
        return _Text(plate.read.text, plate.read.confidence)
    return _Text(
        normal(reading.alternatives[0].text),
        reading.confidence,
        None if reading.text is None else normal(reading.text),
    )


def _recognised(
    reader: TrackPlateReader, image: Image, label: PlateLabel
) -> str | None:
    if label.box is None:
        return None
    crop = cut(image, label.box, (_MARGIN, _MARGIN))[0]
    characters = reader.recogniser.read(crop).argmax(axis=1)
    return "".join(ALPHABET[i] for i in characters)


def _partners(
    labels: Sequence[PlateLabel],
    found: Sequence[FoundPlate],
    texts: Sequence[str | None],
) -> dict[int, int]:
    """Give each label at most one found plate: by place, or else by likeness."""
    cost = np.full((len(labels), len(found)), 2.0)
    for i, label in enumerate(labels):
        for j, plate in enumerate(found):
            if label.box is None:
                cost[i, j] = _unlikeness(label.text, texts[j] or "")
            elif (iou := overlap(label.box, plate.box)) >= _SAME_PLATE_IOU:
                cost[i, j] = 1 - iou
    rows, columns = linear_sum_assignment(cost)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {i: j for i, j in pairs if cost[i, j] < 2.0}


def _is_located(label: PlateLabel, plate: FoundPlate) -> bool:
    return label.box is None or overlap(label.box, plate.box) >= _SAME_IOU


def _unlikeness(one: str, two: str) -> float:
    return edits(one, two) / max(1, len(one), len(two))


def edits(one: str, two: str) -> int:
    """Return the Levenshtein distance of two texts."""
    before = list(range(len(two) + 1))
    for i, sign in enumerate(one, 1):
        now = [i]
        for j, other in enumerate(two, 1):
            change = before[j - 1] + (sign != other)
            now.append(min(change, before[j] + 1, now[-1] + 1))
        before = now
    return before[-1]


def _evaluation(ledger: _Ledger, table: PlateTable, country: str) -> PlateEvaluation:
    rows = ledger.rows
    named = [row for row in rows if row.plate]
    published = [row for row in named if row.published is not None]
    right = sum(row.published == row.plate for row in published)
    recognised = [row for row in named if row.recognised is not None]
    return PlateEvaluation(
        picture_count=len(ledger.times_s),
        plate_count=len(rows),
        located=sum(row.located for row in rows) / max(1, len(rows)),
        found=sum(row.found for row in rows) / max(1, len(rows)),
        reading=_figures({n: (r.plate, r.read or "") for n, r in enumerate(named)}),
        recognition=_figures(
            {n: (r.plate, r.recognised or "") for n, r in enumerate(recognised)}
        )
        if recognised
        else None,
        published=len(published) / max(1, len(named)),
        published_precision=right / len(published) if published else None,
        unlabelled_published=ledger.elsewhere,
        median_ms=float(np.median(ledger.times_s) * 1000),
        mean_ms=float(np.mean(ledger.times_s) * 1000),
        missing_pictures=table.missing_pictures,
        broken_pictures=ledger.broken,
        broken_rows=table.broken_rows,
        country=country,
        rows=tuple(rows),
    )


def _figures(pairs: Mapping[int, tuple[str, str]]) -> TextFigures:
    plain = list(pairs.values())
    folded = [(a.translate(_FOLDED), b.translate(_FOLDED)) for a, b in plain]
    return TextFigures(
        plate_count=len(plain),
        exact=_exact(plain),
        error_rate=_error_rate(plain),
        exact_folded=_exact(folded),
        error_rate_folded=_error_rate(folded),
    )


def _exact(pairs: Sequence[tuple[str, str]]) -> float:
    return sum(true == read for true, read in pairs) / max(1, len(pairs))


def _error_rate(pairs: Sequence[tuple[str, str]]) -> float:
    wrong = sum(edits(true, read) for true, read in pairs)
    return wrong / max(1, sum(len(true) for true, _ in pairs))


def summary(result: PlateEvaluation) -> str:
    """Return the figures as lines of text."""
    lines = [
        f"{result.plate_count} plates in {result.picture_count} pictures, grammar "
        f"{result.country}, {result.median_ms:.0f} ms a picture in the median, "
        f"{result.mean_ms:.0f} ms in the mean",
        f"located             {result.located:6.1%}  loosely {result.found:.1%}",
        _line("read, whole way", result.reading),
    ]
    if result.recognition is not None:
        lines.append(_line("read, true box", result.recognition))
    right = result.published_precision
    lines.append(
        f"published           {result.published:6.1%}  right of these "
        + ("-" if right is None else f"{right:.1%}")
        + f"  at no label {result.unlabelled_published}"
    )
    return "\n".join(lines)


def _line(name: str, figures: TextFigures) -> str:
    return (
        f"{name:20}{figures.exact:6.1%}  characters wrong {figures.error_rate:.1%}; "
        f"with O/0 and I/1 alike {figures.exact_folded:.1%} and "
        f"{figures.error_rate_folded:.1%}"
    )
