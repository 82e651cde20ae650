"""One hold that stands, and the button that releases it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from app.domain.hold import Hold
from app.domain.ids import Login
from widgets import theme
from widgets.review.hold_words import hold_line


class HoldRow(QFrame):
    """`released` follows the button; whoever set the hold has none that works."""

    released = Signal()

    def __init__(self, hold: Hold, person: Login) -> None:
        """Show a hold to a person."""
        super().__init__()
        said = QLabel(f"{theme.State.WARN.glyph} {hold_line(hold)}")
        said.setWordWrap(True)
        # A reason comes from outside: never markup.
        said.setTextFormat(Qt.TextFormat.PlainText)
        self._release = QPushButton(self.tr("Release"))
        self._release.setEnabled(hold.set_by != person)
        self._release.clicked.connect(self.released)
        own = QLabel(self.tr("Somebody else must release what you hold."))
        own.setWordWrap(True)
        theme.as_role(own, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(said)
        if hold.set_by == person:
            column.addWidget(own)
        else:
            column.addWidget(self._release, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def button(self) -> QPushButton:
        """What releases the hold."""
        return self._release
