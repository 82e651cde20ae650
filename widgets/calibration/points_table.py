"""The control points as a table: place in the picture, on the road, and error."""

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.domain.geometry import PixelPoint, RoadPoint
from widgets import theme
from widgets.calibration.assessment import GREAT_RESIDUAL_CM
from widgets.calibration.draft import DraftPoint
from widgets.calibration.editor import Editor
from widgets.common import formatting

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_NUMBER, _PX_X, _PX_Y, _M_X, _M_Y, _RESIDUAL = range(6)
_EDITABLE: Final = (_PX_X, _PX_Y, _M_X, _M_Y)
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PointsModel(QAbstractTableModel):
    """An editor's points; `edited` follows a typed value."""

    edited = Signal()

    def __init__(self, editor: Editor) -> None:
        """Show an editor's points."""
        super().__init__()
        self._editor = editor
        self._count = len(editor.draft.points)

    def show_editor(self, editor: Editor) -> None:
        """Show another editor's points."""
        self.beginResetModel()
        self._editor = editor
        self._count = len(editor.draft.points)
        self.endResetModel()

    def refresh(self) -> None:
        """Show what the editor holds now; an open field stays open when it can."""
        count = len(self._editor.draft.points)
        if count != self._count:
            self.beginResetModel()
            self._count = count
            self.endResetModel()
        elif count:
            last = self.index(count - 1, _RESIDUAL)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return the number of points."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else _RESIDUAL + 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Pixels and metres may be typed."""
        flags = super().flags(index)
        if index.column() in _EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if index.row() >= len(self._editor.draft.points):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(index)
        if role == Qt.ItemDataRole.EditRole:
            value = self._value(index)
            return "" if value is None else f"{value:.2f}"
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        return None

    def setData(
        self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Take a typed number; anything else is refused."""
        number = _number(str(value))
        if role != Qt.ItemDataRole.EditRole or number is None:
            return False
        self._set(index.row(), index.column(), number)
        self.edited.emit()
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                "#",
                "x px",
                "y px",
                self.tr("Across m"),
                self.tr("Along m"),
                self.tr("Error cm"),
            )[section]
        return None

    def _value(self, index: _Index) -> float | None:
        point = self._editor.draft.points[index.row()]
        return _cell(point, index.column())

    def _text(self, index: _Index) -> str:
        column = index.column()
        if column == _NUMBER:
            return str(index.row() + 1)
        if column == _RESIDUAL:
            residual = self._editor.assessment.residuals_cm[index.row()]
            return formatting.number(residual, 1)
        return formatting.number(
            self._value(index), 1 if column in (_PX_X, _PX_Y) else 2
        )

    def _colour(self, index: _Index) -> Any:
        if index.column() in (_NUMBER, _PX_X, _PX_Y):
            return theme.color("quiet")
        residual = self._editor.assessment.residuals_cm[index.row()]
        great = residual is not None and residual > GREAT_RESIDUAL_CM
        if index.column() == _RESIDUAL and great:
            return theme.color("warn")
        return None

    def _set(self, row: int, column: int, number: float) -> None:
        point = self._editor.draft.points[row]
        if column in (_PX_X, _PX_Y):
            pixel = PixelPoint(
                number if column == _PX_X else point.pixel.x_px,
                number if column == _PX_Y else point.pixel.y_px,
            )
            self._editor.apply(lambda draft: draft.with_pixel(row, pixel))
            return
        known = point.road or RoadPoint(0.0, 0.0)
        road = RoadPoint(
            number if column == _M_X else known.x_m,
            number if column == _M_Y else known.y_m,
        )
        self._editor.set_road(row, road)


class PointsTable(QTableView):
    """The table itself: typing begins an edit, Return goes on to the next cell."""

    row_chosen = Signal(int)
    delete_pressed = Signal()

    def __init__(self, model: PointsModel) -> None:
        """Show a model."""
        super().__init__()
        self.setModel(model)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(theme.ROW_PX)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(_NUMBER, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(_NUMBER, 32)
        self.selectionModel().currentChanged.connect(self._choose)

    def choose_row(self, row: int | None, *, edit_metres: bool = False) -> None:
        """Mark a point; with `edit_metres` its metres are asked for."""
        if row is None or row >= self.model().rowCount():
            self.clearSelection()
            return
        if row == self.currentIndex().row() and not edit_metres:
            return
        column = _M_X if edit_metres else max(self.currentIndex().column(), _M_X)
        index = self.model().index(row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the point, Return edits or goes on."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())


def _cell(point: DraftPoint, column: int) -> float | None:
    if column == _PX_X:
        return point.pixel.x_px
    if column == _PX_Y:
        return point.pixel.y_px
    if point.road is None:
        return None
    return point.road.x_m if column == _M_X else point.road.y_m


def _number(text: str) -> float | None:
    """Read a number with point or comma; None when it is none."""
    value, good = QLocale.c().toDouble(text.strip().replace(",", "."))
    return value if good and abs(value) < 1e6 else None
