"""One camera on the wall: its newest frame, and how that lies in the tile."""

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage

from app.config.camera import CameraConfiguration
from app.domain.camera import Camera
from app.domain.overlay import PreviewFrame
from widgets.common import formatting
from widgets.common.picture_map import PictureMap
from widgets.wall.tile_condition import Condition
from widgets.wall.tile_place import LINE_HEIGHT_PX, TilePlace, fitted_size
from widgets.wall.zone_layer import ZoneLayer
from widgets.wall.zone_shapes import ZoneShapes

_UNKNOWN_SOURCE = QSize(16, 9)
_AGE_SMOOTHING = 0.1


class Tile:
    """What the canvas keeps of one camera. Lives in the GUI thread."""

    def __init__(self, camera: Camera) -> None:
        """Start without a frame."""
        self.camera = camera
        self.frame: PreviewFrame | None = None
        self.image = QImage()
        self.condition = Condition.CONNECTING
        self.sentence = ""
        self.cause = ""
        self.number = 0
        self.age_ms: float | None = None
        self.live_times = ""
        self.looked_since_ns: int | None = None
        self.judged_ns = 0
        self.zones: ZoneLayer | None = None
        self._area = QRect()
        self._asked = QSize()
        self._place: TilePlace | None = None

    @property
    def area(self) -> QRect:
        """The tile on the canvas, in logical pixels; empty while it is not shown."""
        return self._area

    @area.setter
    def area(self, area: QRect) -> None:
        self._area = area
        self._place = None

    def take(self, frame: PreviewFrame | None) -> bool:
        """Take the newest frame; tell whether it is another one."""
        if frame is None or frame is self.frame:
            return False
        if self._place is not None and not _alike(frame, self.frame):
            self._place = None
        second = frame.time.wall.second
        if self.frame is None or second != self.frame.time.wall.second:
            self.live_times = ""
        self.frame = frame
        height, width = frame.image.shape[:2]
        # The array stays alive as long as the frame does, and the tile holds both.
        self.image = QImage(
            frame.image.data, width, height, 4 * width, QImage.Format.Format_RGB32
        )
        return True

    def note_age(self, age_ms: float) -> None:
        """Smooth the age of new frames; what is shown changes once a second."""
        before = self.age_ms
        step = 1.0 if before is None else _AGE_SMOOTHING
        self.age_ms = (before or 0.0) + step * (age_ms - (before or 0.0))
        if self.frame is not None and not self.live_times:
            clock = formatting.clock(self.frame.time.wall)
            self.live_times = f"{clock} · {formatting.number(self.age_ms, 0, 'ms')}"

    def set_configuration(self, body: CameraConfiguration | None) -> None:
        """Take the zones of the configuration in force."""
        self.zones = ZoneLayer(ZoneShapes.of(body)) if body else None

    @property
    def picture_area(self) -> QRect:
        """The tile without its line."""
        return self._area.adjusted(0, LINE_HEIGHT_PX, 0, 0)

    def place(self, ratio: float) -> TilePlace:
        """Return where the parts lie.

        A frame of about the right size is shown pixel by pixel, one of another size,
        such as the first after a change of layout, is stretched to fit.
        """
        if self._place is None or self._place.ratio != ratio:
            size = self.image.size()
            self._place = TilePlace.of(self._area, size, self._source(), ratio)
        return self._place

    def target(self, ratio: float) -> QRectF:
        """Return where the picture lies, in logical pixels."""
        return self.place(ratio).target

    def picture_map(self, ratio: float) -> PictureMap:
        """Return the map from pixels of the full-size picture to the screen."""
        return self.place(ratio).logical_map

    def size_to_ask(self, ratio: float) -> QSize | None:
        """Return the size of previews to ask for, None when it was asked already."""
        wanted = fitted_size(self.picture_area.size() * ratio, self._source())
        wanted = wanted.expandedTo(QSize(2, 2))
        if wanted == self._asked or self._area.isEmpty():
            return None
        self._asked = wanted
        return wanted

    def ask_again(self) -> None:
        """Forget what was asked: the engine is another one."""
        self._asked = QSize()

    def _source(self) -> QSize:
        frame = self.frame
        if frame is None:
            return _UNKNOWN_SOURCE
        return QSize(frame.source_width_px, frame.source_height_px)


def _alike(one: PreviewFrame, other: PreviewFrame | None) -> bool:
    """Tell whether two frames lie in the same place."""
    return (
        other is not None
        and one.image.shape == other.image.shape
        and one.source_width_px == other.source_width_px
        and one.source_height_px == other.source_height_px
    )
