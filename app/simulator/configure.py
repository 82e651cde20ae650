"""The set-up a careful technician would give a camera of the simulator."""

from collections.abc import Sequence

import numpy as np

from app.config.camera import (
    Calibration,
    CameraConfiguration,
    ControlPoint,
    LampHead,
    Lane,
    MeasuredStretch,
    RedLightRule,
    SpeedingRule,
    StopLine,
)
from app.domain.geometry import PixelBox, PixelPoint, PixelSegment, RoadPoint
from app.domain.signal import LampPhase
from app.simulator.furniture import SignalHead
from app.simulator.pinhole import PinholeCamera
from app.simulator.schedule import GRACE_S, LIMIT_KMH, TOLERANCE_KMH
from app.simulator.sites import LanePath

_MARK_SIGMA_PX = 0.5
_TAPE_SIGMA_M = 0.01
_EDGE_PX = 8.0


def for_speeding(
    camera: PinholeCamera, lanes: Sequence[LanePath], stretch_m: tuple[float, float]
) -> CameraConfiguration:
    """Return a configuration that measures speed between two lines across the road."""
    start, end = stretch_m
    margin = (end - start) * 0.04
    return CameraConfiguration(
        image_width_px=camera.width_px,
        image_height_px=camera.height_px,
        calibration=_calibration(camera, lanes, (start - margin, end + margin)),
        stretch=MeasuredStretch(start_y_m=start, end_y_m=end),
        lanes=_lanes(camera, lanes, (start - 2.0, end + margin)),
        rules=(SpeedingRule(limit_kmh=LIMIT_KMH, tolerance_kmh=TOLERANCE_KMH),),
    )


def for_red_light(
    camera: PinholeCamera,
    lanes: Sequence[LanePath],
    stop_y_m: float,
    head: SignalHead,
    area_y_m: tuple[float, float],
) -> CameraConfiguration:
    """Return a configuration that watches a stop line and a signal head."""
    left, right = _edges(lanes)
    segment = PixelSegment(
        _pixel(camera, left, stop_y_m), _pixel(camera, right, stop_y_m)
    )
    before = _pixel(camera, (left + right) / 2, stop_y_m - 3.0)
    return CameraConfiguration(
        image_width_px=camera.width_px,
        image_height_px=camera.height_px,
        calibration=_calibration(camera, lanes, area_y_m),
        stop_line=StopLine(segment=segment, before=before),
        lamp_head=LampHead(
            red=_lamp_box(camera, head, LampPhase.RED),
            amber=_lamp_box(camera, head, LampPhase.AMBER),
            green=_lamp_box(camera, head, LampPhase.GREEN),
        ),
        lanes=_lanes(camera, lanes, area_y_m),
        rules=(RedLightRule(grace_s=GRACE_S),),
    )


def _edges(lanes: Sequence[LanePath]) -> tuple[float, float]:
    half = lanes[0].width_m / 2
    return lanes[0].offset_m - half, lanes[-1].offset_m + half


def _calibration(
    camera: PinholeCamera, lanes: Sequence[LanePath], span_y_m: tuple[float, float]
) -> Calibration:
    """Take marks on both edges at four places, closer together in the distance."""
    left, right = _edges(lanes)
    near_first = camera.ground_distance_m(span_y_m[0]) < camera.ground_distance_m(
        span_y_m[1]
    )
    shares = np.array((0.0, 0.25, 0.55, 1.0))
    if not near_first:
        shares = 1 - shares[::-1]
    places = span_y_m[0] + shares * (span_y_m[1] - span_y_m[0])
    middle = (left + right) / 2
    return Calibration(
        points=tuple(
            _mark(camera, x, round(float(y), 3), middle)
            for y in places
            for x in (left, right)
        ),
        pixel_sigma_px=_MARK_SIGMA_PX,
        road_sigma_m=_TAPE_SIGMA_M,
    )


def _mark(
    camera: PinholeCamera, x_m: float, y_m: float, middle_m: float
) -> ControlPoint:
    """Return a mark at (x, y), moved towards the middle until the picture shows it."""
    while not _within(camera, _pixel(camera, x_m, y_m)):
        x_m += 0.1 if x_m < middle_m else -0.1
    x_m = round(x_m, 3)
    return ControlPoint(pixel=_pixel(camera, x_m, y_m), road=RoadPoint(x_m, y_m))


def _within(camera: PinholeCamera, pixel: PixelPoint) -> bool:
    return (
        _EDGE_PX <= pixel.x_px <= camera.width_px - _EDGE_PX
        and _EDGE_PX <= pixel.y_px <= camera.height_px - _EDGE_PX
    )


def _lanes(
    camera: PinholeCamera, lanes: Sequence[LanePath], span_y_m: tuple[float, float]
) -> tuple[Lane, ...]:
    near, far = span_y_m
    result = []
    for lane in lanes:
        half = lane.width_m / 2
        left, right = lane.offset_m - half, lane.offset_m + half
        corners = ((left, near), (right, near), (right, far), (left, far))
        polygon = tuple(_pixel(camera, x, y) for x, y in corners)
        result.append(Lane(name=lane.name, polygon=polygon))
    return tuple(result)


def _pixel(camera: PinholeCamera, x_m: float, y_m: float) -> PixelPoint:
    x, y = camera.project_ground(x_m, y_m)
    return PixelPoint(round(x, 1), round(y, 1))


def _lamp_box(camera: PinholeCamera, head: SignalHead, phase: LampPhase) -> PixelBox:
    pixels, _ = camera.project(np.array(head.lamp_rim_m(phase)))
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    return PixelBox(
        round(float(low[0]), 1),
        round(float(low[1]), 1),
        round(float(high[0]), 1),
        round(float(high[1]), 1),
    )
