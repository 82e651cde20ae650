"""Finds and reads plates anywhere in a picture, not only on a known vehicle."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from ml.plate.reader import TrackPlateReader, cut
from ml.plate.reads import CharacterRead
from ml.train.labels import iou_matrix

Image = npt.NDArray[np.uint8]

_SAME_IOU = 0.3
_NEARLY_IOU = 0.8
_EDGE_PX = 4.0
_SURE = 0.3
_ABOUT = 3.0
"""The part of the picture that is looked at closely around a plate, in its widths."""
_LEAST_SIDE_PX = 96.0
_LEVELS = ((2, 0.25), (3, 0.4), (5, 0.4))
"""Windows: their side as a part of the picture's longer side, and their overlap."""


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

    The reader's locator looks at the whole picture, and closely at what it finds; at
    ever smaller parts only while no plate is read surely: plates far away.
    """
    rough = reader.locator.locate_all(image)
    found = [_read(image, reader, _closely(image, reader, box)) for box in rough]
    for parts, shared in _LEVELS:
        if any(plate.worth[0] >= _SURE for plate in found):
            break
        found += _seen(image, reader, [*windows(image.shape, parts, shared)])
    return _distinct(found)


def _closely(image: Image, reader: TrackPlateReader, rough: PixelBox) -> PixelBox:
    """Return the box of a plate as it is seen from near, `rough` if it is not."""
    x = (rough.left_px + rough.right_px) / 2
    y = (rough.top_px + rough.bottom_px) / 2
    half = max(_LEAST_SIDE_PX, rough.width_px * _ABOUT) / 2
    near = _located(image, reader, PixelBox(x - half, y - half, x + half, y + half))
    return rough if near is None or overlap(near, rough) < _SAME_IOU else near


def windows(shape: tuple[int, ...], parts: int, shared: float) -> Iterator[PixelBox]:
    """Yield square windows over a picture, of 1/`parts` of its longer side.

    Neighbours share at least the part `shared` of their side.
    """
    height, width = shape[:2]
    side = max(height, width) / parts
    for top in _starts(height, side, shared):
        for left in _starts(width, side, shared):
            right, bottom = min(width, left + side), min(height, top + side)
            yield PixelBox(left, top, right, bottom)


def _starts(length: int, side: float, shared: float) -> list[float]:
    if length <= side:
        return [0.0]
    count = int(np.ceil((length - side) / (side * (1 - shared)))) + 1
    return [float(start) for start in np.linspace(0, length - side, count)]


def _seen(
    image: Image, reader: TrackPlateReader, places: list[PixelBox]
) -> list[FoundPlate]:
    boxes = [box for place in places if (box := _located(image, reader, place))]
    return [_read(image, reader, box) for box in _apart(boxes)]


def _read(image: Image, reader: TrackPlateReader, box: PixelBox) -> FoundPlate:
    return FoundPlate(box, reader.read_at(image, box))


def _located(
    image: Image, reader: TrackPlateReader, place: PixelBox
) -> PixelBox | None:
    part, left, top = cut(image, place, (0.0, 0.0))
    box = reader.locator.locate(part)
    if box is None or _is_cut_off(box, part.shape, (left, top), image.shape):
        return None
    return PixelBox(
        box.left_px + left,
        box.top_px + top,
        box.right_px + left,
        box.bottom_px + top,
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


def _apart(boxes: list[PixelBox]) -> list[PixelBox]:
    """Of boxes that are nearly the same, keep that of the smallest window."""
    kept: list[PixelBox] = []
    for box in reversed(boxes):
        if all(overlap(box, other) < _NEARLY_IOU for other in kept):
            kept.append(box)
    return kept


def _distinct(found: list[FoundPlate]) -> list[FoundPlate]:
    kept: list[FoundPlate] = []
    for plate in sorted(found, key=lambda plate: plate.worth, reverse=True):
        if all(overlap(plate.box, other.box) < _SAME_IOU for other in kept):
            kept.append(plate)
    return kept


def overlap(one: PixelBox, two: PixelBox) -> float:
    """Return the intersection over union of two boxes."""
    rows = [
        np.array([[b.left_px, b.top_px, b.right_px, b.bottom_px]], np.float32)
        for b in (one, two)
    ]
    return float(iou_matrix(*rows)[0, 0])
