"""How one tile is drawn. No state: everything comes from the tile.

Pictures, vehicles and the line are put down with a painter that counts device pixels,
so that nothing is resampled; what is seldom there is written in logical ones.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from widgets import theme
from widgets.common.overlay_paint import paint_boxes
from widgets.common.video_paint import lamp_stamp
from widgets.wall.tile import Tile
from widgets.wall.tile_condition import Condition
from widgets.wall.tile_line import line_stamp
from widgets.wall.tile_place import TilePlace

_LAMP_MARGIN_PX: Final = 8
_DIMMED: Final = 0.35
_PALE: Final = (Condition.OFFLINE, Condition.ENGINE_DOWN, Condition.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the person chose to see."""

    overlays: bool = True
    zones: bool = False
    frozen: bool = False
    ratio: float = 1.0


def has_picture(tile: Tile) -> bool:
    """Tell whether the tile shows a picture, even an old one."""
    return tile.frame is not None and tile.condition is not Condition.DISABLED


def paint_tile(painter: QPainter, tile: Tile, look: Look) -> None:
    """Draw line, picture and overlay; `painter` counts device pixels."""
    place = tile.place(look.ratio)
    if has_picture(tile):
        _paint_picture(painter, tile, place)
        if tile.condition is Condition.SHOWING:
            _paint_over(painter, tile, place, look)
    else:
        painter.fillRect(place.area, theme.color("video_ground"))
    line = line_stamp(tile, look.ratio, frozen=look.frozen)
    painter.drawImage(place.area.left(), place.area.top(), line)


def paint_words(painter: QPainter, tile: Tile, *, current: bool) -> None:
    """Say what is wrong and where the keys go; `painter` counts logical pixels."""
    if tile.sentence:
        _paint_sentence(painter, tile, over_picture=has_picture(tile))
    if current:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), theme.FOCUS_RING_PX))
        painter.drawRect(tile.area.adjusted(1, 1, -1, -1))


def _paint_picture(painter: QPainter, tile: Tile, place: TilePlace) -> None:
    for bar in place.bars:
        painter.fillRect(bar, theme.color("video_ground"))
    picture = place.picture
    pale = tile.condition in _PALE
    if pale:
        painter.fillRect(picture, theme.color("video_ground"))
        painter.setOpacity(_DIMMED)
    if place.exact:
        painter.drawImage(picture.left(), picture.top(), tile.image)
    else:
        painter.drawImage(picture, tile.image)
    if pale:
        painter.setOpacity(1.0)


def _paint_over(painter: QPainter, tile: Tile, place: TilePlace, look: Look) -> None:
    frame, picture = tile.frame, place.picture
    if frame is None:
        return
    if look.zones and tile.zones:
        zones = tile.zones.image(place, frame.source_width_px)
        painter.drawImage(picture.left(), picture.top(), zones)
    if not look.overlays:
        return
    paint_boxes(painter, frame.overlay.boxes, place.map)
    if frame.overlay.lamp is not None:
        lamp = lamp_stamp(frame.overlay.lamp, look.ratio)
        margin = round(_LAMP_MARGIN_PX * look.ratio)
        left = picture.left() + picture.width() - lamp.width() - margin
        painter.drawImage(left, picture.top() + margin, lamp)


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
