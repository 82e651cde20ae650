"""Rows of label and value, painted so that a hundred of them cost nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.review.facts import Fact

_ROW_PX = 24
_LABEL_PX = 108
_GAP_PX = 8


class FactTable(QWidget):
    """Labels in one column, values in the next, a hairline between rows."""

    def __init__(self) -> None:
        """Start without rows."""
        super().__init__()
        self._facts: tuple[Fact, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these rows instead."""
        self._facts = tuple(facts)
        self.setAccessibleDescription(
            "; ".join(f"{fact.label}: {fact.value} {fact.note}" for fact in facts)
        )
        self.updateGeometry()
        self.update()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The rows that are shown."""
        return self._facts

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(240, _ROW_PX * len(self._facts))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows."""
        painter = QPainter(self)
        for place, fact in enumerate(self._facts):
            self._paint_row(painter, fact, place * _ROW_PX)

    def _paint_row(self, painter: QPainter, fact: Fact, top: float) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        painter.setPen(theme.color("quiet"))
        label = QRectF(0, top, _LABEL_PX - _GAP_PX, _ROW_PX)
        painter.drawText(label, middle, _fit(painter, fact.label, label.width()))
        painter.setFont(theme.font(theme.FONT_PX))
        painter.setPen(theme.color("text"))
        room = self.width() - _LABEL_PX
        value = _fit(painter, fact.value, room)
        painter.drawText(QRectF(_LABEL_PX, top, room, _ROW_PX), middle, value)
        self._paint_note(painter, fact, value, top)
        painter.setPen(QPen(theme.color("line"), 1))
        bottom = round(top + _ROW_PX) - 1
        painter.drawLine(0, bottom, self.width(), bottom)

    def _paint_note(
        self, painter: QPainter, fact: Fact, value: str, top: float
    ) -> None:
        used = QFontMetricsF(painter.font()).horizontalAdvance(value) + _GAP_PX
        room = self.width() - _LABEL_PX - used
        if not fact.note or room < 2 * _GAP_PX:
            return
        painter.setFont(theme.font(theme.FONT_SMALL_PX))
        painter.setPen(theme.color("quiet"))
        area = QRectF(_LABEL_PX + used, top, room, _ROW_PX)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area, right, _fit(painter, fact.note, room))


def _fit(painter: QPainter, text: str, width: float) -> str:
    metrics = QFontMetricsF(painter.font())
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
