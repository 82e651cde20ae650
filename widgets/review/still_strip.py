"""The stills side by side: before, decisive, after, plate; one click enlarges."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.evidence import EvidenceKind
from widgets import theme
from widgets.common.picture_map import PictureMap

ORDER = (
    EvidenceKind.STILL_BEFORE,
    EvidenceKind.STILL_DECISIVE,
    EvidenceKind.STILL_AFTER,
    EvidenceKind.PLATE,
)
_HEIGHT_PX = 104
_CAPTION_PX = 18
_GAP_PX = 4


class StillStrip(QWidget):
    """Four places of equal width; `chosen` carries the EvidenceKind."""

    chosen = Signal(object)

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._stills: Mapping[EvidenceKind, QImage] = {}
        self._thumbs: dict[EvidenceKind, QPixmap] = {}
        self._current: EvidenceKind | None = None
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stills(self, stills: Mapping[EvidenceKind, QImage]) -> None:
        """Show other stills; missing ones leave a named place."""
        self._stills = stills
        self._thumbs.clear()
        self.update()

    def mark(self, kind: EvidenceKind | None) -> None:
        """Mark the still that is shown large; None while the clip is."""
        self._current = kind
        self.update()

    @property
    def marked(self) -> EvidenceKind | None:
        """The still that is shown large."""
        return self._current

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale again for the new width."""
        super().resizeEvent(event)
        self._thumbs.clear()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the still under the pointer."""
        super().mouseReleaseEvent(event)
        for kind in ORDER:
            if kind in self._stills and self._place(kind).contains(event.position()):
                self.chosen.emit(kind)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw stills and captions."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        for kind in ORDER:
            self._paint(painter, kind, self._place(kind))

    def _place(self, kind: EvidenceKind) -> QRectF:
        step = (self.width() + _GAP_PX) / len(ORDER)
        return QRectF(ORDER.index(kind) * step, 0, step - _GAP_PX, self.height())

    def _paint(self, painter: QPainter, kind: EvidenceKind, place: QRectF) -> None:
        frame = place.adjusted(0, 0, 0, -_CAPTION_PX)
        painter.fillRect(frame, theme.color("video_ground"))
        thumb = self._thumb(kind, frame)
        if thumb is not None:
            ratio = thumb.devicePixelRatio()
            width, height = thumb.width() / ratio, thumb.height() / ratio
            left = frame.left() + (frame.width() - width) / 2
            top = frame.top() + (frame.height() - height) / 2
            painter.drawPixmap(QRectF(left, top, width, height), thumb, thumb.rect())
        current = kind is self._current
        if current:
            painter.setPen(QPen(theme.color("accent"), theme.FOCUS_RING_PX))
            painter.drawRect(frame.adjusted(1, 1, -1, -1))
        painter.setPen(theme.color("text" if current else "quiet"))
        caption = place.adjusted(2, place.height() - _CAPTION_PX, 0, 0)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, self._name(kind))

    def _thumb(self, kind: EvidenceKind, frame: QRectF) -> QPixmap | None:
        image = self._stills.get(kind)
        if image is None or image.isNull():
            return None
        if kind not in self._thumbs:
            ratio = self.devicePixelRatioF()
            fit = PictureMap.fitting(image.width(), image.height(), frame)
            scaled = image.scaledToHeight(
                max(1, round(image.height() * fit.scale * ratio)),
                Qt.TransformationMode.SmoothTransformation,
            )
            self._thumbs[kind] = QPixmap.fromImage(scaled)
            self._thumbs[kind].setDevicePixelRatio(ratio)
        return self._thumbs[kind]

    def _name(self, kind: EvidenceKind) -> str:
        names = {
            EvidenceKind.STILL_BEFORE: self.tr("Before"),
            EvidenceKind.STILL_DECISIVE: self.tr("Decisive"),
            EvidenceKind.STILL_AFTER: self.tr("After"),
            EvidenceKind.PLATE: self.tr("Plate"),
        }
        return names[kind]
