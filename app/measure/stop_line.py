"""How far a foot is beyond the stop line."""

import math
from dataclasses import dataclass

import numpy as np

from app.config.camera import StopLine
from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox, PixelPoint
from app.measure.calibration import RoadPlane
from app.measure.foot import Foot

_GO_ON_M = 2.5
_GO_ON_BOX_HEIGHTS = 0.3
_END_MARGIN = 0.05
VEHICLE_WIDTH_M = 1.8
_NOISE_PX = 2.0


@dataclass(frozen=True, slots=True)
class LinePosition:
    """A foot seen from the stop line.

    `beyond` is the distance over the line in the direction of travel, negative before
    it; in metres on a calibrated camera, else in pixels. `go_on` is the distance, in
    the same unit, that a vehicle must go on for to have passed and not just edged
    over. `along` is the place along the line: 0 at its start, 1 at its end; `lateral`
    is the same in the unit of `beyond`. `width` is about a vehicle's width in that
    unit, `noise` the standard uncertainty of `beyond`.
    """

    beyond: float
    along: float
    lateral: float
    go_on: float
    width: float
    noise: float


class StopLineFrame:
    """Coordinates across and along one stop line, on the road where calibrated."""

    def __init__(self, line: StopLine, plane: RoadPlane | None) -> None:
        """Take the line; without plane, or above its horizon, pixels are used."""
        segment = line.segment
        pixels = np.array([_xy(p) for p in (segment.start, segment.end, line.before)])
        roads = pixels if plane is None else plane.to_road_many(pixels)
        self._metric = plane is not None and bool(np.isfinite(roads).all())
        points = roads if self._metric else pixels
        ends, before = points[:2], points[2:]
        span = ends[1] - ends[0]
        self._length = float(np.linalg.norm(span))
        if self._length == 0:
            raise ConfigurationInvalid("The stop line has no length: draw it again.")
        across = np.array([-span[1], span[0]]) / self._length
        if (before[0] - ends[0]) @ across > 0:
            across = -across
        self._start: list[float] = ends[0].tolist()
        self._along: list[float] = (span / self._length).tolist()
        self._across: list[float] = across.tolist()

    @property
    def metric(self) -> bool:
        """Whether distances are metres; else they are pixels."""
        return self._metric

    def locate(self, foot: Foot, box: PixelBox) -> LinePosition | None:
        """Return where a foot is; None when it is above the horizon."""
        point = (foot.x_m, foot.y_m) if self.metric else _xy(foot.pixel)
        if not math.isfinite(point[0]):
            return None
        across, along = point[0] - self._start[0], point[1] - self._start[1]
        lateral = across * self._along[0] + along * self._along[1]
        return LinePosition(
            beyond=across * self._across[0] + along * self._across[1],
            along=lateral / self._length,
            lateral=lateral,
            go_on=_GO_ON_M if self.metric else _GO_ON_BOX_HEIGHTS * box.height_px,
            width=VEHICLE_WIDTH_M if self.metric else box.width_px,
            noise=_NOISE_PX * (foot.y_per_px if self.metric else 1.0),
        )


def on_line(along: float) -> bool:
    """Tell whether a crossing lies on the drawn line, a little past its ends."""
    return -_END_MARGIN <= along <= 1 + _END_MARGIN


def _xy(point: PixelPoint) -> tuple[float, float]:
    return point.x_px, point.y_px
