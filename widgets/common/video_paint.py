"""How things over video are drawn, on the wall and in review alike.

Lines are 2 px with a dark casing of 1 px on each side, so that they read on snow and
at night. Text stands on a dark plate. Nothing here keeps state.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app.config.camera import CameraConfiguration
from app.domain.geometry import PixelPoint
from app.domain.overlay import Overlay, OverlayBox
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from widgets import theme
from widgets.common import formatting
from widgets.common.picture_map import PictureMap
from widgets.common.words import kind_name, phase_name

LINE_PX: Final = 2.0
CASING_PX: Final = 4.0
TAG_PX: Final = 16.0
_PADDING_PX: Final = 4.0
_SMALL_BOX_PX: Final = 28.0
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
    painter.setPen(_pen(theme.color("casing"), CASING_PX, dashed=False))
    draw(shape)
    painter.setPen(_pen(tint, LINE_PX, dashed=dashed))
    draw(shape)


def cased_rect(
    painter: QPainter, area: QRectF, tint: QColor, *, dashed: bool = False
) -> None:
    """Draw an upright box that reads on any picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(theme.color("casing"), CASING_PX, dashed=dashed))
    painter.drawRect(area)
    painter.setPen(_pen(tint, LINE_PX, dashed=dashed))
    painter.drawRect(area)


def tag(
    painter: QPainter,
    corner: QPointF,
    text: str,
    ink: QColor,
    ground: QColor | None = None,
) -> QRectF:
    """Write on a plate whose lower left is `corner`; return the plate."""
    metrics = QFontMetricsF(painter.font())
    width = metrics.horizontalAdvance(text) + 2 * _PADDING_PX
    plate = QRectF(corner.x(), corner.y() - TAG_PX, width, TAG_PX)
    painter.fillRect(plate, ground or theme.color("video_plate"))
    painter.setPen(ink)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return plate


def paint_overlay(
    painter: QPainter, overlay: Overlay, picture: PictureMap, clip: QRectF
) -> None:
    """Draw all vehicles of a frame; violations last, so that nothing hides them."""
    painter.setFont(theme.font(theme.FONT_SMALL_PX, strong=True))
    order = sorted(overlay.boxes, key=lambda box: box.violation is not None)
    for box in order:
        paint_box(painter, box, picture, clip)


def paint_box(
    painter: QPainter, box: OverlayBox, picture: PictureMap, clip: QRectF
) -> None:
    """Draw one vehicle: its box, its class as a small tag, speed, plate and rule."""
    area = picture.box(box.box)
    if not area.intersects(clip):
        return
    violating = box.violation is not None
    tint = theme.color("video_alarm" if violating else "video_line")
    cased_rect(painter, area, tint, dashed=box.predicted)
    _class_mark(painter, area, box.vehicle_class)
    lines = _box_lines(box)
    if not violating and area.width() < _SMALL_BOX_PX:
        return
    bottom = max(area.top() - 2, clip.top() + TAG_PX * len(lines))
    left = max(area.left() - 1, clip.left())
    for line, alarming in reversed(lines):
        ink = theme.color("video_ground" if alarming else "video_text")
        ground = theme.color("video_alarm") if alarming else None
        plate = tag(painter, QPointF(left, bottom), line, ink, ground)
        bottom = plate.top()


def paint_lamp(painter: QPainter, phase: LampPhase, corner: QPointF) -> QRectF:
    """Draw three lights with the active one filled, and its letter; return the area.

    `corner` is the upper left.
    """
    area = QRectF(corner.x(), corner.y(), 38.0, 46.0)
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
    letter = "?" if phase is LampPhase.UNKNOWN else phase_name(phase)[:1].upper()
    painter.setFont(theme.font(theme.FONT_HEADING_PX, strong=True))
    painter.setPen(theme.color("video_text"))
    place_of = area.adjusted(18, 0, 0, 0)
    painter.drawText(place_of, Qt.AlignmentFlag.AlignCenter, letter)
    return area


def paint_zones(
    painter: QPainter, configuration: CameraConfiguration, picture: PictureMap
) -> None:
    """Draw stop line, lanes and lamp head as they are configured."""
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    quiet, accent = theme.color("video_quiet"), theme.color("video_accent")
    for lane in configuration.lanes:
        outline = [picture.to_screen(point) for point in lane.polygon]
        cased_polyline(painter, outline, quiet, closed=True)
        tag(painter, _lowest(outline), lane.name, theme.color("video_text"))
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


def class_token(vehicle: VehicleClass) -> str:
    """Return the token of a class's small tag."""
    return f"class_{vehicle.name.lower()}"


def _class_mark(painter: QPainter, area: QRectF, vehicle: VehicleClass) -> None:
    mark = QRectF(area.left() - 1, area.bottom() - 5, 12, 6)
    painter.fillRect(mark.adjusted(-1, -1, 1, 1), theme.color("casing"))
    painter.fillRect(mark, theme.color(class_token(vehicle)))


def _box_lines(box: OverlayBox) -> list[tuple[str, bool]]:
    """Return the lines above a box, each with whether it is the alarm."""
    facts = []
    if box.plate:
        facts.append(formatting.plate(box.plate))
    if box.speed_kmh is not None:
        facts.append(formatting.number(box.speed_kmh, 0, "km/h"))
    lines: list[tuple[str, bool]] = []
    if box.violation is not None:
        lines.append((f"▲ {kind_name(box.violation)}", True))
    if facts:
        lines.append((" · ".join(facts), False))
    return lines


def _lowest(places: Sequence[QPointF]) -> QPointF:
    return max(places, key=lambda place: place.y())


def _pen(tint: QColor, width: float, *, dashed: bool) -> QPen:
    pen = QPen(tint, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashed:
        # In units of the width, so that line and casing keep step.
        pen.setDashPattern([8 / width, 6 / width])
    return pen
