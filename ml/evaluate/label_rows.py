"""Rows of a YOLO label file, as people's tools write them."""

import math
from dataclasses import dataclass
from pathlib import Path

_MOST_BYTES = 4 << 20
_SLACK = 0.5
"""How far outside the picture a tool may draw, as a share of it."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A class column and the upright box, in shares of the picture, within it."""

    column: int
    corners: tuple[float, float, float, float]


def rows_in(path: Path) -> tuple[list[LabelRow], int]:
    """Return the rows of a label file, and how many could not be understood.

    A row is `class cx cy w h`, the same with a score behind it, or a polygon `class x1
    y1 x2 y2 ...` of at least three corners, which becomes its upright hull. A file that
    is missing has no rows; one that cannot be read is one broken row.
    """
    if not path.is_file():
        return [], 0
    try:
        with path.open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return [], 1
    lines = [line for line in text.splitlines() if line.strip()]
    rows = [row for line in lines if (row := _row(line)) is not None]
    return rows, len(lines) - len(rows)


def _row(line: str) -> LabelRow | None:
    try:
        column, *numbers = (float(part) for part in line.replace(",", " ").split())
    except ValueError:
        return None
    if not all(map(math.isfinite, (column, *numbers))):
        return None
    if column < 0 or column != int(column):
        return None
    corners = _corners(numbers)
    if corners is None or not all(-_SLACK <= c <= 1 + _SLACK for c in corners):
        return None
    left, top, right, bottom = (min(1.0, max(0.0, c)) for c in corners)
    if right <= left or bottom <= top:
        return None
    return LabelRow(int(column), (left, top, right, bottom))


def _corners(numbers: list[float]) -> tuple[float, float, float, float] | None:
    if len(numbers) in {4, 5}:
        cx, cy, w, h = numbers[:4]
        return cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    xs, ys = numbers[0::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)
