"""What a pointer does to a draft with each tool; pure geometry."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.geometry import PixelBox, PixelPoint, RoadPoint
from app.measure.calibration import RoadPlane
from widgets.calibration.draft import Draft, DraftLine

Move = Callable[[Draft, PixelPoint], Draft]
"""Drags what was taken hold of to a place."""

_CLICK_PX = 4.0
_LAMP_PART = 1 / 70
"""Size of a clicked lamp, as a part of the picture's height."""
_STRETCH_STEP_M = 0.1


class Tool(StrEnum):
    """What the pointer draws."""

    POINTS = "points"
    STOP_LINE = "stop_line"
    LAMPS = "lamps"
    STRETCH = "stretch"


@dataclass(frozen=True, slots=True)
class Grip:
    """Something that was taken hold of; `point` is the control point, if it is one."""

    move: Move
    point: int | None = None


def take_hold(
    tool: Tool, draft: Draft, at: PixelPoint, reach_px: float, plane: RoadPlane | None
) -> Grip | None:
    """Return what lies within reach of the pointer, None for free ground."""
    if tool is Tool.POINTS:
        return _hold_point(draft, at, reach_px)
    if tool is Tool.STOP_LINE:
        return _hold_line(draft, at, reach_px)
    if tool is Tool.LAMPS:
        return _hold_lamp(draft, at, reach_px)
    return _hold_stretch(draft, at, reach_px, plane)


def begin(
    tool: Tool, draft: Draft, at: PixelPoint, plane: RoadPlane | None
) -> tuple[Draft, Grip] | None:
    """Draw something new on free ground; None where the tool has nothing to draw."""
    if tool is Tool.POINTS:
        road = plane.to_road(at) if plane else None
        index = len(draft.points)
        return draft.with_point(at, _rounded(road)), Grip(_point_mover(index), index)
    if tool is Tool.STOP_LINE:
        line = DraftLine(at, at, at)
        return replace(draft, stop_line=line), Grip(_line_drawer(at))
    if tool is Tool.LAMPS:
        return _begin_lamp(draft, at)
    return _begin_stretch(draft, at, plane)


def finish(tool: Tool, draft: Draft) -> Draft:
    """Tidy what a release leaves: no line without length, no lamp without size."""
    line = draft.stop_line
    if tool is Tool.STOP_LINE and line is not None and line.length_px < _CLICK_PX:
        return replace(draft, stop_line=None)
    if tool is Tool.LAMPS:
        for lamp, box in enumerate(draft.lamps):
            if box is not None and max(box.width_px, box.height_px) < _CLICK_PX:
                draft = draft.with_lamp(lamp, _clicked_lamp(draft, box))
    return draft


def _hold_point(draft: Draft, at: PixelPoint, reach_px: float) -> Grip | None:
    near = [
        (distance, index)
        for index, point in enumerate(draft.points)
        if (distance := _distance(point.pixel, at)) <= reach_px
    ]
    if not near:
        return None
    index = min(near)[1]
    return Grip(_point_mover(index), index)


def _point_mover(index: int) -> Move:
    return lambda draft, to: draft.with_pixel(index, to)


def _hold_line(draft: Draft, at: PixelPoint, reach_px: float) -> Grip | None:
    line = draft.stop_line
    if line is None:
        return None
    for name in ("start", "end", "before"):
        if _distance(getattr(line, name), at) <= reach_px:
            return Grip(_line_mover(name))
    return None


def _line_mover(name: str) -> Move:
    def move(draft: Draft, to: PixelPoint) -> Draft:
        line = draft.stop_line
        if line is None:
            return draft
        return replace(draft, stop_line=replace(line, **{name: to}))

    return move


def _line_drawer(start: PixelPoint) -> Move:
    return lambda draft, to: replace(draft, stop_line=DraftLine.between(start, to))


def _hold_lamp(draft: Draft, at: PixelPoint, reach_px: float) -> Grip | None:
    for lamp, box in enumerate(draft.lamps):
        if box is None:
            continue
        corner = PixelPoint(box.right_px, box.bottom_px)
        if _distance(corner, at) <= reach_px / 2:
            return Grip(_lamp_drawer(lamp, PixelPoint(box.left_px, box.top_px)))
        inside_x = box.left_px <= at.x_px <= box.right_px
        if inside_x and box.top_px <= at.y_px <= box.bottom_px:
            return Grip(_lamp_mover(lamp, box, at))
    return None


def _begin_lamp(draft: Draft, at: PixelPoint) -> tuple[Draft, Grip] | None:
    missing = [lamp for lamp, box in enumerate(draft.lamps) if box is None]
    if not missing:
        return None
    box = PixelBox(at.x_px, at.y_px, at.x_px, at.y_px)
    return draft.with_lamp(missing[0], box), Grip(_lamp_drawer(missing[0], at))


def _lamp_drawer(lamp: int, anchor: PixelPoint) -> Move:
    def move(draft: Draft, to: PixelPoint) -> Draft:
        left, right = sorted((anchor.x_px, to.x_px))
        top, bottom = sorted((anchor.y_px, to.y_px))
        return draft.with_lamp(lamp, PixelBox(left, top, right, bottom))

    return move


def _lamp_mover(lamp: int, box: PixelBox, held: PixelPoint) -> Move:
    def move(draft: Draft, to: PixelPoint) -> Draft:
        across, down = to.x_px - held.x_px, to.y_px - held.y_px
        moved = PixelBox(
            box.left_px + across,
            box.top_px + down,
            box.right_px + across,
            box.bottom_px + down,
        )
        return draft.with_lamp(lamp, moved)

    return move


def _clicked_lamp(draft: Draft, click: PixelBox) -> PixelBox:
    """Return a lamp around a click, as large as those that are already drawn."""
    sizes = [
        box.width_px
        for box in draft.lamps
        if box is not None and box.width_px >= _CLICK_PX
    ]
    half = (sizes[0] if sizes else draft.height_px * _LAMP_PART) / 2
    x_px, y_px = click.left_px, click.top_px
    return PixelBox(x_px - half, y_px - half, x_px + half, y_px + half)


def _hold_stretch(
    draft: Draft, at: PixelPoint, reach_px: float, plane: RoadPlane | None
) -> Grip | None:
    road = plane.to_road(at) if plane else None
    if plane is None or road is None or draft.stretch_m is None:
        return None
    for end, y_m in enumerate(draft.stretch_m):
        place = plane.to_pixel(RoadPoint(road.x_m, y_m))
        if place is not None and _distance(place, at) <= reach_px:
            return Grip(_stretch_mover(end, plane))
    return None


def _begin_stretch(
    draft: Draft, at: PixelPoint, plane: RoadPlane | None
) -> tuple[Draft, Grip] | None:
    road = plane.to_road(at) if plane else None
    if plane is None or road is None:
        return None
    y_m = _stepped(road.y_m)
    return replace(draft, stretch_m=(y_m, y_m)), Grip(_stretch_mover(1, plane))


def _stretch_mover(end: int, plane: RoadPlane) -> Move:
    def move(draft: Draft, to: PixelPoint) -> Draft:
        road = plane.to_road(to)
        if road is None or draft.stretch_m is None:
            return draft
        start_m, end_m = draft.stretch_m
        y_m = _stepped(road.y_m)
        return replace(draft, stretch_m=(start_m, y_m) if end else (y_m, end_m))

    return move


def _stepped(y_m: float) -> float:
    return round(round(y_m / _STRETCH_STEP_M) * _STRETCH_STEP_M, 2)


def _rounded(road: RoadPoint | None) -> RoadPoint | None:
    return RoadPoint(round(road.x_m, 2), round(road.y_m, 2)) if road else None


def _distance(a: PixelPoint, b: PixelPoint) -> float:
    return math.hypot(a.x_px - b.x_px, a.y_px - b.y_px)
