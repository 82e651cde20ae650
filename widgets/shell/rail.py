"""The rail: where I am, and where I can go."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from widgets import theme
from widgets.common import icons
from widgets.shell.page_catalogue import PageEntry

_ITEM_HEIGHT_PX: Final = 56
_NAME_MARGIN_PX: Final = 4


class Rail(QWidget):
    """One button per page with its icon, its short name and its key F1, F2, …"""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[PageEntry]) -> None:
        """Show the pages that this person may open."""
        super().__init__()
        self.setFixedWidth(theme.RAIL_PX)
        self._items = {
            entry.key: RailItem(entry, f"F{place}")
            for place, entry in enumerate(entries, 1)
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for key, item in self._items.items():
            column.addWidget(item)
            item.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
        column.addStretch(1)

    def mark(self, key: str) -> None:
        """Show which page is open."""
        for name, item in self._items.items():
            item.setChecked(name == key)

    @property
    def items(self) -> Sequence["RailItem"]:
        """The buttons, top to bottom."""
        return tuple(self._items.values())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface and its hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        edge = self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), theme.color("line"))


def fitting_font(name: str, width_px: int) -> QFont:
    """Return the small face, drawn narrower where `name` needs more than the width."""
    font = theme.font(theme.FONT_SMALL_PX)
    needed_px = QFontMetrics(font).horizontalAdvance(name)
    if needed_px > width_px:
        font.setStretch(100 * width_px // needed_px)
    return font


class RailItem(QAbstractButton):
    """Icon, key and short name of one page."""

    def __init__(self, entry: PageEntry, key: str) -> None:
        """`key` opens the page from anywhere in the window."""
        super().__init__()
        self.entry = entry
        self.key = key
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        QShortcut(QKeySequence(key), self).activated.connect(self.click)
        self._name()

    def sizeHint(self) -> QSize:
        """As wide as the rail."""
        return QSize(theme.RAIL_PX, _ITEM_HEIGHT_PX)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name()
            self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Rest."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw icon with key above, name below; an accent edge when open."""
        painter = QPainter(self)
        if self.isChecked() or self.underMouse():
            ground = self.rect().adjusted(0, 0, -1, 0)
            painter.fillRect(ground, theme.color("raised"))
        if self.isChecked():
            painter.fillRect(0, 0, 3, self.height(), theme.color("accent"))
        token = "text" if self.isChecked() else "quiet"
        icons.paint(painter, self.entry.icon, token, QRectF(12, 9, 20, 20))
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        painter.setPen(theme.color("quiet"))
        key_area = QRectF(34, 4, 20, 16)
        painter.drawText(key_area, Qt.AlignmentFlag.AlignLeft, self.key)
        painter.setPen(theme.color(token))
        name = self.entry.short()
        painter.setFont(fitting_font(name, self.width() - 2 * _NAME_MARGIN_PX))
        name_area = QRectF(0, 33, self.width() - 1, 18)
        painter.drawText(name_area, Qt.AlignmentFlag.AlignCenter, name)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), theme.FOCUS_RING_PX))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _name(self) -> None:
        self.setToolTip(f"{self.entry.title()} ({self.key})")
        self.setAccessibleName(self.entry.title())
