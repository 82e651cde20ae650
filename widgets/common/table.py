"""Tables: rows of domain values, told apart by columns that know how to show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from widgets import theme

_Row = TypeVar("_Row")
_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[_Row]):
    """How one property of a row is shown.

    `title` is asked for whenever the header is painted, so that it follows the
    language. `token` names the colour of a cell, None for plain text.
    """

    title: Callable[[], str]
    text: Callable[[_Row], str]
    width_px: int | None = None
    right: bool = False
    token: Callable[[_Row], str | None] | None = None


class RowsModel(QAbstractTableModel, Generic[_Row]):
    """A list of rows; replaced as a whole, or grown at its end by a further page."""

    def __init__(self, columns: Sequence[Column[_Row]]) -> None:
        """Start without rows."""
        super().__init__()
        self._columns = tuple(columns)
        self._rows: list[_Row] = []

    @property
    def rows(self) -> Sequence[_Row]:
        """The rows in the order shown."""
        return self._rows

    def row(self, index: int) -> _Row | None:
        """Return one row, None when there is no such row."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def replace(self, rows: Sequence[_Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def append(self, rows: Sequence[_Row]) -> None:
        """Add a further page."""
        if not rows:
            return
        first = len(self._rows)
        self.beginInsertRows(_NO_PARENT, first, first + len(rows) - 1)
        self._rows.extend(rows)
        self.endInsertRows()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return the number of rows; a cell has none below it."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, alignment or colour of a cell."""
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole and column.token:
            token = column.token(row)
            return theme.color(token) if token else None
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self._columns[section])
        return None

    @property
    def widths_px(self) -> tuple[int | None, ...]:
        """Width of each column; None takes its share of the rest."""
        return tuple(column.width_px for column in self._columns)


class Table(QTableView):
    """28 px rows, whole rows selected, Return opens; nothing is edited in place."""

    opened = Signal(int)
    chosen = Signal(int)
    """The row that is now current; -1 for none."""

    def __init__(self, model: RowsModel[Any]) -> None:
        """Show a model."""
        super().__init__()
        self.setModel(model)
        self._rows_model = model
        self.setItemDelegate(_RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._size_headers(model.widths_px)
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentRowChanged.connect(self._choose)

    def current_row(self) -> int:
        """Return the number of the current row, -1 for none."""
        return self.currentIndex().row()

    def choose_row(self, row: int) -> None:
        """Make a row current and bring it into view."""
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the current row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _size_headers(self, widths_px: Sequence[int | None]) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(theme.ROW_PX)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for section, width_px in enumerate(widths_px):
            if width_px is None:
                columns.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
            else:
                self.setColumnWidth(section, width_px)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(index.row())

    def _choose(self, current: QModelIndex) -> None:
        self.chosen.emit(current.row())


class _RowDelegate(QStyledItemDelegate):
    """Marks the current row by an accent edge, not only by its ground."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        plain = QStyleOptionViewItem(option)
        # One ring per row would be drawn as one per cell.
        plain.state &= ~QStyle.StateFlag.State_HasFocus
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            # Qt would draw the text in the selection's colour and lose the cell's.
            plain.state &= ~QStyle.StateFlag.State_Selected
            painter.fillRect(option.rect, theme.color("raised"))
        super().paint(painter, plain, index)
        if selected and index.column() == 0:
            edge = QRect(option.rect)
            edge.setWidth(theme.FOCUS_RING_PX + 1)
            painter.fillRect(edge, theme.color("accent"))


def _alignment(column: Column[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
