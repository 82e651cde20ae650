"""The password that a person wants to have from now on, twice."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets import theme
from widgets.shell.password_edit import PasswordEdit


class NewPassword(QWidget):
    """Two fields; `entered` when Enter is pressed in one of them."""

    entered = Signal()
    caps_lock_seen = Signal(bool)

    def __init__(self) -> None:
        """Show both fields empty."""
        super().__init__()
        self._labels = QLabel(), QLabel()
        self._fields = PasswordEdit(), PasswordEdit()
        self._rule = QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label, field in zip(self._labels, self._fields, strict=True):
            theme.as_role(label, "small")
            label.setBuddy(field)
            field.returnPressed.connect(self.entered)
            field.caps_lock_seen.connect(self.caps_lock_seen)
            column.addWidget(label)
            column.addWidget(field)
            column.addSpacing(4)
        theme.as_role(self._rule, "small")
        self._rule.setWordWrap(True)
        column.addWidget(self._rule)
        self.retranslate()

    @property
    def text(self) -> str:
        """The password that was typed first."""
        return self._fields[0].text()

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self._fields[0].text() == self._fields[1].text()

    def start(self) -> None:
        """Forget what was typed, and begin with the first."""
        self.clear()
        self._fields[0].setFocus()

    def clear(self) -> None:
        """Forget what was typed."""
        for field in self._fields:
            field.clear()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._labels[0].setText(self.tr("New password"))
        self._labels[1].setText(self.tr("The same again"))
        self._rule.setText(self.tr("12 characters or more: several words will do."))
