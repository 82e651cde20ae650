"""The boxes around vehicles as ready pixels.

A box is four edges in two tints with proper corners; drawn by Qt's stroker that takes
longer than showing the picture below it. So a small box is a stamp that is kept by its
size, and a large one four strips cut out of longer ones. Sizes are device pixels.
"""

from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.domain.vehicle import VehicleClass
from widgets import theme

EDGE_PX: Final = 4
"""Logical width of an edge: a line of 2 px with a casing of 1 px on each side."""
DASH_PX: Final = 8
SPACE_PX: Final = 6
LEAST_PX: Final = 9
"""Logical size of the smallest box: two edges and something between them."""
_MARK_PX: Final = (14, 8)
_STAMPS_KEPT: Final = 4096
LARGEST_STAMP_PX: Final = 8192
"""Area of the largest box that is kept: 32 kB, and most are a third of that."""
_LONGEST_PX: Final = 5136
"""Longer than a screen is wide; no power of two, whose rows would share cache sets."""


class BoxFrame:
    """Draws upright boxes of one tint, with the small mark of one vehicle class.

    Four strips, each cut so that its own end is a proper corner.
    """

    __slots__ = ("_down", "_edge_px", "_joint_px", "_lower", "_mark_px", "_upper")

    def __init__(
        self, vehicle: VehicleClass, tint: str, *, dashed: bool, unit: int
    ) -> None:
        """Draw the strips; `tint` is a token, `unit` the width of the casing."""
        self._edge_px, self._joint_px = EDGE_PX * unit, (EDGE_PX - 1) * unit
        self._mark_px = _MARK_PX[1] * unit
        self._upper = _upper(tint, dashed, unit)
        self._down = _down(tint, dashed, unit)
        self._lower = _lower(vehicle, tint, dashed, unit)

    def paint(
        self, painter: QPainter, left: int, top: int, right: int, bottom: int
    ) -> None:
        """Draw a box by its outer edges; it must be as large as the mark."""
        edge, mark, down = self._edge_px, self._mark_px, self._down
        width, joint = right - left, top + self._joint_px
        height = bottom - joint
        start = _LONGEST_PX - height
        # By integers: Qt's other forms make a point and a rectangle for every call.
        draw = painter.drawImage
        draw(left, top, self._upper, 0, 0, width, edge)
        draw(left, joint, down, 0, 0, edge, height)
        draw(left, bottom - mark, self._lower, 0, 0, width, mark)
        draw(right - edge, joint, down, 0, start, edge, height)


def unit_px(ratio: float) -> int:
    """Return the width of a casing in device pixels."""
    return max(1, round(ratio))


@lru_cache(_STAMPS_KEPT)
def box_stamp(
    width: int,
    height: int,
    vehicle: VehicleClass,
    violating: bool,
    predicted: bool,
    ratio: float,
) -> QImage:
    """Return a box of this outer size, empty inside."""
    kind = QImage.Format.Format_ARGB32_Premultiplied
    image = _blank(width, height, kind, QColor(Qt.GlobalColor.transparent))
    painter = QPainter(image)
    box_frame(vehicle, violating, predicted, ratio).paint(painter, 0, 0, width, height)
    painter.end()
    return image


@cache
def box_frame(
    vehicle: VehicleClass, violating: bool, predicted: bool, ratio: float
) -> BoxFrame:
    """Return the frame of a vehicle: alarm tint when violating, dashed if predicted."""
    tint = "video_alarm" if violating else "video_line"
    return BoxFrame(vehicle, tint, dashed=predicted, unit=unit_px(ratio))


@cache
def _upper(tint: str, dashed: bool, unit: int) -> QImage:
    """Return an upper edge whose left end is a corner."""
    image = _blank(_LONGEST_PX, EDGE_PX * unit, QImage.Format.Format_RGB32, casing())
    painter, ink = QPainter(image), theme.color(tint)
    for start, length in _strokes(_LONGEST_PX - unit, dashed, unit):
        painter.fillRect(unit + start, unit, length, 2 * unit, ink)
    painter.fillRect(unit, unit, 2 * unit, 3 * unit, ink)
    painter.end()
    return image


@cache
def _down(tint: str, dashed: bool, unit: int) -> QImage:
    """Return an upright edge whose lower end is the corner on the right."""
    image = _blank(EDGE_PX * unit, _LONGEST_PX, QImage.Format.Format_RGB32, casing())
    painter, ink = QPainter(image), theme.color(tint)
    for start, length in _strokes(_LONGEST_PX - unit, dashed, unit):
        painter.fillRect(unit, start, 2 * unit, length, ink)
    painter.fillRect(0, _LONGEST_PX - 3 * unit, 3 * unit, 2 * unit, ink)
    painter.end()
    return image


@cache
def _lower(vehicle: VehicleClass, tint: str, dashed: bool, unit: int) -> QImage:
    """Return a lower edge whose left end is a corner with the class's mark."""
    mark_width, height = (side * unit for side in _MARK_PX)
    kind = QImage.Format.Format_ARGB32_Premultiplied
    image = _blank(_LONGEST_PX, height, kind, QColor(Qt.GlobalColor.transparent))
    painter, ink = QPainter(image), theme.color(tint)
    top = height - EDGE_PX * unit
    painter.fillRect(0, top, _LONGEST_PX, EDGE_PX * unit, casing())
    for start, length in _strokes(_LONGEST_PX - unit, dashed, unit):
        painter.fillRect(unit + start, top + unit, length, 2 * unit, ink)
    mark = QRect(0, 0, mark_width, height)
    painter.fillRect(mark, casing())
    color = theme.color(f"class_{vehicle.name.lower()}")
    painter.fillRect(mark.adjusted(unit, unit, -unit, -unit), color)
    painter.end()
    return image


def _strokes(length: int, dashed: bool, unit: int) -> list[tuple[int, int]]:
    """Return starts and lengths of what is drawn of a line."""
    if not dashed:
        return [(0, length)]
    dash, period = DASH_PX * unit, (DASH_PX + SPACE_PX) * unit
    return [(start, min(dash, length - start)) for start in range(0, length, period)]


def casing() -> QColor:
    """Return the dark edge, opaque: blending costs twice as much as copying."""
    color = theme.color("casing")
    color.setAlpha(255)
    return color


def _blank(width: int, height: int, kind: QImage.Format, ground: QColor) -> QImage:
    image = QImage(width, height, kind)
    image.fill(ground)
    return image
