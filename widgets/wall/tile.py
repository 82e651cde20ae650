"""One camera on the wall: its newest frame, and how that lies in the tile."""

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage

from app.config.camera import CameraConfiguration
from app.domain.camera import Camera
from app.domain.overlay import PreviewFrame
from widgets.common.picture_map import PictureMap
from widgets.wall.tile_condition import Condition
from widgets.wall.zone_shapes import ZoneShapes

LINE_HEIGHT_PX = 22
_NEARLY_PX = 3
"""Sizes this close count as the size asked for: the engine keeps sizes even."""


class Tile:
    """What the canvas keeps of one camera. Lives in the GUI thread."""

    def __init__(self, camera: Camera) -> None:
        """Start without a frame."""
        self.camera = camera
        self.frame: PreviewFrame | None = None
        self.image = QImage()
        self.area = QRect()
        self.condition = Condition.CONNECTING
        self.sentence = ""
        self.cause = ""
        self.age_ms: float | None = None
        self.zones: ZoneShapes | None = None
        self._asked = QSize()

    def take(self, frame: PreviewFrame | None) -> bool:
        """Take the newest frame; tell whether it is another one."""
        if frame is None or frame is self.frame:
            return False
        self.frame = frame
        height, width = frame.image.shape[:2]
        # The array stays alive as long as the frame does, and the tile holds both.
        self.image = QImage(
            frame.image.data, width, height, 4 * width, QImage.Format.Format_RGB32
        )
        return True

    def set_configuration(self, body: CameraConfiguration | None) -> None:
        """Take the zones of the configuration in force."""
        self.zones = ZoneShapes.of(body) if body else None

    @property
    def picture_area(self) -> QRect:
        """The tile without its line."""
        return self.area.adjusted(0, LINE_HEIGHT_PX, 0, 0)

    def target(self, ratio: float) -> QRectF:
        """Return where the picture lies, in logical pixels.

        A frame of about the right size is shown pixel by pixel, one of another size,
        such as the first after a change of layout, is stretched to fit.
        """
        room = QRectF(self.picture_area)
        width, height = self._fitted(room)
        image = self.image
        if (
            abs(image.width() - width * ratio) <= _NEARLY_PX
            and abs(image.height() - height * ratio) <= _NEARLY_PX
        ):
            width, height = image.width() / ratio, image.height() / ratio
        # On whole device pixels, else Qt would resample after all.
        left = round((room.left() + (room.width() - width) / 2) * ratio) / ratio
        top = round((room.top() + (room.height() - height) / 2) * ratio) / ratio
        return QRectF(left, top, width, height)

    def picture_map(self, ratio: float) -> PictureMap:
        """Return the map from pixels of the full-size picture to the screen."""
        target = self.target(ratio)
        width = self.frame.source_width_px if self.frame else 0
        return PictureMap(target.width() / max(1, width), target.left(), target.top())

    def size_to_ask(self, ratio: float) -> QSize | None:
        """Return the size of previews to ask for, None when it was asked already."""
        width, height = self._fitted(QRectF(self.picture_area))
        wanted = QSize(max(2, round(width * ratio)), max(2, round(height * ratio)))
        if wanted == self._asked or self.area.isEmpty():
            return None
        self._asked = wanted
        return wanted

    def ask_again(self) -> None:
        """Forget what was asked: the engine is another one."""
        self._asked = QSize()

    def _fitted(self, room: QRectF) -> tuple[float, float]:
        frame = self.frame
        source_width = frame.source_width_px if frame else 16
        source_height = frame.source_height_px if frame else 9
        scale = min(room.width() / source_width, room.height() / source_height)
        return max(0.0, source_width * scale), max(0.0, source_height * scale)
