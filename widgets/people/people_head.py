"""Title of the page, and the key that makes somebody."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from widgets import theme
from widgets.common.key_button import KeyButton


class PeopleHead(QFrame):
    """`new_wanted` asks for somebody new."""

    new_wanted = Signal()

    def __init__(self) -> None:
        """Build both."""
        super().__init__()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.new = KeyButton(key="Ctrl+N")
        self.new.clicked.connect(self.new_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self.new)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("People"))
        self.new.setText(self.tr("New person…"))
