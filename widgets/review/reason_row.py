"""One line to press: a key in its cap, and what it means."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from widgets import theme
from widgets.common.key_button import paint_key_cap

_CAP_PX = 20


class ReasonRow(QAbstractButton):
    """A flat row, 28 px high; its key is drawn, the panel listens for it."""

    def __init__(self, key: str) -> None:
        """`key` is one character."""
        super().__init__()
        self._key = key
        # The panel has the keyboard; Tab must lead straight to the comment.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Make room for key and text."""
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + _CAP_PX + 3 * theme.UNIT_PX, theme.ROW_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the cap, the text, and the row's ground under the pointer."""
        painter = QPainter(self)
        if self.underMouse() or self.isDown():
            painter.fillRect(self.rect(), theme.color("raised"))
        top = (self.height() - _CAP_PX) / 2
        paint_key_cap(painter, QRectF(2, top, _CAP_PX, _CAP_PX), self._key)
        painter.setPen(theme.color("text"))
        area = self.rect().adjusted(_CAP_PX + 3 * theme.UNIT_PX, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
