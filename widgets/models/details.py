"""Everything about the chosen model, and why some things cannot be done with it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QVBoxLayout

from widgets import theme
from widgets.common.fault_text import told
from widgets.common.formatting import DASH
from widgets.models import texts
from widgets.models.model_row import ModelRow
from widgets.models.model_work import Action

_ROWS = ("title", "sees", "input", "source", "here", "licence", "accuracy", "sha256")
_ALL = (*_ROWS, "form", "cannot")


class ModelDetails(QFrame):
    """Name, and a line for each fact; texts can be selected and copied."""

    def __init__(self) -> None:
        """Start without a model."""
        super().__init__()
        theme.as_role(self, "panel")
        self._heading, self._trouble = QLabel(), QLabel()
        self._labels = {key: QLabel() for key in _ALL}
        self._values = {key: QLabel(DASH) for key in _ALL}
        self._shape()
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the names of the facts again; `show_model` says the rest."""
        names = {
            "title": self.tr("Title"),
            "sees": self.tr("Sees"),
            "input": self.tr("Input"),
            "source": self.tr("Comes from"),
            "here": self.tr("On this computer"),
            "licence": self.tr("Licence"),
            "accuracy": self.tr("Accuracy"),
            "sha256": self.tr("SHA-256"),
            "form": self.tr("Runs as"),
            "cannot": self.tr("Not possible"),
        }
        for key, name in names.items():
            self._labels[key].setText(name)

    def show_model(
        self, row: ModelRow | None, reasons: Mapping[Action, tuple[str, str]]
    ) -> None:
        """Show a model; `reasons` has the name of an act and why it is grey."""
        self._heading.setText(row.name if row else self.tr("No model is chosen"))
        trouble = told(row.checked) if row and row.damaged and row.checked else ""
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        for key, value in self._facts(row).items():
            self._values[key].setText(value)
        lines = [f"{name}: {why}" for name, why in reasons.values() if why]
        self._values["cannot"].setText("\n".join(lines) or DASH)

    def text_of(self, key: str) -> str:
        """What stands behind one of the facts."""
        return self._values[key].text()

    def _facts(self, row: ModelRow | None) -> dict[str, str]:
        if row is None:
            return dict.fromkeys((*_ROWS, "form"), DASH)
        return {
            "title": texts.title_text(row),
            "sees": texts.sees_text(row),
            "input": texts.input_text(row),
            "source": texts.source_whole(row),
            "here": texts.here_text(row),
            "licence": texts.licence_text(row),
            "accuracy": texts.accuracy_whole(row),
            "sha256": texts.sha256_whole(row),
            "form": texts.form_whole(row),
        }

    def _shape(self) -> None:
        theme.as_role(self._heading, "heading")
        theme.as_role(self._trouble, "alarm")
        self._trouble.setWordWrap(True)
        for label in self._labels.values():
            theme.as_role(label, "quiet")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        for value in self._values.values():
            value.setWordWrap(True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # Three acts can have a reason: the panel keeps its height.
        lines = 3 * self.fontMetrics().lineSpacing()
        self._values["cannot"].setMinimumHeight(lines)
        self._values["cannot"].setAlignment(Qt.AlignmentFlag.AlignTop)
        # A hash has no place to be broken at.
        theme.as_role(self._values["sha256"], "small")
        self._values["sha256"].setWordWrap(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        for key, label in self._labels.items():
            form.addRow(label, self._values[key])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._trouble)
        column.addLayout(form)
        column.addStretch(1)
