"""How one tile is drawn. No state: everything comes from the tile."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from widgets import theme
from widgets.common import formatting, stamps
from widgets.common.video_paint import LAMP_SIZE, paint_lamp, paint_overlay
from widgets.wall.tile import LINE_HEIGHT_PX, Tile
from widgets.wall.tile_condition import Condition

_MARGIN_PX: Final = 8
_TIMES_PX: Final = 148
"""Room for a clock with milliseconds and an age; figures are tabular."""
_DIMMED: Final = 0.35
_PALE: Final = (Condition.OFFLINE, Condition.ENGINE_DOWN, Condition.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the person chose to see."""

    overlays: bool = True
    zones: bool = False
    frozen: bool = False
    ratio: float = 1.0


def paint_tile(
    painter: QPainter, tile: Tile, look: Look, *, number: int, current: bool
) -> None:
    """Draw line, picture, overlay and whatever the tile has to say."""
    shown = not tile.image.isNull() and tile.condition is not Condition.DISABLED
    if shown:
        _paint_bars(painter, QRectF(tile.picture_area), tile.target(look.ratio))
        _paint_picture(painter, tile, look)
    else:
        painter.fillRect(tile.area, theme.color("video_ground"))
    if tile.sentence:
        _paint_sentence(painter, tile, over_picture=shown)
    _paint_line(painter, tile, look, number)
    if current:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), theme.FOCUS_RING_PX))
        painter.drawRect(tile.area.adjusted(1, 1, -1, -1))


def _paint_bars(painter: QPainter, room: QRectF, picture: QRectF) -> None:
    """Fill what the picture leaves free, above and below or on both sides."""
    ground = theme.color("video_ground")
    if picture.height() < room.height():
        above = QRectF(room.topLeft(), QPointF(room.right(), picture.top() + 1))
        below = QRectF(QPointF(room.left(), picture.bottom() - 1), room.bottomRight())
        painter.fillRect(above, ground)
        painter.fillRect(below, ground)
    if picture.width() < room.width():
        left = QRectF(room.topLeft(), QPointF(picture.left() + 1, room.bottom()))
        right = QRectF(QPointF(picture.right() - 1, room.top()), room.bottomRight())
        painter.fillRect(left, ground)
        painter.fillRect(right, ground)


def _paint_picture(painter: QPainter, tile: Tile, look: Look) -> None:
    frame = tile.frame
    if frame is None:
        return
    target = tile.target(look.ratio)
    if tile.condition in _PALE:
        painter.setOpacity(_DIMMED)
    tile.image.setDevicePixelRatio(look.ratio)
    unscaled = abs(target.width() * look.ratio - tile.image.width()) < 1
    if unscaled:
        painter.drawImage(target.topLeft(), tile.image)
    else:
        painter.drawImage(target, tile.image)
    painter.setOpacity(1.0)
    painter.save()
    painter.setClipRect(target)
    picture = tile.picture_map(look.ratio)
    showing = tile.condition is Condition.SHOWING
    if showing and look.zones and tile.zones:
        tile.zones.paint(painter, picture, frame.source_width_px)
    if showing and look.overlays:
        paint_overlay(painter, frame.overlay, picture, target)
        if frame.overlay.lamp is not None:
            corner = QPointF(
                target.right() - LAMP_SIZE.width() - _MARGIN_PX,
                target.top() + _MARGIN_PX,
            )
            paint_lamp(painter, frame.overlay.lamp, corner)
    painter.restore()


def _paint_sentence(painter: QPainter, tile: Tile, *, over_picture: bool) -> None:
    """Say what is wrong in the middle; a picture below it is an old one."""
    state = tile.condition.state
    painter.setFont(theme.font(theme.FONT_PX, strong=state is not theme.State.INFO))
    text = f"{state.glyph} {tile.sentence}"
    metrics = QFontMetricsF(painter.font())
    room = QRectF(tile.picture_area)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() - 32)
    cause, cause_width = _cause(tile, room.width() - 32)
    width = max(metrics.horizontalAdvance(text), cause_width) + 24
    plate = QRectF(0, 0, width, 52 if cause else 32)
    plate.moveCenter(room.center())
    if over_picture:
        painter.fillRect(plate, theme.color("video_plate"))
    token = {"alarm": "video_alarm", "warn": "video_warn"}.get(
        state.value.token, "video_quiet"
    )
    painter.setPen(theme.color(token))
    upper = QRectF(plate.left(), plate.top(), plate.width(), 32)
    painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, text)
    if cause:
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        painter.setPen(theme.color("video_quiet"))
        lower = QRectF(plate.left(), plate.top() + 26, plate.width(), 20)
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, cause)


def _cause(tile: Tile, room_px: float) -> tuple[str, float]:
    """Return the second line, cut to the room there is, and its width."""
    metrics = QFontMetricsF(theme.font(theme.FONT_SMALL_PX))
    text = metrics.elidedText(tile.cause, Qt.TextElideMode.ElideRight, room_px)
    return text, metrics.horizontalAdvance(text)


def _paint_line(painter: QPainter, tile: Tile, look: Look, number: int) -> None:
    """Draw the one quiet line: number, name, clock of the frame, age."""
    line = QRectF(tile.area.left(), tile.area.top(), tile.area.width(), LINE_HEIGHT_PX)
    painter.fillRect(line, theme.color("surface"))
    inner = line.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    painter.setPen(theme.color("warn" if look.frozen else "quiet"))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, _times(tile, look))
    name = f"{number}  {tile.camera.name}" if number <= 9 else tile.camera.name
    room_px = max(0, int(inner.width()) - _TIMES_PX)
    stamp = stamps.line_text(name, "text", theme.mode(), room_px, look.ratio)
    stamps.put(painter, inner.topLeft() + QPointF(0, 3), stamp)


def _times(tile: Tile, look: Look) -> str:
    frame = tile.frame
    if frame is None or tile.condition is Condition.DISABLED:
        return ""
    clock = formatting.clock_ms(frame.time.wall)
    if look.frozen:
        return f"◆ {clock}"
    if tile.condition is not Condition.SHOWING:
        return clock
    return f"{clock} · {formatting.number(tile.age_ms, 0, 'ms')}"
