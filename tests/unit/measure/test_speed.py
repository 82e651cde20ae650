"""Speeds against driven truth: jitter, missed frames, irregular spacing."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from app.config.camera import MeasuredStretch
from app.domain.geometry import PixelPoint
from app.measure.calibration import RoadPlane
from app.measure.foot import Foot, locate
from app.measure.speed import StretchSpeed, live_speed_kmh, stretch_speed
from tests.builders.road import Array, RoadCamera

STRETCH = MeasuredStretch(start_y_m=18, end_y_m=43)
CAMERA = RoadCamera()
PLANE = RoadPlane.fit(CAMERA.calibration())


@dataclass(frozen=True, slots=True)
class Drive:
    """A vehicle that starts 4 m before the stretch; `comes` towards the camera."""

    speed_ms: float
    acceleration_ms2: float = 0.0
    comes: bool = False

    def travelled(self, times_s: Array) -> Array:
        """Metres since the start."""
        return self.speed_ms * times_s + self.acceleration_ms2 * times_s**2 / 2

    def y_m(self, times_s: Array) -> Array:
        """Place on the road."""
        way = self.travelled(times_s)
        return STRETCH.end_y_m + 4 - way if self.comes else STRETCH.start_y_m - 4 + way

    def mean_kmh(self) -> float:
        """The true mean speed over the stretch."""
        fine = np.linspace(0, 12, 120_001)
        way = self.travelled(fine)
        entry = fine[np.searchsorted(way, 4.0)]
        leave = fine[np.searchsorted(way, 4.0 + STRETCH.length_m)]
        return float(STRETCH.length_m / (leave - entry) * 3.6)


def sampled_s(noise: np.random.Generator, fps: float) -> Array:
    """Times of detection: irregular, one in five missed."""
    steps = noise.choice([1, 1, 1, 1, 2], 80) / fps + noise.normal(0, 0.008, 80)
    return np.cumsum(np.maximum(steps, 0.03))


def feet(
    drive: Drive,
    times_s: Array,
    noise: np.random.Generator | None = None,
    jitter_px: float = 2.0,
    plane: RoadPlane = PLANE,
    x_m: float = 1.0,
) -> list[Foot]:
    """What the detector makes of a drive, while it is between 12 m and 60 m."""
    y_m = drive.y_m(times_s)
    seen = (y_m > 12) & (y_m < 60) & (np.gradient(y_m) != 0)
    pixels = CAMERA.project(np.column_stack([np.full(seen.sum(), x_m), y_m[seen]]))
    if noise is not None:
        pixels = pixels + noise.normal(0, jitter_px, pixels.shape)
    return [
        locate(round(time_s * 1e9), [PixelPoint(float(x_px), float(y_px))], plane)[0]
        for time_s, (x_px, y_px) in zip(times_s[seen], pixels, strict=True)
    ]


def measured(found: StretchSpeed | None) -> StretchSpeed:
    assert found is not None
    return found


@pytest.mark.parametrize("comes", [False, True])
def test_exact_boxes_give_the_exact_speed_and_moments(comes: bool) -> None:
    drive = Drive(20.0, comes=comes)
    found = measured(stretch_speed(feet(drive, np.arange(0, 3, 0.1)), STRETCH, PLANE))
    assert found.speed_kmh == pytest.approx(72.0, abs=0.01)
    assert found.entry_ns / 1e9 == pytest.approx(4 / 20, abs=1e-3)
    assert found.exit_ns / 1e9 == pytest.approx(29 / 20, abs=1e-3)


def test_a_braking_vehicle_is_given_its_mean_speed() -> None:
    drive = Drive(22.0, acceleration_ms2=-3.5)
    found = measured(stretch_speed(feet(drive, np.arange(0, 4, 0.1)), STRETCH, PLANE))
    assert found.speed_kmh == pytest.approx(drive.mean_kmh(), abs=0.3)


@pytest.mark.parametrize(
    ("jitter_px", "mean", "late", "least_cover"),
    [(1.0, 0.6, 1.6, 0.95), (2.0, 0.75, 2.1, 0.93), (3.0, 1.1, 3.2, 0.93)],
)
def test_error_and_interval_over_many_drives(
    jitter_px: float, mean: float, late: float, least_cover: float
) -> None:
    noise = np.random.default_rng(20)
    errors, covered = [], []
    for _ in range(300):
        plane = RoadPlane.fit(CAMERA.calibration(noise=noise))
        drive = Drive(
            noise.uniform(7, 30), noise.normal(0, 0.5), bool(noise.integers(2))
        )
        times_s = sampled_s(noise, noise.uniform(5, 12))
        x_m = noise.uniform(-3, 3)
        found = stretch_speed(
            feet(drive, times_s, noise, jitter_px, plane, x_m), STRETCH, plane
        )
        if found is None:
            continue
        errors.append(abs(found.speed_kmh - drive.mean_kmh()))
        covered.append(errors[-1] <= found.uncertainty_kmh)
    assert len(errors) > 280
    assert np.mean(errors) <= mean
    assert np.percentile(errors, 95) <= late
    assert np.mean(covered) >= least_cover


def test_one_wild_box_moves_the_speed_little() -> None:
    good = feet(Drive(20.0), np.arange(0, 3, 0.1))
    wild = list(good)
    pixel = good[8].pixel
    wild[8] = locate(
        good[8].stream_ns, [PixelPoint(pixel.x_px, pixel.y_px + 40)], PLANE
    )[0]
    found = measured(stretch_speed(wild, STRETCH, PLANE))
    assert found.speed_kmh == pytest.approx(72.0, abs=1.5)


def test_a_track_that_jumps_to_another_vehicle_has_no_speed() -> None:
    times_s = np.arange(0, 3, 0.1)
    ahead = feet(Drive(18.0), times_s)
    behind = {f.stream_ns: f for f in feet(Drive(18.0), times_s - 0.4)}
    jumped = ahead[:9] + [
        replace(foot, pixel=other.pixel, y_m=other.y_m)
        for foot in ahead[9:]
        if (other := behind.get(foot.stream_ns - 400_000_000))
    ]
    assert jumped[9].y_m < jumped[8].y_m
    assert stretch_speed(ahead, STRETCH, PLANE) is not None
    assert stretch_speed(jumped, STRETCH, PLANE) is None


def test_a_track_that_changes_lane_in_one_step_has_no_speed() -> None:
    times_s = np.arange(0, 3, 0.1)
    left, right = feet(Drive(18.0), times_s), feet(Drive(18.0), times_s, x_m=-2.4)
    assert stretch_speed(left[:9] + right[9:], STRETCH, PLANE) is None


def test_a_vehicle_that_turns_back_has_no_speed() -> None:
    drive = Drive(16.0, acceleration_ms2=-7.9)
    seen = feet(drive, np.arange(0, 3.5, 0.1))
    assert stretch_speed(seen, STRETCH, PLANE) is None


def test_no_vehicle_accelerates_like_a_rocket() -> None:
    drive = Drive(5.0, acceleration_ms2=14.0)
    seen = feet(drive, np.arange(0, 3, 0.08))
    assert stretch_speed(seen, STRETCH, PLANE) is None


@pytest.mark.parametrize("kept", [slice(0, 3), slice(0, 9), slice(14, None)])
def test_too_little_of_the_stretch_is_no_measurement(kept: slice) -> None:
    inside = [f for f in feet(Drive(15.0), np.arange(0, 3, 0.1)) if 18 <= f.y_m <= 43]
    assert stretch_speed(inside, STRETCH, PLANE) is not None
    assert stretch_speed(inside[kept], STRETCH, PLANE) is None


def test_the_worse_the_calibration_the_wider_the_interval() -> None:
    seen = feet(Drive(20.0), np.arange(0, 3, 0.1))
    rough = RoadPlane.fit(CAMERA.calibration(road_sigma_m=0.6))
    fine = measured(stretch_speed(seen, STRETCH, PLANE)).uncertainty_kmh
    assert measured(stretch_speed(seen, STRETCH, rough)).uncertainty_kmh > 1.5 * fine


def test_live_speed_follows_the_vehicle_and_waits_for_enough() -> None:
    noise = np.random.default_rng(3)
    seen = feet(Drive(14.0), np.arange(0, 1.5, 0.1), noise, 1.0)
    assert live_speed_kmh(seen) == pytest.approx(14 * 3.6, abs=5)
    assert live_speed_kmh(seen[:2]) is None
    assert live_speed_kmh([]) is None
    far = [Foot(f.stream_ns, f.pixel, f.x_m, f.y_m, math.nan) for f in seen]
    assert live_speed_kmh(far) is None
