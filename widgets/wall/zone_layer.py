"""A camera's zones as a picture to lay over the camera's, drawn when they change."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from widgets.common.picture_map import PictureMap
from widgets.wall.tile_place import TilePlace
from widgets.wall.zone_shapes import ZoneShapes


class ZoneLayer:
    """Keeps the last drawing: zones stand still while pictures come and go."""

    def __init__(self, shapes: ZoneShapes) -> None:
        """Draw nothing yet."""
        self._shapes = shapes
        self._drawn = QImage()
        self._key: tuple[object, ...] = ()

    def image(self, place: TilePlace, source_width_px: int) -> QImage:
        """Return the zones at the picture's size, in device pixels."""
        key = (place.picture.size(), place.ratio, source_width_px)
        if key != self._key:
            self._drawn = self._draw(place, source_width_px)
            self._key = key
        return self._drawn

    def _draw(self, place: TilePlace, source_width_px: int) -> QImage:
        image = QImage(place.picture.size(), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(place.ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        scale = place.map.scale / place.ratio
        self._shapes.paint(painter, PictureMap(scale, 0, 0), source_width_px)
        painter.end()
        image.setDevicePixelRatio(1.0)
        return image
