"""Ctrl+K: everything that can be done here, found by a few letters of its name."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.common.key_button import key_cap_width, paint_key_cap
from widgets.shell.command import Command, fuzzy_score

_WIDTH_PX: Final = 520
_ROWS_SHOWN: Final = 12
_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class CommandPalette(QFrame):
    """Lies over the top of its parent while it is asked for; Esc puts it away."""

    def __init__(self, parent: QWidget) -> None:
        """Stay hidden until `ask`."""
        super().__init__(parent)
        self._room = parent
        self._commands: list[Command] = []
        self._back_to: QWidget | None = None
        self._model = _CommandModel()
        self._input = _PaletteInput()
        self._input.textChanged.connect(self._filter)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_CommandDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.clicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._input)
        column.addWidget(self._list)
        self._input.installEventFilter(self)
        self.hide()

    def ask(self, commands: Sequence[Command]) -> None:
        """Show these commands and take the keyboard."""
        self._commands = list(commands)
        self._back_to = self.window().focusWidget()
        self._input.setPlaceholderText(self.tr("What do you want to do?"))
        self._input.clear()
        self._filter("")
        self._place()
        self.show()
        self.raise_()
        self._input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def names(self) -> list[str]:
        """The commands that match now, best first."""
        return [command.name for command in self._model.commands]

    def type_text(self, text: str) -> None:
        """Look for `text`, as if it had been typed."""
        self._input.setText(text)

    def put_away(self) -> None:
        """Hide and give the keyboard back."""
        self.hide()
        if self._back_to is not None and self._back_to.isVisible():
            self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows, Return and Esc of the input drive the list."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._steer(event.key())
        if isinstance(event, QFocusEvent) and event.lostFocus() and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a panel with a hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _steer(self, key: int) -> bool:
        row = self._list.currentIndex().row()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _ROWS_SHOWN,
            Qt.Key.Key_PageUp: -_ROWS_SHOWN,
        }
        if key == Qt.Key.Key_Escape:
            self.put_away()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentIndex())
        elif key in steps:
            last = self._model.rowCount() - 1
            self._choose(max(0, min(last, row + steps[Qt.Key(key)])))
        else:
            return False
        return True

    def _filter(self, text: str) -> None:
        scored = [(fuzzy_score(text, c.name), c) for c in self._commands]
        fitting = [(score, c) for score, c in scored if score is not None]
        fitting.sort(key=lambda pair: pair[0])
        self._model.replace([command for _, command in fitting])
        self._choose(0)

    def _choose(self, row: int) -> None:
        self._list.setCurrentIndex(self._model.index(row, 0))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        command = self._model.commands[index.row()]
        self.put_away()
        command.run()

    def _place(self) -> None:
        room = self._room.rect()
        width = min(_WIDTH_PX, room.width() - 32)
        rows = min(_ROWS_SHOWN, max(1, len(self._commands)))
        height = min(rows * theme.ROW_PX + 56, room.height() - 64)
        self.setGeometry((room.width() - width) // 2, 48, width, height)


class _PaletteInput(QLineEdit):
    """Takes every printable key before the window's shortcuts see it."""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


class _CommandModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.commands: list[Command] = []

    def replace(self, commands: list[Command]) -> None:
        self.beginResetModel()
        self.commands = commands
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.commands)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        command = self.commands[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.name
        return command.key if role == Qt.ItemDataRole.UserRole else None


class _CommandDelegate(QStyledItemDelegate):
    """Name on the left, key on the right."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        area = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.color("raised"))
            edge = QRectF(area.left(), area.top(), 3, area.height())
            painter.fillRect(edge, theme.color("accent"))
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area.adjusted(12, 0, -12, 0), middle, str(index.data()))
        key = str(index.data(Qt.ItemDataRole.UserRole) or "")
        width = key_cap_width(self._view, key)
        if width:
            cap = QRectF(area.right() - width - 12, area.top() + 5, width, 18)
            paint_key_cap(painter, cap, key)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(0, theme.ROW_PX)
