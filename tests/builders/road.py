"""A pinhole camera above a plane road: truth to measure against."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.config.camera import Calibration, ControlPoint
from app.domain.geometry import PixelBox, PixelPoint, RoadPoint

Array = npt.NDArray[np.float64]

CORNERS = np.array(
    [[-4.0, 15.0], [4.0, 15.0], [-4.0, 30.0], [4.0, 30.0], [-4.0, 50.0], [4.0, 50.0]]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadCamera:
    """A camera `height_m` above the origin, looking along y, `tilt_deg` downwards."""

    height_m: float = 7.0
    tilt_deg: float = 12.0
    pan_deg: float = 4.0
    focal_px: float = 1500.0
    width_px: int = 1920
    height_px: int = 1080

    def matrix(self) -> Array:
        """Return the homography from road metres to pixels."""
        tilt, pan = np.radians(self.tilt_deg), np.radians(self.pan_deg)
        turn = np.array(
            [
                [np.cos(pan), -np.sin(pan), 0],
                [np.sin(pan), np.cos(pan), 0],
                [0, 0, 1],
            ]
        )
        look = np.array(
            [
                [1, 0, 0],
                [0, -np.sin(tilt), -np.cos(tilt)],
                [0, np.cos(tilt), -np.sin(tilt)],
            ]
        )
        lens = np.array(
            [
                [self.focal_px, 0, self.width_px / 2],
                [0, self.focal_px, self.height_px / 2],
                [0, 0, 1],
            ]
        )
        rotation = look @ turn
        shift = -rotation @ np.array([0, 0, self.height_m])
        result = lens @ np.column_stack([rotation[:, 0], rotation[:, 1], shift])
        return np.asarray(result, np.float64)

    def project(self, roads: Array) -> Array:
        """Map metres (n, 2) to pixels (n, 2)."""
        homogeneous = np.column_stack([roads, np.ones(len(roads))]) @ self.matrix().T
        return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)

    def calibration(
        self,
        roads: Array = CORNERS,
        noise: np.random.Generator | None = None,
        pixel_sigma_px: float = 1.5,
        road_sigma_m: float = 0.05,
    ) -> Calibration:
        """Return control points; with `noise` they err by the sigmas."""
        pixels = self.project(roads)
        if noise is not None:
            pixels = pixels + noise.normal(0, pixel_sigma_px, pixels.shape)
            roads = roads + noise.normal(0, road_sigma_m, roads.shape)
        return Calibration(
            points=control_points(pixels, roads),
            pixel_sigma_px=pixel_sigma_px,
            road_sigma_m=road_sigma_m,
        )

    def box(
        self,
        x_m: float,
        y_m: float,
        noise: np.random.Generator | None = None,
        jitter_px: float = 2.0,
    ) -> PixelBox:
        """Return the box of a car, 1.8 m wide and 1.5 m high, whose foot is there."""
        roads = np.array([[x_m - 0.9, y_m], [x_m + 0.9, y_m], [x_m, y_m]])
        left, right, foot = self.project(roads)
        width = float(right[0] - left[0])
        edges = np.array(
            [foot[0] - width / 2, foot[1] - width * 0.8, foot[0] + width / 2, foot[1]]
        )
        if noise is not None:
            edges = edges + noise.normal(0, jitter_px, 4)
        return PixelBox(*(float(edge) for edge in edges))


def control_points(pixels: Array, roads: Array) -> tuple[ControlPoint, ...]:
    """Pair pixels (n, 2) with road points (n, 2)."""
    return tuple(
        ControlPoint(
            pixel=PixelPoint(float(x_px), float(y_px)),
            road=RoadPoint(float(x_m), float(y_m)),
        )
        for (x_px, y_px), (x_m, y_m) in zip(pixels, roads, strict=True)
    )
