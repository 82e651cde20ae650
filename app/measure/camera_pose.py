"""Where the camera stands, from the road plane alone.

With square pixels and the principal point in the middle of the picture, a plane's
homography holds focal length and pose (Z. Zhang, A flexible new technique for camera
calibration, IEEE PAMI 22, 2000, sec. 3.1, one plane).
"""

from dataclasses import dataclass

import numpy as np

from app.measure.homography import Array

_FOCAL_WIDTHS = (0.3, 20.0)
_HEIGHTS_M = (1.5, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPose:
    """The point of the road below the camera, and its height above it."""

    x_m: float
    y_m: float
    height_m: float
    focal_px: float


def pose_of(to_pixel: Array, width_px: int, height_px: int) -> CameraPose | None:
    """Return the pose behind a map from road to pixels.

    None when the plane does not tell it: a view straight down, or points so inexact
    that no real camera would see them so.
    """
    centre = np.array([[1, 0, -width_px / 2], [0, 1, -height_px / 2], [0, 0, 1.0]])
    columns = centre @ to_pixel
    columns = columns / np.linalg.norm(columns[:, 0])
    focal_px = _focal_px(columns)
    low, high = (limit * width_px for limit in _FOCAL_WIDTHS)
    if focal_px is None or not low <= focal_px <= high:
        return None
    rays = np.diag([1 / focal_px, 1 / focal_px, 1.0]) @ columns
    rays /= (np.linalg.norm(rays[:, 0]) + np.linalg.norm(rays[:, 1])) / 2
    upright = np.cross(rays[:, 0], rays[:, 1])
    rotation = np.column_stack([rays[:, 0], rays[:, 1], upright])
    x_m, y_m, height_m = (-np.linalg.solve(rotation, rays[:, 2])).tolist()
    if not _HEIGHTS_M[0] <= abs(height_m) <= _HEIGHTS_M[1]:
        return None
    return CameraPose(x_m=x_m, y_m=y_m, height_m=abs(height_m), focal_px=focal_px)


def _focal_px(columns: Array) -> float | None:
    """Solve both constraints on 1/f², that axes are square and of one length."""
    first, second = columns[:, 0], columns[:, 1]
    slopes = np.array(
        [first[:2] @ second[:2], first[:2] @ first[:2] - second[:2] @ second[:2]]
    )
    offsets = np.array([first[2] * second[2], first[2] ** 2 - second[2] ** 2])
    squares = float(slopes @ slopes)
    inverse = -float(slopes @ offsets) / squares if squares > 0 else 0.0
    return inverse**-0.5 if inverse > 0 else None
