"""The forms of the chosen model as they were measured on this computer."""

from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout

from widgets import theme
from widgets.common.empty_state import EmptyState
from widgets.common.table import RowsModel, Table
from widgets.models.columns import form_columns
from widgets.models.model_row import MeasuredForm, ModelRow
from widgets.models.texts import refusal


class FormsPanel(QFrame):
    """A row per form, fastest first; a sentence where none was measured."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        theme.as_role(self, "panel")
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.rows: RowsModel[MeasuredForm] = RowsModel(form_columns())
        self.table = Table(self.rows)
        self._empty = EmptyState("speed")
        self._refused = QLabel()
        self._refused.setWordWrap(True)
        theme.as_role(self._refused, "small")
        self._possible = False
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._stack, 1)
        column.addWidget(self._refused)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts again."""
        self._title.setText(self.tr("Measured on this computer"))
        self.table.setAccessibleName(self._title.text())
        self._say_empty()
        self.table.horizontalHeader().viewport().update()

    def show_model(self, row: ModelRow | None, *, possible: bool) -> None:
        """Show what was measured of a model; `possible` when it can be."""
        measured = row.measured if row else ()
        if measured != tuple(self.rows.rows):
            self.rows.replace(measured)
        refused = [refusal(one) for one in measured if one.refused]
        self._refused.setText("\n".join(refused))
        self._refused.setVisible(bool(refused))
        self._possible = possible
        self._say_empty()
        self._stack.setCurrentIndex(1 if measured else 0)

    def _say_empty(self) -> None:
        sentence = self.tr("Nothing has been measured.")
        if self._possible:
            sentence = self.tr(
                "Nothing has been measured. O finds the form that is fastest here."
            )
        self._empty.say(sentence)
