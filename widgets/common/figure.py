"""A labelled number: what it is, how much, and how that compares."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from widgets import theme
from widgets.common.formatting import DASH
from widgets.theme import State


class Figure(QFrame):
    """Label above, figure in the middle, comparison below.

    `opened` follows a click or Return when the figure leads somewhere.
    """

    opened = Signal()

    def __init__(self, *, leads_somewhere: bool = False) -> None:
        """Start with the unknown: a dash."""
        super().__init__()
        self._leads = leads_somewhere
        self._label = QLabel()
        theme.as_role(self._label, "small")
        self._value = QLabel(DASH)
        theme.as_role(self._value, "title")
        self._note = QLabel()
        theme.as_role(self._note, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        for part in (self._label, self._value, self._note):
            column.addWidget(part)
        if leads_somewhere:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_label(self, label: str) -> None:
        """Say what the number counts."""
        self._label.setText(label)
        self.setAccessibleName(label)

    def set_value(self, value: str, *, state: State | None = None) -> None:
        """Show the figure, already formatted; `state` puts its shape before it."""
        shown = f"{state.glyph} {value}" if state else value
        self._value.setText(shown)
        tint = state.color.name() if state else theme.color("text").name()
        self._value.setStyleSheet(f"color: {tint}")

    def set_note(self, note: str) -> None:
        """Show the comparison below the figure."""
        self._note.setText(note)

    @property
    def value(self) -> str:
        """The figure as shown."""
        return self._value.text()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens what is behind the number."""
        super().mouseReleaseEvent(event)
        if self._leads and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens what is behind the number."""
        if self._leads and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the focus ring away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel and, with the focus, its ring."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("surface"))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), theme.FOCUS_RING_PX))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
