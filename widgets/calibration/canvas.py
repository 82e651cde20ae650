"""The picture that is drawn on: handles, grid, loupe."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent

from app.domain.geometry import PixelBox, PixelPoint
from app.domain.overlay import PreviewFrame
from widgets import theme
from widgets.calibration import line_painter, road_painter
from widgets.calibration.draft import Draft
from widgets.calibration.editor import Editor
from widgets.calibration.tools import Tool
from widgets.common.picture_map import PictureMap
from widgets.common.picture_view import PictureView

_REACH_PX: Final = 12.0
_LOUPE_PX: Final = 168
_LOUPE_SCALE: Final = 6.0
_NUDGES: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class CalibrationCanvas(PictureView):
    """Draws an editor's draft over the camera's picture and edits it by the pointer.

    `edited` follows every change that came from here. Arrow keys move the selected
    point by a pixel, with Shift by a tenth; Delete takes it away.
    """

    edited = Signal()

    def __init__(self, editor: Editor) -> None:
        """Show an editor's draft."""
        super().__init__()
        self._editor = editor
        self._image = QImage()
        self._pointer: PixelPoint | None = None
        self._frame: PreviewFrame | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.add_painter(self._paint_draft)
        self.pressed.connect(self._press)
        self.dragged.connect(self._drag)
        self.released.connect(self._release)
        self.hovered.connect(self._hover)
        self.show_blank()

    def show_editor(self, editor: Editor) -> None:
        """Edit another camera's draft."""
        self._editor = editor
        self._pointer = None
        self.show_blank()

    def show_frame(self, frame: PreviewFrame) -> None:
        """Show a camera's picture; it lies under the coordinates of the draft."""
        height, width = frame.image.shape[:2]
        # The frame is kept because QImage reads its memory.
        self._frame = frame
        stride = int(frame.image.strides[0])
        pixels = frame.image.data
        self._show(QImage(pixels, width, height, stride, QImage.Format.Format_RGB32))

    def show_blank(self) -> None:
        """Show an empty picture: the drawing can be seen without the camera."""
        self._frame = None
        blank = QImage(16, 9, QImage.Format.Format_RGB32)
        blank.fill(theme.color("video_ground"))
        self._show(blank)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move or remove the selected point."""
        step = _NUDGES.get(Qt.Key(event.key()))
        if step is not None and self._editor.selected is not None:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            size = 0.1 if fine else 1.0
            self._editor.nudge(step[0] * size, step[1] * size)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._editor.remove_selected()
        else:
            super().keyPressEvent(event)
            return
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture and draft, then the focus ring."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(theme.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _show(self, image: QImage) -> None:
        draft = self._editor.draft
        self._image = image
        self.set_image(image, QSize(draft.width_px, draft.height_px))

    def _press(self, at: PixelPoint) -> None:
        self.setFocus()
        self._editor.press(self._inside(at), _REACH_PX / self.picture_map.scale)
        self._pointer = at
        self._tell()

    def _drag(self, to: PixelPoint) -> None:
        if self._editor.dragging:
            self._editor.drag(self._inside(to))
            self._pointer = to
            self._tell()

    def _release(self, _at: PixelPoint) -> None:
        self._editor.release()
        self._tell()

    def _hover(self, at: PixelPoint) -> None:
        self._pointer = at
        self.update()

    def _inside(self, at: PixelPoint) -> PixelPoint:
        return line_painter.clamp(at, self._editor.draft)

    def _tell(self) -> None:
        self.update()
        self.edited.emit()

    def _paint_draft(self, painter: QPainter, picture: PictureMap) -> None:
        draft, assessment = self._editor.draft, self._editor.assessment
        plane = assessment.plane
        painter.setClipRect(
            picture.box(PixelBox(0, 0, draft.width_px, draft.height_px))
        )
        if plane is not None:
            road_painter.paint_grid(painter, plane, draft, picture)
            road_painter.paint_horizon(painter, plane, draft, picture)
            road_painter.paint_stretch(painter, plane, draft, picture)
        line_painter.paint_stop_line(painter, draft, picture)
        line_painter.paint_lamps(painter, draft, picture)
        road_painter.paint_points(
            painter, draft, assessment, self._editor.selected, picture
        )
        if self._pointer is None or not self.underMouse():
            return
        free = self._editor.tool in (Tool.POINTS, Tool.STRETCH)
        if plane is not None and free and not self._editor.dragging:
            road_painter.paint_ghost_car(painter, plane, self._pointer, picture)
        painter.setClipping(False)
        self._paint_loupe(painter, draft)

    def _paint_loupe(self, painter: QPainter, draft: Draft) -> None:
        """Magnify what is under the pointer, in the corner away from it."""
        if not self._editor.dragging or self._pointer is None:
            return
        pointer = self._pointer
        left = self.to_screen(pointer).x() > self.width() / 2
        corner = QPointF(8 if left else self.width() - _LOUPE_PX - 8, 8)
        area = QRectF(corner.x(), corner.y(), _LOUPE_PX, _LOUPE_PX)
        across = self._image.width() / draft.width_px
        down = self._image.height() / draft.height_px
        half = _LOUPE_PX / _LOUPE_SCALE / 2
        part = QRectF(
            (pointer.x_px - half) * across,
            (pointer.y_px - half) * down,
            2 * half * across,
            2 * half * down,
        )
        painter.fillRect(area, theme.color("video_ground"))
        painter.drawImage(area, self._image, part)
        road_painter.paint_loupe(painter, pointer, area)
