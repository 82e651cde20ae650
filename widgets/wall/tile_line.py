"""The one quiet line of a tile: number, name, clock of the frame, age.

The clock of a live picture counts seconds: thousandths that change 25 times a second
can be read by nobody and would be the only thing on the wall that flickers. A picture
that stands still shows them.
"""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from widgets import theme
from widgets.common import formatting, stamps
from widgets.wall.tile import Tile
from widgets.wall.tile_condition import Condition
from widgets.wall.tile_place import LINE_HEIGHT_PX

_MARGIN_PX: Final = 8
_TIMES_PX: Final = 112
"""Room for a clock with milliseconds and an age; figures are tabular."""
_LINES_KEPT: Final = 64


def line_stamp(tile: Tile, ratio: float, *, frozen: bool) -> QImage:
    """Return the line at the tile's width, in device pixels."""
    return _line(
        tile.number,
        tile.camera.name,
        _times(tile, frozen=frozen),
        tile.place(ratio).area.width(),
        "warn" if frozen else "quiet",
        theme.mode(),
        ratio,
    )


def _times(tile: Tile, *, frozen: bool) -> str:
    frame = tile.frame
    if frame is None or tile.condition is Condition.DISABLED:
        return ""
    if frozen:
        return f"◆ {formatting.clock_ms(frame.time.wall)}"
    if tile.condition is not Condition.SHOWING:
        return formatting.clock_ms(frame.time.wall)
    return tile.live_times


@lru_cache(_LINES_KEPT)
def _line(
    number: int,
    name: str,
    times: str,
    width_px: int,
    token: str,
    mode: theme.Mode,
    ratio: float,
) -> QImage:
    width = width_px / ratio
    room_px = max(0, int(width) - 2 * _MARGIN_PX - _TIMES_PX)
    title = f"{number}  {name}" if number <= 9 else name
    text = stamps.line_text(title, "text", mode, room_px, ratio)

    def paint(painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, theme.color("surface"))
        stamps.put(painter, QPointF(_MARGIN_PX, 3), text)
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        painter.setPen(theme.color(token))
        inner = area.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(inner, right, times)

    return stamps.in_device_px(stamps.draw(QSizeF(width, LINE_HEIGHT_PX), ratio, paint))
