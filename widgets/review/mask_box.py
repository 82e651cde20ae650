"""Takes the mask off a plate, for a reason that the trail keeps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout

from app.domain.people import LEAST_REASON, MOST_REASON
from widgets import theme
from widgets.common.key_button import KeyButton


class MaskBox(QFrame):
    """A line for the reason and a button; `wanted` carries the reason."""

    wanted = Signal(str)

    def __init__(self) -> None:
        """Start without a reason."""
        super().__init__()
        self._note = QLabel()
        self._note.setWordWrap(True)
        theme.as_role(self._note, "small")
        self._reason = QLineEdit()
        self._reason.setMaxLength(MOST_REASON)
        self._button = KeyButton(key="U")
        self._reason.returnPressed.connect(self._send)
        self._button.clicked.connect(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._note, self._reason, self._button):
            column.addWidget(part)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._note.setText(
            self.tr("Your role sees no plate and no picture without a reason.")
        )
        self._reason.setPlaceholderText(self.tr("Reason, 5 to 200 characters"))
        self._button.setText(self.tr("Show both"))

    def clear(self) -> None:
        """Another case: a reason is given for each."""
        self._reason.clear()

    def _send(self) -> None:
        reason = self._reason.text().strip()
        if len(reason) < LEAST_REASON:
            self._reason.setFocus()
            return
        self.wanted.emit(reason)
