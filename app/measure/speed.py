"""Mean speed over a measured stretch, in stream time.

The foot of the vehicle is followed along the road's y axis. A robust curve through
all its observations in the stretch and just around it is evaluated at entry and exit,
so that no single box decides. A curve that no vehicle can drive gives no measurement:
a speed must never be attributed to the wrong vehicle (OIML R 91, draft 2014, 2.2).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.config.camera import MeasuredStretch
from app.domain.clock import NS_PER_S
from app.domain.geometry import PixelPoint
from app.domain.units import kmh_from_ms, ms_from_kmh
from app.measure.calibration import RoadPlane
from app.measure.foot import Foot
from app.measure.motion_fit import Array, MotionFit, fit_motion

LEAST_POINTS = 3
"""OIML R 91-1 asks for three detections of a vehicle at least."""
LEAST_COVERAGE = 0.6
"""Least part of the stretch between the first and the last observation in it."""

_BOX_SIGMA_PX = 2.5
_FOOT_DRIFT_PX = 0.6
"""How far a detector's lower edge wanders between entry and exit, beyond its noise."""
_CLOCK_SIGMA_S = 0.002
_GREATEST_ACCELERATION_MS2 = 8.0
_OUTLIER_SIGMAS = 6.0
_OUTLIER_M = 1.0
_OUTLIER_SHARE = 0.2
_SIDESTEP_M = 2.0
_CURVED_SIGMAS = 3.0
_LEAST_CURVED = 5
_SUPPORT_PART = 0.3
_SUPPORT_MOST_M = 4.0
_LIVE_NS = 700_000_000
_LIVE_LEAST_NS = 250_000_000
_LIVE_GREATEST_SCALE_M = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchSpeed:
    """What one vehicle did in the stretch; `uncertainty_kmh` with coverage factor 2."""

    speed_kmh: float
    uncertainty_kmh: float
    entry_ns: int
    exit_ns: int
    point_count: int


def inside(foot: Foot, stretch: MeasuredStretch, margin_m: float = 0.0) -> bool:
    """Tell whether a foot stands within the stretch, or so near to it."""
    low, high = sorted((stretch.start_y_m, stretch.end_y_m))
    return low - margin_m <= foot.y_m <= high + margin_m


def support_m(stretch: MeasuredStretch) -> float:
    """Return how far beyond its ends observations still support the fit.

    A fast vehicle is seen only a few times in a short stretch.
    """
    return min(_SUPPORT_PART * stretch.length_m, _SUPPORT_MOST_M)


def stretch_speed(
    feet: Sequence[Foot], stretch: MeasuredStretch, plane: RoadPlane
) -> StretchSpeed | None:
    """Measure the mean speed of one vehicle over the whole stretch.

    `feet` are its seen observations in order of time; those away from the stretch are
    passed over. None when there are too few, when they cover too little of the
    stretch, or when they do not describe the motion of one vehicle.
    """
    margin_m = support_m(stretch)
    seen = [foot for foot in feet if inside(foot, stretch, margin_m)]
    if len(seen) < LEAST_POINTS or _coverage(seen, stretch) < LEAST_COVERAGE:
        return None
    times_s, origin_ns = _times(seen)
    y_m = np.array([foot.y_m for foot in seen])
    fitted = _plausible(times_s, y_m, seen)
    if fitted is None:
        return None
    return _over_stretch(fitted, seen, origin_ns, stretch, plane)


def expected_uncertainty_kmh(
    plane: RoadPlane,
    stretch: MeasuredStretch,
    speed_kmh: float,
    detections_per_s: float,
) -> float | None:
    """Return the uncertainty (coverage factor 2) to expect at a steady speed.

    None when so few detections fall into the stretch that there is no measurement.
    """
    low, high = sorted((stretch.start_y_m, stretch.end_y_m))
    low, high = low - support_m(stretch), high + support_m(stretch)
    step_m = ms_from_kmh(speed_kmh) / detections_per_s
    count = int((high - low) / step_m) + 1
    first_m = low + (high - low - (count - 1) * step_m) / 2
    y_m = np.asarray(first_m + step_m * np.arange(count), np.float64)
    pixels = plane.to_pixel_many(
        np.column_stack([np.full_like(y_m, plane.middle_x_m), y_m])
    )
    if not np.isfinite(pixels).all():
        return None
    scales = plane.metres_per_pixel_many(pixels)
    # Each foot errs by one sigma, by turns, so that the scatter is what is expected.
    turns = np.where(np.arange(count) % 2, 1.0, -1.0)
    seen_m = np.clip(y_m + turns * _BOX_SIGMA_PX * scales, low, high)
    interval_ns = NS_PER_S / detections_per_s
    feet = [
        Foot(round(i * interval_ns), PixelPoint(x_px, y_px), 0.0, place_m, scale)
        for i, ((x_px, y_px), place_m, scale) in enumerate(
            zip(pixels.tolist(), seen_m.tolist(), scales.tolist(), strict=True)
        )
    ]
    found = stretch_speed(feet, stretch, plane)
    return found.uncertainty_kmh if found else None


def live_speed_kmh(feet: Sequence[Foot]) -> float | None:
    """Estimate the present speed from the last 0.7 s, for the overlay only."""
    if not feet:
        return None
    newest_ns = feet[-1].stream_ns
    recent = [f for f in feet if newest_ns - f.stream_ns <= _LIVE_NS]
    span_ns = newest_ns - recent[0].stream_ns
    if len(recent) < 3 or span_ns < _LIVE_LEAST_NS:
        return None
    if not all(foot.y_per_px < _LIVE_GREATEST_SCALE_M for foot in recent):
        return None
    return kmh_from_ms(math.hypot(*_velocity_ms(recent)))


def _velocity_ms(feet: Sequence[Foot]) -> tuple[float, float]:
    """Return weighted least-squares velocities along x and y; plain, for speed."""
    weights = [1 / foot.y_per_px**2 for foot in feet]
    times = [(foot.stream_ns - feet[-1].stream_ns) / NS_PER_S for foot in feet]
    total = sum(weights)
    middle = sum(w * t for w, t in zip(weights, times, strict=True)) / total
    moments = [w * (t - middle) for w, t in zip(weights, times, strict=True)]
    spread = sum(m * (t - middle) for m, t in zip(moments, times, strict=True))
    across = sum(m * foot.x_m for m, foot in zip(moments, feet, strict=True))
    along = sum(m * foot.y_m for m, foot in zip(moments, feet, strict=True))
    return across / spread, along / spread


def _coverage(seen: Sequence[Foot], stretch: MeasuredStretch) -> float:
    low, high = sorted((stretch.start_y_m, stretch.end_y_m))
    first, last = (min(max(foot.y_m, low), high) for foot in (seen[0], seen[-1]))
    return abs(last - first) / stretch.length_m


def _times(feet: Sequence[Foot]) -> tuple[Array, int]:
    """Return seconds from a moment near the middle, and that moment."""
    origin_ns = (feet[0].stream_ns + feet[-1].stream_ns) // 2
    times = np.array([(foot.stream_ns - origin_ns) / NS_PER_S for foot in feet])
    return times, origin_ns


def _plausible(times_s: Array, y_m: Array, seen: Sequence[Foot]) -> MotionFit | None:
    """Fit the motion, or say that no one vehicle moved so."""
    if _sidesteps(seen) or (np.diff(times_s) <= 0).any():
        return None
    rough_ms = abs(y_m[-1] - y_m[0]) / (times_s[-1] - times_s[0])
    scales = np.array([foot.y_per_px for foot in seen])
    sigma_m = np.hypot(scales * _BOX_SIGMA_PX, rough_ms * _CLOCK_SIGMA_S)
    fitted = _fit(times_s, y_m, sigma_m)
    misses = np.abs(fitted.scores)
    stray = (misses > _OUTLIER_SIGMAS) & (misses * sigma_m > _OUTLIER_M)
    if stray.mean() > _OUTLIER_SHARE:
        return None
    reckless = abs(fitted.acceleration) - 2 * fitted.acceleration_sigma
    if reckless > _GREATEST_ACCELERATION_MS2 or _reverses(fitted, times_s):
        return None
    return fitted


def _fit(times_s: Array, y_m: Array, sigma_m: Array) -> MotionFit:
    """Fit a straight line, or a curve where the points clearly ask for one."""
    if len(times_s) >= _LEAST_CURVED:
        curved = fit_motion(times_s, y_m, sigma_m, 2)
        if abs(curved.acceleration) > _CURVED_SIGMAS * curved.acceleration_sigma:
            return curved
    return fit_motion(times_s, y_m, sigma_m, 1)


def _sidesteps(seen: Sequence[Foot]) -> bool:
    across = np.abs(np.diff([foot.x_m for foot in seen]))
    return bool((across > _SIDESTEP_M).any())


def _reverses(fitted: MotionFit, times_s: Array) -> bool:
    first, last = fitted.velocity(times_s[0]), fitted.velocity(times_s[-1])
    return first * last <= 0


def _over_stretch(
    fitted: MotionFit,
    seen: Sequence[Foot],
    origin_ns: int,
    stretch: MeasuredStretch,
    plane: RoadPlane,
) -> StretchSpeed | None:
    forwards = seen[-1].y_m > seen[0].y_m
    low, high = sorted((stretch.start_y_m, stretch.end_y_m))
    entry_s = _time_at(fitted, low if forwards else high)
    exit_s = _time_at(fitted, high if forwards else low)
    if entry_s is None or exit_s is None or exit_s <= entry_s:
        return None
    speed_ms = stretch.length_m / (exit_s - entry_s)
    scatter_ms = _scatter_ms(fitted, entry_s, exit_s, speed_ms)
    scale_ms = speed_ms * _length_sigma_m(seen, plane) / stretch.length_m
    return StretchSpeed(
        speed_kmh=kmh_from_ms(speed_ms),
        uncertainty_kmh=2 * kmh_from_ms(float(np.hypot(scatter_ms, scale_ms))),
        entry_ns=origin_ns + round(entry_s * NS_PER_S),
        exit_ns=origin_ns + round(exit_s * NS_PER_S),
        point_count=len(seen),
    )


def _time_at(fitted: MotionFit, y_m: float) -> float | None:
    """Return when the fitted motion is at `y_m`, on the branch that was driven."""
    shifted = fitted.coefficients.copy()
    shifted[0] -= y_m
    roots = np.roots(shifted[::-1])
    real = [float(root.real) for root in roots if abs(root.imag) < 1e-9]
    return min(real, key=abs, default=None)


def _scatter_ms(
    fitted: MotionFit, entry_s: float, exit_s: float, speed_ms: float
) -> float:
    """Carry the covariance of the fit to the mean speed, to first order."""
    powers = np.arange(len(fitted.coefficients))
    entry = entry_s**powers / fitted.velocity(entry_s)
    leave = exit_s**powers / fitted.velocity(exit_s)
    slope = (leave - entry) * speed_ms / (exit_s - entry_s)
    return float(np.sqrt(slope @ fitted.covariance @ slope))


def _length_sigma_m(seen: Sequence[Foot], plane: RoadPlane) -> float:
    """Uncertainty of the length: calibration, and drift and height of the foot."""
    calibration = plane.length_sigma_m(seen[0].pixel, seen[-1].pixel)
    drift = _FOOT_DRIFT_PX * np.hypot(seen[0].y_per_px, seen[-1].y_per_px)
    length_m = abs(seen[-1].y_m - seen[0].y_m)
    hanging = length_m * float(np.mean([foot.scale_doubt for foot in seen]))
    return math.hypot(calibration, drift, hanging)
