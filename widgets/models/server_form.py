"""The address of a model that an inference server runs."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from widgets import theme
from widgets.common.key_button import KeyButton

_EXAMPLE = "http://192.168.1.20:8000/atalaya"


class ServerForm(QFrame):
    """`wanted` carries the address; whether it answers is asked by the command."""

    wanted = Signal(str)

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        theme.as_role(self, "panel")
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.address = QLineEdit()
        self.address.setPlaceholderText(_EXAMPLE)
        self.use = KeyButton(key="S")
        self._busy = ""
        self._lay_out()
        self.address.textChanged.connect(self._allow)
        self.address.returnPressed.connect(self._submit)
        self.use.clicked.connect(self._submit)
        self.retranslate()

    @property
    def reason(self) -> str:
        """Why it cannot be used now; empty when it can."""
        if not self._typed.startswith(("http://", "https://")):
            return self.tr("Type an address that begins with http:// or https://.")
        return self._busy

    def retranslate(self) -> None:
        """Set the texts again."""
        self._title.setText(self.tr("Inference server"))
        self.address.setAccessibleName(self._title.text())
        self.use.setText(self.tr("Use server"))
        self._allow()

    def set_busy(self, reason: str) -> None:
        """Say why nothing can be begun now; empty when it can."""
        self._busy = reason
        self._allow()

    @property
    def _typed(self) -> str:
        return self.address.text().strip()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.address, 1)
        row.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(row)

    def _submit(self) -> None:
        if not self.reason:
            self.wanted.emit(self._typed)

    def _allow(self) -> None:
        self.use.setEnabled(not self.reason)
        self.use.setToolTip(self.reason)
