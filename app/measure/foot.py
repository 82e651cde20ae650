"""The foot of a vehicle: where its box meets the road, over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.geometry import PixelBox, PixelPoint
from app.measure.calibration import RoadPlane

_BORDER_PX = 2.0
_LOWER_BORDER_SHARE = 0.011
"""A box that ends this near to the lower border, as a share of the height, is cut by
it: what a detector makes of a half-seen vehicle trembles by some pixels."""


@dataclass(frozen=True, slots=True)
class Foot:
    """One seen foot: stream time, pixel of the configuration's picture, metres.

    `x_m` and `y_m` are NaN without a calibration or above the horizon. `y_per_px` is
    how far `y_m` moves for one pixel of error; `scale_doubt` the relative standard
    uncertainty that all distances share (`app.measure.clearance`).
    """

    stream_ns: int
    pixel: PixelPoint
    x_m: float = float("nan")
    y_m: float = float("nan")
    y_per_px: float = float("nan")
    scale_doubt: float = 0.0


def locate(
    stream_ns: int, pixels: Sequence[PixelPoint], plane: RoadPlane | None
) -> list[Foot]:
    """Put the feet of one frame on the road."""
    if plane is None or not pixels:
        return [Foot(stream_ns, pixel) for pixel in pixels]
    points = np.array([[pixel.x_px, pixel.y_px] for pixel in pixels])
    roads = plane.to_road_many(points).tolist()
    scales = plane.metres_per_pixel_many(points).tolist()
    return [
        Foot(stream_ns, pixel, x_m, y_m, scale)
        for pixel, (x_m, y_m), scale in zip(pixels, roads, scales, strict=True)
    ]


def truncated(box: PixelBox, width_px: float, height_px: float) -> bool:
    """Tell whether the picture's border cuts the box, so that its foot is not seen."""
    return (
        box.left_px <= _BORDER_PX
        or box.right_px >= width_px - _BORDER_PX
        or cut_below(box, height_px)
    )


def cut_below(box: PixelBox, height_px: float) -> bool:
    """Tell whether the lower border cuts the box, so that its foot is not seen."""
    return box.bottom_px >= height_px * (1 - _LOWER_BORDER_SHARE)
