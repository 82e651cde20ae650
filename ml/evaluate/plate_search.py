"""Finds and reads plates anywhere in a picture, not only on a known vehicle."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from ml.plate.locator import SeenPlate
from ml.plate.reader import TrackPlateReader, cut
from ml.plate.reads import CharacterRead
from ml.train.labels import iou_matrix

Image = npt.NDArray[np.uint8]

_SAME_IOU = 0.3
_EDGE_PX = 4.0
_SURE = 0.3
"""How surely a plate is read where no other is searched for, ..."""
_PLAIN = 0.5
"""... or how plainly it is seen: then its text is worn, and no other is to be found.
Badges and lamps that are taken for plates stay below it in the whole picture."""
_ABOUT = 3.0
"""The part of the picture that is looked at closely around a plate, in its widths."""
_LEAST_SIDE_PX = 96.0
_LARGE_PX = 1536
"""Pictures with a longer side have more detail than the locator's fine canvas takes."""
_PART = 0.6
"""Windows on those, a share of their sides; neighbours overlap by a third of it."""


@dataclass(frozen=True, slots=True)
class FoundPlate:
    """Where a plate is, and what is read there, None without a text."""

    box: PixelBox
    read: CharacterRead | None

    @property
    def worth(self) -> tuple[float, float]:
        """Which of two that lie at one place is kept: surer, then larger."""
        confidence = 0.0 if self.read is None else self.read.confidence
        return confidence, self.box.width_px * self.box.height_px


def find_plates(image: Image, reader: TrackPlateReader) -> list[FoundPlate]:
    """Return the plates in a BGR picture, surest first.

    The reader's locator looks at the whole picture, and closely at what it finds; only
    while no plate is plain it looks again, with all the detail that the picture has.
    """
    found: list[FoundPlate] = []
    for seen in _looks(image, reader):
        plain = False
        for plate in seen:
            known = next((k for k in found if _are_one(k.box, plate.box)), None)
            if known is None:
                known = _read(image, reader, _closely(image, reader, plate.box))
                found.append(known)
            plain = plain or _is_plain(plate, known)
        if plain:
            break
    return _distinct(found)


def _looks(image: Image, reader: TrackPlateReader) -> Iterator[list[SeenPlate]]:
    """Yield what is seen in the whole picture, in finer detail, and in its parts."""
    yield reader.locator.locate_all(image)
    yield reader.locator.locate_all(image, fine=True)
    if max(image.shape[:2]) >= _LARGE_PX:
        yield [
            plate
            for window in windows(image.shape, _PART)
            for plate in _seen_in(image, reader, window)
        ]


def _is_plain(seen: SeenPlate, found: FoundPlate) -> bool:
    """Tell whether a plate was read surely, or is seen plainly and has a text."""
    if found.read is None:
        return False
    return found.read.confidence >= _SURE or seen.score >= _PLAIN


def _closely(image: Image, reader: TrackPlateReader, rough: PixelBox) -> PixelBox:
    """Return the box of a plate as it is seen from near, `rough` if it is not."""
    x = (rough.left_px + rough.right_px) / 2
    y = (rough.top_px + rough.bottom_px) / 2
    half = max(_LEAST_SIDE_PX, rough.width_px * _ABOUT) / 2
    near = _located(image, reader, PixelBox(x - half, y - half, x + half, y + half))
    return near if near is not None and _are_one(near, rough) else rough


def windows(shape: tuple[int, ...], part: float) -> Iterator[PixelBox]:
    """Yield four windows at the corners of a picture, of `part` of its sides each.

    From a half on they cover it.
    """
    height, width = shape[:2]
    for top in (0.0, height * (1 - part)):
        for left in (0.0, width * (1 - part)):
            yield PixelBox(left, top, left + width * part, top + height * part)


def _seen_in(
    image: Image, reader: TrackPlateReader, window: PixelBox
) -> Iterator[SeenPlate]:
    part, left, top = cut(image, window, (0.0, 0.0))
    for plate in reader.locator.locate_all(part, fine=True):
        if not _is_cut_off(plate.box, part.shape, (left, top), image.shape):
            yield SeenPlate(_moved(plate.box, left, top), plate.score)


def _read(image: Image, reader: TrackPlateReader, box: PixelBox) -> FoundPlate:
    return FoundPlate(box, reader.read_at(image, box))


def _located(
    image: Image, reader: TrackPlateReader, place: PixelBox
) -> PixelBox | None:
    part, left, top = cut(image, place, (0.0, 0.0))
    box = reader.locator.locate(part)
    if box is None or _is_cut_off(box, part.shape, (left, top), image.shape):
        return None
    return _moved(box, left, top)


def _moved(box: PixelBox, right_px: float, down_px: float) -> PixelBox:
    return PixelBox(
        box.left_px + right_px,
        box.top_px + down_px,
        box.right_px + right_px,
        box.bottom_px + down_px,
    )


def _is_cut_off(
    box: PixelBox,
    part: tuple[int, ...],
    corner: tuple[int, int],
    whole: tuple[int, ...],
) -> bool:
    """Tell whether a plate ends at a window's edge that is none of the picture's.

    Another window sees the rest of it, too.
    """
    inner_right = corner[0] + part[1] < whole[1]
    inner_bottom = corner[1] + part[0] < whole[0]
    return (
        (corner[0] > 0 and box.left_px < _EDGE_PX)
        or (corner[1] > 0 and box.top_px < _EDGE_PX)
        or (inner_right and box.right_px > part[1] - _EDGE_PX)
        or (inner_bottom and box.bottom_px > part[0] - _EDGE_PX)
    )


def _distinct(found: list[FoundPlate]) -> list[FoundPlate]:
    kept: list[FoundPlate] = []
    for plate in sorted(found, key=lambda plate: plate.worth, reverse=True):
        if not any(_are_one(plate.box, other.box) for other in kept):
            kept.append(plate)
    return kept


def _are_one(one: PixelBox, two: PixelBox) -> bool:
    return overlap(one, two) >= _SAME_IOU


def overlap(one: PixelBox, two: PixelBox) -> float:
    """Return the intersection over union of two boxes."""
    rows = [
        np.array([[b.left_px, b.top_px, b.right_px, b.bottom_px]], np.float32)
        for b in (one, two)
    ]
    return float(iou_matrix(*rows)[0, 0])
