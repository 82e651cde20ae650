"""A table, and what is said in its place while it has no rows."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtWidgets import QStackedWidget

from widgets.common.empty_state import EmptyState
from widgets.common.table import Column, RowsModel, Table

_Row = TypeVar("_Row")


class TableOrNote(QStackedWidget, Generic[_Row]):
    """Shows the table as soon as there is a row in it."""

    def __init__(
        self, columns: Sequence[Column[_Row]], icon: str, note: Callable[[], str]
    ) -> None:
        """Start without rows; `icon` stands above the note.

        `note` is asked for whenever texts are set, so that it follows the language.
        """
        super().__init__()
        self._note_text = note
        self.model: RowsModel[_Row] = RowsModel(columns)
        self.table = Table(self.model)
        self.note = EmptyState(icon)
        self.addWidget(self.note)
        self.addWidget(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the note again, and have titles and cells painted again."""
        self.note.say(self._note_text())
        self.table.viewport().update()
        self.table.horizontalHeader().viewport().update()

    def show_rows(self, rows: Sequence[_Row]) -> None:
        """Show other rows."""
        self.model.replace(rows)
        self.setCurrentWidget(self.table if rows else self.note)

    @property
    def rows(self) -> Sequence[_Row]:
        """The rows in the order shown."""
        return self.model.rows

    @property
    def current(self) -> _Row | None:
        """The row that is current, None without one."""
        return self.model.row(self.table.current_row())
