"""From the picture to the road and back, with uncertainty.

The road is taken to be a plane. The map is fitted to the control points each time a
configuration is loaded and never stored, so that it cannot disagree with them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.config.camera import Calibration
from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelPoint, RoadPoint
from app.measure import homography
from app.measure.camera_pose import CameraPose, pose_of
from app.measure.homography import Array

_NEAREST_HORIZON = 1e-3
"""A pixel counts as above the horizon when it is a thousand times farther away than
the farthest control point: no measurement reaches there."""


@dataclass(frozen=True, eq=False)
class RoadPlane:
    """The road plane of one camera, in pixels of the configuration's picture.

    Made by `fit`. All sigmas are standard uncertainties (coverage factor 1).
    """

    _to_pixel: Array
    _to_road: Array
    _road_covariance: Array
    _least_depth: float
    _pixels: Array
    _roads: Array

    @classmethod
    def fit(cls, calibration: Calibration) -> "RoadPlane":
        """Fit the plane; ConfigurationInvalid when the points do not determine it."""
        pixels = _pixels_of(calibration)
        roads = _roads_of(calibration)
        if not (np.isfinite(pixels).all() and np.isfinite(roads).all()):
            raise ConfigurationInvalid("A control point is not a number.")
        fitted = homography.fit(
            roads, pixels, calibration.pixel_sigma_px, calibration.road_sigma_m
        )
        return cls._from_fit(fitted, pixels, roads)

    @classmethod
    def _from_fit(
        cls, fitted: homography.Fit, pixels: Array, roads: Array
    ) -> "RoadPlane":
        to_road = _inverse(fitted.matrix)
        depth = _depth(to_road, pixels)
        if np.sign(depth).min() != np.sign(depth).max():
            raise ConfigurationInvalid(
                "Control points lie on both sides of the horizon: check their order."
            )
        scale = float(np.sign(depth[0]) / np.abs(depth).max())
        covariance = _inverse_covariance(to_road, fitted.covariance) * scale**2
        to_road = np.asarray(to_road * scale, np.float64)
        least = _NEAREST_HORIZON * float(_depth(to_road, pixels).min())
        return cls(fitted.matrix, to_road, covariance, least, pixels, roads)

    def to_road(self, pixel: PixelPoint) -> RoadPoint | None:
        """Return the road point seen at `pixel`, None at or above the horizon."""
        x_m, y_m = self.to_road_many(np.array([[pixel.x_px, pixel.y_px]]))[0]
        return RoadPoint(float(x_m), float(y_m)) if np.isfinite(x_m) else None

    def to_pixel(self, road: RoadPoint) -> PixelPoint | None:
        """Return where a road point is seen, None when it is behind the camera."""
        x_px, y_px = self.to_pixel_many(np.array([[road.x_m, road.y_m]]))[0]
        return PixelPoint(float(x_px), float(y_px)) if np.isfinite(x_px) else None

    def to_road_many(self, pixels: Array) -> Array:
        """Map pixels (n, 2) to metres (n, 2); NaN at or above the horizon."""
        roads, depth = homography.apply(self._to_road, pixels)
        roads[~(depth > self._least_depth)] = np.nan
        return roads

    def to_pixel_many(self, roads: Array) -> Array:
        """Map metres (n, 2) to pixels (n, 2); NaN behind the camera."""
        pixels, _ = homography.apply(self._to_pixel, roads)
        pixels[~(_depth(self._to_road, pixels) > self._least_depth)] = np.nan
        return pixels

    @cached_property
    def residuals_px(self) -> tuple[float, ...]:
        """Distance of each control point to where its road point is seen."""
        misses = self.to_pixel_many(self._roads) - self._pixels
        return tuple(float(d) for d in np.linalg.norm(misses, axis=1))

    @cached_property
    def residuals_cm(self) -> tuple[float, ...]:
        """Distance on the road of each control point to where its pixel maps."""
        misses = self.to_road_many(self._pixels) - self._roads
        return tuple(float(d) * 100 for d in np.linalg.norm(misses, axis=1))

    def road_sigma_m(self, pixel: PixelPoint) -> float:
        """Return the calibration's uncertainty at `pixel`, in its worst direction."""
        points = np.array([[pixel.x_px, pixel.y_px]])
        slopes = homography.parameter_derivative(self._to_road, points)[0]
        covariance = slopes @ self._road_covariance @ slopes.T
        return float(np.sqrt(np.linalg.eigvalsh(covariance)[-1]))

    def length_sigma_m(self, start: PixelPoint, end: PixelPoint) -> float:
        """Return the uncertainty of the distance along y between two pixels.

        What both ends share cancels, as it does in a speed.
        """
        points = np.array([[start.x_px, start.y_px], [end.x_px, end.y_px]])
        slopes = homography.parameter_derivative(self._to_road, points)[:, 1]
        along = slopes[1] - slopes[0]
        return float(np.sqrt(max(0.0, along @ self._road_covariance @ along)))

    def metres_per_pixel_many(self, pixels: Array) -> Array:
        """Return how far y moves for one pixel of error in each pixel, (n,)."""
        slopes = homography.derivative(self._to_road, pixels)[:, 1]
        return np.asarray(np.linalg.norm(slopes, axis=1), dtype=np.float64)

    def pose(self, width_px: int, height_px: int) -> CameraPose | None:
        """Return where the camera stands, None when the plane does not tell."""
        return pose_of(self._to_pixel, width_px, height_px)

    @property
    def middle_x_m(self) -> float:
        """Mean x of the control points: about the middle of the road."""
        return float(self._roads[:, 0].mean())

    def horizon_y_px(self, x_px: float) -> float | None:
        """Return the horizon's height at a column; None when it is upright."""
        across, down, offset = self._to_road[2]
        if abs(down) < 1e-12:
            return None
        return float(-(across * x_px + offset) / down)


def _pixels_of(calibration: Calibration) -> Array:
    return np.array([[p.pixel.x_px, p.pixel.y_px] for p in calibration.points], float)


def _roads_of(calibration: Calibration) -> Array:
    return np.array([[p.road.x_m, p.road.y_m] for p in calibration.points], float)


def _depth(matrix: Array, points: Array) -> Array:
    return np.asarray(points @ matrix[2, :2] + matrix[2, 2], dtype=np.float64)


def _inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _inverse_covariance(inverse: Array, covariance: Array) -> Array:
    """Carry the covariance of a matrix to its inverse: d(inv) = -inv d(M) inv."""
    carry = -np.kron(inverse, inverse.T)
    return np.asarray(carry @ covariance @ carry.T, dtype=np.float64)
