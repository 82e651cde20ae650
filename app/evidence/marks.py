"""What is drawn into a still, thin enough to hide nothing: vehicle, line, stretch."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from app.config.camera import CameraConfiguration
from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox, PixelPoint
from app.domain.infraction import InfractionKind
from app.measure.calibration import RoadPlane

_VEHICLE = (255, 214, 10)
_PLACE = (64, 220, 255)
_SHADE = (0, 0, 0)
_CORNER_SHARE = 0.22

Polyline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """In pixels of the still: the vehicle's box, and lines of the place."""

    vehicle: PixelBox | None = None
    lines: tuple[Polyline, ...] = ()


def draw_marks(picture: Image.Image, marks: Marks) -> None:
    """Draw the corners of the vehicle's box, and the lines, each with a dark edge."""
    width_px = max(1, round(picture.width / 960))
    draw = ImageDraw.Draw(picture)
    if marks.vehicle is not None:
        _stroke(draw, _corners(marks.vehicle, width_px), _VEHICLE, width_px)
    _stroke(draw, marks.lines, _PLACE, width_px)


def place_lines(
    kind: InfractionKind, configuration: CameraConfiguration, size: tuple[int, int]
) -> tuple[Polyline, ...]:
    """Return the stop line or the outline of the stretch, scaled to a still's `size`.

    Empty when the configuration does not have it.
    """
    if kind is InfractionKind.RED_LIGHT:
        lines = _stop_line(configuration)
    else:
        lines = _stretch(configuration)
    scale_x = size[0] / configuration.image_width_px
    scale_y = size[1] / configuration.image_height_px
    return tuple(tuple((x * scale_x, y * scale_y) for x, y in line) for line in lines)


def _stop_line(configuration: CameraConfiguration) -> tuple[Polyline, ...]:
    if configuration.stop_line is None:
        return ()
    segment = configuration.stop_line.segment
    return ((_xy(segment.start), _xy(segment.end)),)


def _stretch(configuration: CameraConfiguration) -> tuple[Polyline, ...]:
    """Outline the stretch as wide as the calibrated part of the road."""
    calibration, stretch = configuration.calibration, configuration.stretch
    if calibration is None or stretch is None:
        return ()
    across = [point.road.x_m for point in calibration.points]
    left, right = min(across), max(across)
    near, far = stretch.start_y_m, stretch.end_y_m
    corners = [(left, near), (right, near), (right, far), (left, far), (left, near)]
    try:
        pixels = RoadPlane.fit(calibration).to_pixel_many(np.array(corners))
    except ConfigurationInvalid:
        return ()
    if not np.isfinite(pixels).all():
        return ()
    return (tuple((float(x), float(y)) for x, y in pixels),)


def _xy(point: PixelPoint) -> tuple[float, float]:
    return point.x_px, point.y_px


def _corners(box: PixelBox, width_px: int) -> tuple[Polyline, ...]:
    """Return the four corners of a box, a little outside of it."""
    left, top = box.left_px - width_px, box.top_px - width_px
    right, bottom = box.right_px + width_px, box.bottom_px + width_px
    arm_x, arm_y = box.width_px * _CORNER_SHARE, box.height_px * _CORNER_SHARE
    return (
        ((left, top + arm_y), (left, top), (left + arm_x, top)),
        ((right - arm_x, top), (right, top), (right, top + arm_y)),
        ((right, bottom - arm_y), (right, bottom), (right - arm_x, bottom)),
        ((left + arm_x, bottom), (left, bottom), (left, bottom - arm_y)),
    )


def _stroke(
    draw: ImageDraw.ImageDraw,
    lines: Iterable[Polyline],
    colour: tuple[int, int, int],
    width_px: int,
) -> None:
    lines = tuple(lines)
    for line in lines:
        draw.line(line, _SHADE, width_px + 2)
    for line in lines:
        draw.line(line, colour, width_px)
