"""A picture with vectors over it, to zoom into and to point at."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.domain.geometry import PixelPoint
from widgets import theme
from widgets.common.picture_map import PictureMap

PaintOver = Callable[[QPainter, PictureMap], None]
_STEP: Final = 1.2
_MAX_SCALE: Final = 32.0
_MIN_VISIBLE_PX: Final = 48


class PictureView(QWidget):
    """Shows a picture fitted, zoomed by the wheel, moved by the middle button.

    Coordinates in all signals are pixels of the full-size picture, which may be larger
    than the picture that is shown. `pressed` and the rest speak of the left button.
    """

    pressed = Signal(PixelPoint)
    dragged = Signal(PixelPoint)
    released = Signal(PixelPoint)
    double_clicked = Signal(PixelPoint)
    hovered = Signal(PixelPoint)

    def __init__(self) -> None:
        """Start without a picture."""
        super().__init__()
        self._image = QImage()
        self._source = QSize()
        self._map = PictureMap(1.0, 0.0, 0.0)
        self._fitted = True
        self._paint_over: list[PaintOver] = []
        self._grip: QPointF | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(160, 90)

    def set_image(self, image: QImage, source: QSize | None = None) -> None:
        """Show another picture; `source` is the size that coordinates refer to.

        Zoom and place stay when the size stays.
        """
        self._image = image
        wanted = source or image.size()
        if wanted != self._source:
            self._source = wanted
            self._fitted = True
        if self._fitted:
            self.fit()
        self.update()

    def add_painter(self, paint: PaintOver) -> None:
        """Call `paint` after the picture, in the order of adding."""
        self._paint_over.append(paint)
        self.update()

    @property
    def has_image(self) -> bool:
        """Whether there is a picture."""
        return not self._image.isNull()

    @property
    def source_size(self) -> QSize:
        """The size that coordinates refer to."""
        return self._source

    @property
    def picture_map(self) -> PictureMap:
        """How the picture lies on this widget now."""
        return self._map

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        self._map = PictureMap.fitting(
            self._source.width(), self._source.height(), QRectF(self.rect())
        )
        self.update()

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Enlarge around a place of the widget, its middle by default."""
        smallest = PictureMap.fitting(
            self._source.width(), self._source.height(), QRectF(self.rect())
        ).scale
        if self._map.scale * factor <= smallest:
            self.fit()
            return
        factor = min(factor, _MAX_SCALE / self._map.scale)
        centre = around or QRectF(self.rect()).center()
        self._place(self._map.zoomed(factor, centre))

    def to_picture(self, place: QPointF) -> PixelPoint:
        """Return the point of the full-size picture under a place of the widget."""
        return self._map.to_picture(place)

    def to_screen(self, point: PixelPoint) -> QPointF:
        """Return where a point of the full-size picture is shown."""
        return self._map.to_screen(point)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture and what lies over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("video_ground"))
        if self._image.isNull():
            return
        smooth = self._map.scale * self._source.width() < self._image.width() * 4
        hint = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(hint, smooth)
        painter.drawImage(self._target(), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for paint in self._paint_over:
            painter.save()
            paint(painter, self._map)
            painter.restore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left points, middle grips."""
        if event.button() is Qt.MouseButton.MiddleButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit(self.to_picture(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the gripped picture, or say where the pointer is."""
        if self._grip is not None:
            self._place(self._map.moved(event.position() - self._grip))
            self._grip = event.position()
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(self.to_picture(event.position()))
        else:
            self.hovered.emit(self.to_picture(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() is Qt.MouseButton.MiddleButton:
            self._grip = None
            self.unsetCursor()
        elif event.button() is Qt.MouseButton.LeftButton:
            self.released.emit(self.to_picture(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Say where."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit(self.to_picture(event.position()))

    def _target(self) -> QRectF:
        return QRectF(
            self._map.left,
            self._map.top,
            self._source.width() * self._map.scale,
            self._source.height() * self._map.scale,
        )

    def _place(self, wanted: PictureMap) -> None:
        """Take a new map, but never let the picture leave the widget."""
        width = self._source.width() * wanted.scale
        height = self._source.height() * wanted.scale
        left = min(
            max(wanted.left, _MIN_VISIBLE_PX - width), self.width() - _MIN_VISIBLE_PX
        )
        top = min(
            max(wanted.top, _MIN_VISIBLE_PX - height), self.height() - _MIN_VISIBLE_PX
        )
        self._fitted = False
        self._map = PictureMap(wanted.scale, left, top)
        self.update()
