"""What the fitted plane looks like on the picture: grid, horizon, arrows, stretch."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.domain.geometry import PixelPoint
from app.measure.calibration import RoadPlane
from app.measure.homography import Array
from widgets import theme
from widgets.calibration.assessment import Assessment
from widgets.calibration.draft import Draft
from widgets.common import formatting
from widgets.common.picture_map import PictureMap
from widgets.common.video_paint import cased_polyline, tag

_GRID_ALPHA: Final = 120
_MARGIN_M: Final = 4.0
_STEPS: Final = 24
_ARROW_GAIN: Final = 10.0
"""Residual arrows are drawn ten times too long: centimetres would not be seen."""
_CAR_M: Final = (1.8, 4.5)


def paint_grid(
    painter: QPainter, plane: RoadPlane, draft: Draft, picture: PictureMap
) -> None:
    """Draw lines on the road, every metre across and every five along."""
    roads = np.array([(p.road.x_m, p.road.y_m) for p in draft.points if p.road])
    low = np.floor(roads.min(axis=0) - _MARGIN_M)
    high = np.ceil(roads.max(axis=0) + _MARGIN_M)
    tint = theme.color("video_accent")
    tint.setAlpha(_GRID_ALPHA)
    painter.setPen(QPen(tint, 1))
    along = np.linspace(low[1], high[1], _STEPS)
    for x_m in np.arange(low[0], high[0] + 0.5, 2.0):
        _road_line(
            painter, plane, np.column_stack([np.full(_STEPS, x_m), along]), picture
        )
    across = np.linspace(low[0], high[0], 2)
    for y_m in np.arange(np.ceil(low[1] / 5) * 5, high[1] + 0.5, 5.0):
        ends = np.column_stack([across, np.full(2, y_m)])
        _road_line(painter, plane, ends, picture)
        _label_row(painter, plane, float(high[0]), float(y_m), picture)


def paint_horizon(
    painter: QPainter, plane: RoadPlane, draft: Draft, picture: PictureMap
) -> None:
    """Draw the line above which there is no road."""
    left = plane.horizon_y_px(0.0)
    right = plane.horizon_y_px(float(draft.width_px))
    if left is None or right is None:
        return
    ends = (PixelPoint(0.0, left), PixelPoint(float(draft.width_px), right))
    tint = theme.color("video_quiet")
    cased_polyline(painter, [picture.to_screen(p) for p in ends], tint, dashed=True)


def paint_points(
    painter: QPainter,
    draft: Draft,
    assessment: Assessment,
    selected: int | None,
    picture: PictureMap,
) -> None:
    """Draw the control points with number, and arrows to where the plane sees them."""
    painter.setFont(theme.font(theme.FONT_SMALL_PX, strong=True))
    for index, point in enumerate(draft.points):
        place = picture.to_screen(point.pixel)
        chosen = index == selected
        unfinished = point.road is None
        ink = "video_accent" if chosen else "video_line"
        if unfinished:
            ink = "video_warn"
        if point.road is not None and assessment.plane is not None:
            seen = assessment.plane.to_pixel(point.road)
            if seen is not None:
                _arrow(painter, place, picture.to_screen(seen))
        _cross(painter, place, 9.0 if chosen else 6.0)
        painter.setPen(QPen(theme.color(ink), 2))
        _cross_lines(painter, place, 9.0 if chosen else 6.0)
        tag(painter, QPointF(place.x() + 8, place.y() - 6), str(index + 1), ink)


def paint_stretch(
    painter: QPainter, plane: RoadPlane, draft: Draft, picture: PictureMap
) -> None:
    """Draw the measured stretch as an area of the road."""
    if draft.stretch_m is None:
        return
    roads = [p.road.x_m for p in draft.points if p.road]
    left, right = min(roads), max(roads)
    start, end = draft.stretch_m
    corners = _pixels(
        plane, np.array([[left, start], [right, start], [right, end], [left, end]])
    )
    if corners is None:
        return
    places = [picture.to_screen(corner) for corner in corners]
    tint = theme.color("video_warn")
    cased_polyline(painter, places, tint, closed=True, dashed=True)
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    for place, y_m in ((places[0], start), (places[3], end)):
        text = formatting.number(y_m, 1, "m")
        tag(painter, QPointF(place.x() - 52, place.y()), text, "video_warn")


def paint_ghost_car(
    painter: QPainter, plane: RoadPlane, at: PixelPoint, picture: PictureMap
) -> None:
    """Draw the footprint of a car at the pointer: it must look like one."""
    road = plane.to_road(at)
    if road is None:
        return
    half = _CAR_M[0] / 2
    near, far = road.y_m, road.y_m + _CAR_M[1]
    corners = _pixels(
        plane,
        np.array(
            [
                [road.x_m - half, near],
                [road.x_m + half, near],
                [road.x_m + half, far],
                [road.x_m - half, far],
            ]
        ),
    )
    if corners is not None:
        places = [picture.to_screen(corner) for corner in corners]
        cased_polyline(painter, places, theme.color("video_quiet"), closed=True)


def paint_loupe(
    painter: QPainter, source: PixelPoint, magnified: QRectF, cross: bool = True
) -> None:
    """Draw the frame and cross of the loupe; the picture is already in it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("video_line"), 1))
    painter.drawRect(magnified)
    if cross:
        _cross(painter, magnified.center(), 14.0)
        painter.setPen(QPen(theme.color("video_accent"), 1))
        _cross_lines(painter, magnified.center(), 14.0)
    text = f"{source.x_px:.1f}  {source.y_px:.1f}"
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    corner = QPointF(magnified.left(), magnified.bottom())
    tag(painter, corner, text)


def _pixels(plane: RoadPlane, roads: Array) -> list[PixelPoint] | None:
    pixels = plane.to_pixel_many(roads)
    if not np.isfinite(pixels).all():
        return None
    return [PixelPoint(x_px, y_px) for x_px, y_px in pixels.tolist()]


def _road_line(
    painter: QPainter, plane: RoadPlane, roads: Array, picture: PictureMap
) -> None:
    """Draw the visible pieces of a line on the road."""
    pixels = plane.to_pixel_many(roads)
    run: list[QPointF] = []
    for x_px, y_px in pixels.tolist():
        if np.isfinite(x_px):
            run.append(picture.to_screen(PixelPoint(x_px, y_px)))
        else:
            _draw_run(painter, run)
            run = []
    _draw_run(painter, run)


def _draw_run(painter: QPainter, run: Iterable[QPointF]) -> None:
    places = list(run)
    if len(places) > 1:
        painter.drawPolyline(places)


def _label_row(
    painter: QPainter, plane: RoadPlane, x_m: float, y_m: float, picture: PictureMap
) -> None:
    place = _pixels(plane, np.array([[x_m, y_m]]))
    if place is None:
        return
    pen = painter.pen()
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    painter.setPen(theme.color("video_accent"))
    spot = picture.to_screen(place[0])
    painter.drawText(QPointF(spot.x() + 4, spot.y() + 4), formatting.number(y_m, 0))
    painter.setPen(pen)


def _cross(painter: QPainter, place: QPointF, arm: float) -> None:
    painter.setPen(QPen(theme.color("casing"), 4))
    _cross_lines(painter, place, arm)


def _cross_lines(painter: QPainter, place: QPointF, arm: float) -> None:
    x, y = place.x(), place.y()
    painter.drawLine(QPointF(x - arm, y), QPointF(x + arm, y))
    painter.drawLine(QPointF(x, y - arm), QPointF(x, y + arm))


def _arrow(painter: QPainter, start: QPointF, seen: QPointF) -> None:
    end = start + (seen - start) * _ARROW_GAIN
    if (end - start).manhattanLength() > 3:
        cased_polyline(painter, [start, end], theme.color("video_alarm"))
