"""The side list of the wall: what happened last, newest on top."""

from collections.abc import Sequence
from typing import Final, cast

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.ids import InfractionId
from widgets import theme
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.wall.wall_event import WallEvent

_ROW_PX: Final = 44
_MARGIN_PX: Final = 12
_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class EventList(QWidget):
    """Two lines per event; a click or Return opens a case."""

    case_opened = Signal(object)
    """The InfractionId of the case."""

    def __init__(self, *, with_cases: bool) -> None:
        """Start empty; `with_cases` false for people who may not read them."""
        super().__init__()
        self._with_cases = with_cases
        self._model = _EventModel()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self._list = _EventView(self._model)
        self._list.chosen.connect(self._open)
        self._empty = EmptyState("check")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._title.setContentsMargins(_MARGIN_PX, 8, _MARGIN_PX, 8)
        column.addWidget(self._title)
        column.addWidget(self._stack, 1)
        self.retranslate()

    def show_events(self, events: Sequence[WallEvent]) -> None:
        """Show other events; the one that was chosen stays chosen."""
        chosen = self._list.chosen_case()
        self._model.replace(events)
        self._stack.setCurrentWidget(self._list if events else self._empty)
        for row, event in enumerate(events):
            if chosen is not None and event.case_id == chosen:
                self._list.setCurrentIndex(self._model.index(row, 0))

    @property
    def events(self) -> Sequence[WallEvent]:
        """The events shown."""
        return self._model.events

    def retranslate(self) -> None:
        """Set the texts again."""
        self._title.setText(self.tr("Latest"))
        if self._with_cases:
            self._empty.say(self.tr("Nothing has been found yet."))
        else:
            self._empty.say(self.tr("All cameras as before; cases are for reviewers."))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface."""
        QPainter(self).fillRect(self.rect(), theme.color("surface"))

    def _open(self, case_id: InfractionId) -> None:
        self.case_opened.emit(case_id)


class _EventModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.events: tuple[WallEvent, ...] = ()

    def replace(self, events: Sequence[WallEvent]) -> None:
        self.beginResetModel()
        self.events = tuple(events)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.events)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        event = self.events[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return event
        # For screen readers; the delegate draws its own.
        if role == Qt.ItemDataRole.AccessibleTextRole:
            time = formatting.clock(event.moment)
            return f"{time} {event.title} {event.figure} {event.detail}"
        return None


class _EventView(QListView):
    chosen = Signal(object)

    def __init__(self, model: _EventModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_EventDelegate(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._choose)

    def chosen_case(self) -> InfractionId | None:
        event = self.currentIndex().data(Qt.ItemDataRole.UserRole)
        return event.case_id if isinstance(event, WallEvent) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        event = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(event, WallEvent) and event.case_id is not None:
            self.chosen.emit(event.case_id)


class _EventDelegate(QStyledItemDelegate):
    """Mark, title and figure above; plate and camera below; the time on the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        event = cast("WallEvent", index.data(Qt.ItemDataRole.UserRole))
        area = QRectF(option.rect)
        hot = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        if option.state & hot:
            painter.fillRect(area, theme.color("raised"))
        if option.state & QStyle.StateFlag.State_Selected:
            edge = QRectF(area.left(), area.top(), 3, area.height())
            painter.fillRect(edge, theme.color("accent"))
        hairline = QRectF(area.left(), area.bottom() - 1, area.width(), 1)
        painter.fillRect(hairline, theme.color("line"))
        inner = area.adjusted(_MARGIN_PX, 4, -_MARGIN_PX, -5)
        _paint_upper(painter, QRectF(inner.topLeft(), inner.bottomRight()), event)
        _paint_lower(painter, inner, event)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(0, _ROW_PX)


def _paint_upper(painter: QPainter, inner: QRectF, event: WallEvent) -> None:
    left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
    right = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
    painter.setFont(theme.font())
    painter.setPen(theme.color("quiet"))
    painter.drawText(inner, right, formatting.clock(event.moment))
    painter.setPen(event.state.color)
    painter.drawText(inner, left, event.state.glyph)
    painter.setFont(theme.font(strong=event.state is theme.State.ALARM))
    painter.setPen(theme.color("text"))
    text = " ".join(part for part in (event.title, event.figure) if part)
    _elided(painter, inner.adjusted(20, 0, -64, 0), left, text)


def _paint_lower(painter: QPainter, inner: QRectF, event: WallEvent) -> None:
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    painter.setPen(theme.color("quiet"))
    bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
    _elided(painter, inner.adjusted(20, 0, 0, 0), bottom, event.detail)


def _elided(
    painter: QPainter, area: QRectF, place: Qt.AlignmentFlag, text: str
) -> None:
    metrics = QFontMetricsF(painter.font())
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, place, cut)
