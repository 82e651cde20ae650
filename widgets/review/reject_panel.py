"""The reasons for a rejection, each with its key; no dialog, no mouse needed."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout

from app.domain.infraction import RejectReason
from app.review.decide import MAX_COMMENT_CHARACTERS
from widgets import theme
from widgets.common.words import reason_name
from widgets.review.reason_row import ReasonRow

KEYS = "123456789ABCDF"
"""One for each reason; the letters leave E, the key that corrects a plate."""


class RejectPanel(QFrame):
    """Takes the keyboard while it is open; Escape gives it back.

    `chosen` carries the RejectReason and the comment; `left` follows Escape.
    """

    chosen = Signal(object, str)
    left = Signal()

    def __init__(self) -> None:
        """Lay out all reasons."""
        super().__init__()
        theme.as_role(self, "panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        theme.as_role(self._hint, "small")
        self._comment = QLineEdit()
        self._comment.setMaxLength(MAX_COMMENT_CHARACTERS)
        self._comment.returnPressed.connect(self.setFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addSpacing(4)
        self._rows = self._make_rows(column)
        column.addSpacing(8)
        column.addWidget(self._comment)
        column.addWidget(self._hint)
        column.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("Why is it rejected?"))
        self._comment.setPlaceholderText(self.tr("Comment, if it helps"))
        self._hint.setText(
            self.tr("One key rejects. Tab goes to the comment, Esc goes back.")
        )
        for reason, row in self._rows.items():
            row.setText(reason_name(reason))

    def begin(self) -> None:
        """Take the keyboard, with an empty comment."""
        self._comment.clear()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """Keep the reason keys from the page's own shortcuts."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_mine(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A reason's key rejects, Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        place = KEYS.find(event.text().upper()) if event.text() else -1
        if place < 0:
            super().keyPressEvent(event)
            return
        self._choose(list(RejectReason)[place])

    def _is_mine(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        return plain and (
            event.key() == Qt.Key.Key_Escape or bool(event.text().strip())
        )

    def _make_rows(self, column: QVBoxLayout) -> dict[RejectReason, ReasonRow]:
        rows = {}
        for key, reason in zip(KEYS, RejectReason, strict=True):
            row = ReasonRow(key)
            row.clicked.connect(lambda _=False, reason=reason: self._choose(reason))
            column.addWidget(row)
            rows[reason] = row
        return rows

    def _choose(self, reason: RejectReason) -> None:
        self.chosen.emit(reason, self._comment.text())
