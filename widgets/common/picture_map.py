"""From pixels of the full-size picture to places on the screen, and back."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.domain.geometry import PixelBox, PixelPoint


@dataclass(frozen=True, slots=True)
class PictureMap:
    """A scale and an offset: how one picture lies on one widget.

    `scale` is logical screen pixels per picture pixel; `left` and `top` say where the
    picture's corner lies on the screen.
    """

    scale: float
    left: float
    top: float

    @classmethod
    def fitting(cls, width_px: int, height_px: int, area: QRectF) -> "PictureMap":
        """Return the map that shows the whole picture in the middle of `area`."""
        if width_px <= 0 or height_px <= 0:
            return cls(1.0, area.left(), area.top())
        scale = min(area.width() / width_px, area.height() / height_px)
        return cls(
            scale,
            area.left() + (area.width() - width_px * scale) / 2,
            area.top() + (area.height() - height_px * scale) / 2,
        )

    def to_screen(self, point: PixelPoint) -> QPointF:
        """Return where a point of the picture is shown."""
        return QPointF(
            self.left + point.x_px * self.scale, self.top + point.y_px * self.scale
        )

    def to_picture(self, place: QPointF) -> PixelPoint:
        """Return the point of the picture that is shown there."""
        return PixelPoint(
            (place.x() - self.left) / self.scale, (place.y() - self.top) / self.scale
        )

    def box(self, box: PixelBox) -> QRectF:
        """Return where a box is shown."""
        return QRectF(
            self.left + box.left_px * self.scale,
            self.top + box.top_px * self.scale,
            box.width_px * self.scale,
            box.height_px * self.scale,
        )

    def zoomed(self, factor: float, around: QPointF) -> "PictureMap":
        """Return the map enlarged by `factor`; what lies under `around` stays."""
        return PictureMap(
            self.scale * factor,
            around.x() - (around.x() - self.left) * factor,
            around.y() - (around.y() - self.top) * factor,
        )

    def moved(self, by: QPointF) -> "PictureMap":
        """Return the map shifted on the screen."""
        return PictureMap(self.scale, self.left + by.x(), self.top + by.y())
