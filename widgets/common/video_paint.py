"""How lines, plates and lamps over video are drawn; vehicles are in `overlay_paint`.

Lines are 2 px with a dark casing of 1 px on each side, so that they read on snow and
at night. Text stands on a dark plate. Nothing here keeps state.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Final

from PySide6.QtCore import QLocale, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from app.config.camera import CameraConfiguration
from app.domain.geometry import PixelPoint
from app.domain.signal import LampPhase
from widgets import theme
from widgets.common import stamps
from widgets.common.picture_map import PictureMap
from widgets.common.words import phase_name

LINE_PX: Final = 2.0
CASING_PX: Final = 4.0
TAG_PX: Final = 16.0
LAMP_SIZE: Final = QSizeF(38, 46)
_DASH_PX: Final = 8
_SPACE_PX: Final = 6
_LAMPS: Final = (LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN)


def cased_polyline(
    painter: QPainter,
    points: Sequence[QPointF],
    tint: QColor,
    *,
    dashed: bool = False,
    closed: bool = False,
) -> None:
    """Draw a line through `points` that reads on any picture."""
    shape = QPolygonF(list(points))
    draw = painter.drawPolygon if closed else painter.drawPolyline
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_ink("casing"), CASING_PX, dashed=False))
    draw(shape)
    painter.setPen(_pen(tint, LINE_PX, dashed=dashed))
    draw(shape)


def cased_rect(
    painter: QPainter, area: QRectF, tint: QColor, *, dashed: bool = False
) -> None:
    """Draw an upright box that reads on any picture.

    Its edges are filled rectangles on whole pixels: Qt's stroker takes eight times as
    long.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    frame = area.toRect()
    painter.setBrush(_ink("casing"))
    painter.drawRects(_edges(frame, round(CASING_PX), dashed=dashed))
    painter.setBrush(tint)
    painter.drawRects(_edges(frame, round(LINE_PX), dashed=dashed))


def tag(
    painter: QPainter,
    corner: QPointF,
    text: str,
    ink: str = "video_text",
    ground: str = "video_plate",
) -> QRectF:
    """Write on a plate whose lower left is `corner`; return the plate.

    `ink` and `ground` are tokens.
    """
    ratio = painter.device().devicePixelRatio()
    plate = stamps.text_plate(text, ink, ground, TAG_PX, ratio)
    return stamps.put(painter, corner - QPointF(0, TAG_PX), plate)


def paint_lamp(painter: QPainter, phase: LampPhase, corner: QPointF) -> QRectF:
    """Draw three lights with the active one filled, and its letter; return the area.

    `corner` is the upper left.
    """
    ratio = painter.device().devicePixelRatio()
    return stamps.put(painter, corner, _lamp_stamp(phase, _letter(phase), ratio))


def lamp_stamp(phase: LampPhase, ratio: float) -> QImage:
    """Return the same in device pixels."""
    return _lamp_in_device_px(phase, _letter(phase), ratio)


def _letter(phase: LampPhase) -> str:
    return _letter_in(phase, QLocale().name())


@cache
def _letter_in(phase: LampPhase, _language: str) -> str:
    return "?" if phase is LampPhase.UNKNOWN else phase_name(phase)[:1].upper()


@cache
def _lamp_stamp(phase: LampPhase, letter: str, ratio: float) -> QImage:
    paint = partial(_draw_lamp, phase=phase, letter=letter)
    return stamps.draw(LAMP_SIZE, ratio, paint)


@cache
def _lamp_in_device_px(phase: LampPhase, letter: str, ratio: float) -> QImage:
    stamp = QImage(_lamp_stamp(phase, letter, ratio))
    stamp.setDevicePixelRatio(1.0)
    return stamp


def _draw_lamp(
    painter: QPainter, area: QRectF, *, phase: LampPhase, letter: str
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("video_plate"))
    painter.drawRoundedRect(area, 3, 3)
    for place, lamp in enumerate(_LAMPS):
        lit = lamp is phase
        token = f"lamp_{lamp.value}" if lit else "lamp_dark"
        painter.setBrush(theme.color(token) if lit else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color(token), 1.5))
        painter.drawEllipse(
            QPointF(area.left() + 11, area.top() + 9 + 14 * place), 5, 5
        )
    painter.setFont(theme.font(theme.FONT_HEADING_PX, strong=True))
    painter.setPen(theme.color("video_text"))
    beside = area.adjusted(18, 0, 0, 0)
    painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, letter)


def paint_zones(
    painter: QPainter, configuration: CameraConfiguration, picture: PictureMap
) -> None:
    """Draw stop line, lanes and lamp head as they are configured."""
    quiet, accent = theme.color("video_quiet"), theme.color("video_accent")
    for lane in configuration.lanes:
        outline = [picture.to_screen(point) for point in lane.polygon]
        cased_polyline(painter, outline, quiet, closed=True)
        tag(painter, _lowest(outline), lane.name)
    line = configuration.stop_line
    if line:
        ends = (line.segment.start, line.segment.end)
        cased_polyline(painter, [picture.to_screen(end) for end in ends], accent)
    head = configuration.lamp_head
    if head:
        for lamp in (head.red, head.amber, head.green):
            cased_rect(painter, picture.box(lamp), accent)


def paint_outline(
    painter: QPainter, outline: Sequence[PixelPoint], picture: PictureMap, token: str
) -> None:
    """Draw a closed figure of the picture, such as the measured stretch."""
    places = [picture.to_screen(point) for point in outline]
    cased_polyline(painter, places, theme.color(token), closed=True, dashed=True)


@cache
def _ink(token: str) -> QColor:
    """Return a colour of what lies over video: the same in both modes."""
    return theme.color(token)


def _lowest(places: Sequence[QPointF]) -> QPointF:
    return max(places, key=lambda place: place.y())


def _edges(frame: QRect, width: int, *, dashed: bool) -> list[QRect]:
    """Return the four edges of `frame`, centred on it, whole or in dashes."""
    half = width // 2
    left, top = frame.left() - half, frame.top() - half
    right, bottom = frame.right() + 1 - half, frame.bottom() + 1 - half
    across = right + width - left
    down = bottom - top - width
    if not dashed:
        return [
            QRect(left, top, across, width),
            QRect(left, bottom, across, width),
            QRect(left, top + width, width, down),
            QRect(right, top + width, width, down),
        ]
    rects = []
    for start in range(0, across, _DASH_PX + _SPACE_PX):
        length = min(_DASH_PX, across - start)
        rects.append(QRect(left + start, top, length, width))
        rects.append(QRect(left + start, bottom, length, width))
    for start in range(_DASH_PX + _SPACE_PX, down, _DASH_PX + _SPACE_PX):
        length = min(_DASH_PX, down - start)
        rects.append(QRect(left, top + start, width, length))
        rects.append(QRect(right, top + start, width, length))
    return rects


def _pen(tint: QColor, width: float, *, dashed: bool) -> QPen:
    pen = QPen(tint, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashed:
        # In units of the width, so that line and casing keep step.
        pen.setDashPattern([_DASH_PX / width, _SPACE_PX / width])
    return pen
