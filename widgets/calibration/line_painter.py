"""The stop line with its direction, and the lamp boxes."""

from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen

from app.domain.geometry import PixelPoint
from app.domain.signal import LampPhase
from widgets import theme
from widgets.calibration.draft import Draft
from widgets.common.picture_map import PictureMap
from widgets.common.video_paint import cased_polyline, cased_rect, tag
from widgets.common.words import phase_name

_PHASES: Final = (LampPhase.RED, LampPhase.AMBER, LampPhase.GREEN)
_HEAD_PX: Final = 10.0
_HANDLE_PX: Final = 4.0


def paint_stop_line(painter: QPainter, draft: Draft, picture: PictureMap) -> None:
    """Draw the line, its handles, and an arrow the way the traffic goes."""
    line = draft.stop_line
    if line is None:
        return
    tint = theme.color("video_alarm")
    ends = [picture.to_screen(line.start), picture.to_screen(line.end)]
    cased_polyline(painter, ends, tint)
    before = picture.to_screen(line.before)
    middle = (ends[0] + ends[1]) / 2
    _arrow(painter, before, middle)
    for place in (*ends, before):
        painter.setPen(QPen(theme.color("casing"), 1))
        painter.setBrush(tint)
        painter.drawEllipse(place, _HANDLE_PX, _HANDLE_PX)


def paint_lamps(painter: QPainter, draft: Draft, picture: PictureMap) -> None:
    """Draw the lamp boxes in the colours that they watch, each with its word."""
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    for phase, box in zip(_PHASES, draft.lamps, strict=True):
        if box is None:
            continue
        token = f"lamp_{phase.value}"
        area = picture.box(box)
        cased_rect(painter, area, theme.color(token))
        spot = QPointF(area.right() + 6, area.center().y() + 8)
        tag(painter, spot, phase_name(phase), token)


def next_lamp(draft: Draft) -> LampPhase | None:
    """Return the lamp that the next stroke draws, None when all are there."""
    for phase, box in zip(_PHASES, draft.lamps, strict=True):
        if box is None:
            return phase
    return None


def clamp(point: PixelPoint, draft: Draft) -> PixelPoint:
    """Return the nearest point inside the picture."""
    return PixelPoint(
        min(max(point.x_px, 0.0), float(draft.width_px)),
        min(max(point.y_px, 0.0), float(draft.height_px)),
    )


def _arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    tint = theme.color("video_alarm")
    cased_polyline(painter, [start, end], tint, dashed=True)
    way = end - start
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5
    if length < 1:
        return
    back = way / length * _HEAD_PX
    side = QPointF(-back.y(), back.x()) * 0.5
    cased_polyline(painter, [end - back + side, end, end - back - side], tint)
