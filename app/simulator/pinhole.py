"""A pinhole camera of known place and lens: the model behind every picture."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NEAR_M = 0.5
"""Nothing nearer than this to the camera plane is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class PinholeCamera:
    """World metres (x right of travel, y along travel, z up) to pixels.

    `rotation` has shape (3, 3); its rows are the camera's right, down and forward
    axes in the world. Pixels are counted from the picture's upper left corner, so the
    principal point is (width / 2, height / 2).
    """

    position_m: Floats
    rotation: Floats
    focal_px: float
    width_px: int
    height_px: int

    @classmethod
    def looking_at(
        cls,
        position_m: tuple[float, float, float],
        target_m: tuple[float, float, float],
        focal_px: float,
        size_px: tuple[int, int] = (1280, 720),
    ) -> Self:
        """Return an upright camera at `position_m` with `target_m` in its middle."""
        position = np.array(position_m, dtype=np.float64)
        forward = np.array(target_m, dtype=np.float64) - position
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        return cls(position, np.stack((right, down, forward)), focal_px, *size_px)

    def project(self, points_m: Floats) -> tuple[Floats, Floats]:
        """Return pixels (n, 2) and depths in metres (n,) of world points (n, 3).

        Pixels of points nearer than `NEAR_M` mean nothing; look at the depth.
        """
        seen = (points_m - self.position_m) @ self.rotation.T
        depth = seen[:, 2]
        scale = self.focal_px / np.maximum(depth, NEAR_M)
        centre = np.array((self.width_px / 2, self.height_px / 2))
        return seen[:, :2] * scale[:, None] + centre, depth

    def project_ground(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Return the pixel of one point of the road plane."""
        pixels, _ = self.project(np.array(((x_m, y_m, 0.0),)))
        return float(pixels[0, 0]), float(pixels[0, 1])

    def rays(self, pixels: Floats) -> Floats:
        """Return world directions (..., 3), of depth 1, through pixels (..., 2)."""
        centre = np.array((self.width_px / 2, self.height_px / 2))
        across = (pixels - centre) / self.focal_px
        ones = np.ones((*across.shape[:-1], 1))
        return np.concatenate((across, ones), axis=-1) @ self.rotation

    def ground_point(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Return the point of the road plane (x, y) seen at one pixel."""
        ray = self.rays(np.array((x_px, y_px), dtype=np.float64))
        reach = -self.position_m[2] / ray[2]
        point = self.position_m + reach * ray
        return float(point[0]), float(point[1])

    def ground_distance_m(self, y_m: float) -> float:
        """Return how far along the road a line across it is, in metres."""
        return float(abs(y_m - self.position_m[1]))
