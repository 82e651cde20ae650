"""What a camera's configuration puts on the road, ready to be drawn."""

from dataclasses import dataclass
from typing import Self

from PySide6.QtGui import QPainter

from app.config.camera import CameraConfiguration
from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelPoint, RoadPoint
from app.measure.calibration import RoadPlane
from widgets.common.picture_map import PictureMap
from widgets.common.video_paint import paint_outline, paint_zones


@dataclass(frozen=True, slots=True)
class ZoneShapes:
    """Zones in pixels of the configuration's picture; `stretch` is computed once."""

    body: CameraConfiguration
    stretch: tuple[PixelPoint, ...]

    @classmethod
    def of(cls, body: CameraConfiguration) -> Self:
        """Compute the outline of the measured stretch from the calibration."""
        return cls(body, _stretch_outline(body))

    def paint(
        self, painter: QPainter, picture: PictureMap, source_width_px: int
    ) -> None:
        """Draw the zones over a picture that may have another size."""
        ratio = source_width_px / self.body.image_width_px
        scaled = PictureMap(picture.scale * ratio, picture.left, picture.top)
        paint_zones(painter, self.body, scaled)
        if self.stretch:
            paint_outline(painter, self.stretch, scaled, "video_accent")


def _stretch_outline(body: CameraConfiguration) -> tuple[PixelPoint, ...]:
    """Return the corners of the stretch, as wide as the calibrated road."""
    calibration, stretch = body.calibration, body.stretch
    if calibration is None or stretch is None:
        return ()
    try:
        plane = RoadPlane.fit(calibration)
    except ConfigurationInvalid:
        return ()
    across = [point.road.x_m for point in calibration.points]
    left, right = min(across), max(across)
    near, far = stretch.start_y_m, stretch.end_y_m
    corners = ((left, near), (right, near), (right, far), (left, far))
    pixels = [plane.to_pixel(RoadPoint(x_m, y_m)) for x_m, y_m in corners]
    inside = [pixel for pixel in pixels if pixel is not None]
    return tuple(inside) if len(inside) == len(corners) else ()
