"""A new password for somebody: one administrator asks, another one approves."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from app.domain.ids import Login
from app.domain.people import LEAST_REASON, MOST_REASON, PersonEntry
from widgets import theme
from widgets.common.key_button import KeyButton


class PasswordBox(QFrame):
    """`asked` carries the reason, `ended` whether the reset is approved."""

    asked = Signal(str)
    ended = Signal(bool)

    def __init__(self, own: Login) -> None:
        """`own` is who looks at it: nobody approves what was asked by oneself."""
        super().__init__()
        self._own = own
        self._entry: PersonEntry | None = None
        self._title, self._said = QLabel(), QLabel()
        theme.as_role(self._title, "heading")
        theme.as_role(self._said, "small")
        self._said.setWordWrap(True)
        self._reason = QLineEdit()
        self._reason.setMaxLength(MOST_REASON)
        self._ask = KeyButton(key="Return", listens=False)
        self._approve, self._refuse = KeyButton(key="A"), KeyButton(key="R")
        self._ask.clicked.connect(self._send)
        self._reason.returnPressed.connect(self._send)
        self._approve.clicked.connect(lambda: self.ended.emit(True))
        self._refuse.clicked.connect(lambda: self.ended.emit(False))
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("Password"))
        self._reason.setPlaceholderText(self.tr("Why a new one, 5 to 200 characters"))
        self._ask.setText(self.tr("Ask for a new one"))
        self._approve.setText(self.tr("Approve"))
        self._refuse.setText(self.tr("Refuse"))
        self.show_person(self._entry)

    def show_person(self, entry: PersonEntry | None) -> None:
        """Offer what can be done for somebody."""
        self._entry = entry
        asker = None if entry is None else entry.reset_asked_by
        for part in (self._reason, self._ask):
            part.setVisible(asker is None)
            part.setEnabled(entry is not None and entry.login != self._own)
        self._approve.setVisible(asker is not None and asker != self._own)
        self._refuse.setVisible(asker is not None)
        self._said.setText(self._text(entry))

    @property
    def said(self) -> str:
        """What is said about it."""
        return self._said.text()

    def clear(self) -> None:
        """It is asked for: forget the reason."""
        self._reason.clear()

    def _text(self, entry: PersonEntry | None) -> str:
        if entry is None:
            return ""
        if entry.login == self._own:
            return self.tr("Your own is changed where you log in.")
        if entry.reset_asked_by is None:
            return self.tr("Another administrator must approve it within an hour.")
        if entry.reset_asked_by == self._own:
            return self.tr("You asked for it. Another administrator must approve it.")
        return self.tr("{} asked for a new one.").format(entry.reset_asked_by)

    def _send(self) -> None:
        reason = self._reason.text().strip()
        if len(reason) < LEAST_REASON:
            self._reason.setFocus()
            return
        self.asked.emit(reason)

    def _lay_out(self) -> None:
        across = QHBoxLayout()
        across.addWidget(self._approve)
        across.addWidget(self._refuse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._title, self._said, self._reason, self._ask):
            column.addWidget(part)
        column.addLayout(across)
