"""The recordings that wait, are under way, and are done."""

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout

from widgets import theme
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.table import Column, RowsModel, Table
from widgets.footage.item import FootageItem, FootageState, state_text, state_token

_tr = QCoreApplication.translate


class QueuePanel(QFrame):
    """A row per recording; `chosen` carries its id, None for none."""

    chosen = Signal(object)
    cancelled = Signal(object)
    choose_pressed = Signal()

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.rows: RowsModel[FootageItem] = RowsModel(_columns())
        self.table = Table(self.rows)
        self.cancel = KeyButton(key="X")
        self._empty = EmptyState("play")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self._lay_out()
        self.table.chosen.connect(self._announce)
        self.cancel.clicked.connect(self._cancel)
        self._empty.action_chosen.connect(self.choose_pressed)
        self.retranslate()
        self._allow()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("Queue"))
        self._empty.say(
            self.tr("No footage has been added. Choose files, or drop them here."),
            self.tr("Choose files…"),
        )
        self._allow()
        self.table.horizontalHeader().viewport().update()

    def show_items(self, items: Sequence[FootageItem]) -> None:
        """Show the recordings as they stand; the current one stays current."""
        kept = self.current
        blocked = self.table.blockSignals(True)
        self.rows.replace(items)
        ids = [item.id for item in items]
        if kept is not None and kept.id in ids:
            self.table.choose_row(ids.index(kept.id))
        self.table.blockSignals(blocked)
        self._stack.setCurrentIndex(1 if items else 0)
        self._allow()

    def choose(self, item_id: UUID) -> None:
        """Make a recording the current one."""
        ids = [item.id for item in self.rows.rows]
        if item_id in ids:
            self.table.choose_row(ids.index(item_id))

    @property
    def current(self) -> FootageItem | None:
        """The recording that is chosen."""
        return self.rows.row(self.table.current_row())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 4)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def _announce(self, row: int) -> None:
        item = self.rows.row(row)
        self._allow()
        self.chosen.emit(None if item is None else item.id)

    def _cancel(self) -> None:
        item = self.current
        if item is not None:
            self.cancelled.emit(item.id)

    def _allow(self) -> None:
        item = self.current
        running = item is not None and item.state is FootageState.RUNNING
        self.cancel.setText(self.tr("Cancel") if running else self.tr("Remove"))
        self.cancel.setEnabled(item is not None)


def _columns() -> list[Column[FootageItem]]:
    return [
        Column(lambda: _tr("footage", "File"), lambda i: i.video.name),
        Column(lambda: _tr("footage", "Camera"), _camera, 220),
        Column(lambda: _tr("footage", "State"), state_text, 128, token=state_token),
        Column(lambda: _tr("footage", "Reached"), _reached, 88, right=True),
        Column(lambda: _tr("footage", "Pictures/s"), _rate, 88, right=True),
        Column(lambda: _tr("footage", "Infractions"), _found, 96, right=True),
    ]


def _camera(item: FootageItem) -> str:
    return item.camera_name or formatting.DASH


def _reached(item: FootageItem) -> str:
    return formatting.number(item.reached_s, 0, "s") if item.frames else formatting.DASH


def _rate(item: FootageItem) -> str:
    return formatting.number(item.fps, 1) if item.frames else formatting.DASH


def _found(item: FootageItem) -> str:
    return formatting.count(item.infractions if item.frames else None)
