"""The first thing a person sees: who are you, and on which server."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.common.key_button import KeyButton

_WIDTH_PX: Final = 360


class LoginPage(QWidget):
    """Server, name, password; in the demo, its people as one-click choices.

    `submitted` carries server address, login and password. The page knows nothing of
    servers; the window tells it how it went.
    """

    submitted = Signal(str, str, str)
    language_asked = Signal()
    mode_asked = Signal()

    def __init__(
        self, default_dsn: str, demo_logins: Sequence[tuple[str, str]]
    ) -> None:
        """Show the fields; `demo_logins` are pairs of login and password."""
        super().__init__()
        self._default_dsn = default_dsn
        self._labels = {name: QLabel() for name in ("server", "login", "password")}
        self._server, self._login = QLineEdit(), QLineEdit()
        self._password = PasswordEdit()
        self._title, self._subtitle = QLabel("Atalaya"), QLabel()
        self._trouble, self._caps, self._demo_label = QLabel(), QLabel(), QLabel()
        self._button = KeyButton("", "Return", primary=True)
        self._language = KeyButton("", "Ctrl+Shift+L", listens=False)
        self._mode = KeyButton("", "Ctrl+Shift+D", listens=False)
        self._demo = [
            KeyButton(login.capitalize(), f"F{place}")
            for place, (login, _) in enumerate(demo_logins, 1)
        ]
        self._build()
        self._connect(demo_logins)
        self.retranslate()

    def fill(self, server: str, login: str) -> None:
        """Set what was used last and put the cursor where typing goes on."""
        self._server.setText(server)
        self._login.setText(login)
        self._password.clear()
        first = self._password if login else self._login
        first.setFocus()

    def show_trouble(self, sentence: str) -> None:
        """Say why it did not work, and let the person try again."""
        self._set_waiting(False)
        self._trouble.setText(f"▲ {sentence}")
        self._trouble.show()
        self._password.selectAll()
        self._password.setFocus()

    def show_waiting(self) -> None:
        """The server was asked."""
        self._trouble.hide()
        self._set_waiting(True)

    def reset(self) -> None:
        """Forget the password and whatever went wrong."""
        self._password.clear()
        self._trouble.hide()
        self._set_waiting(False)

    @property
    def trouble(self) -> str:
        """What the page says went wrong; empty when nothing did."""
        return "" if self._trouble.isHidden() else self._trouble.text()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._subtitle.setText(self.tr("Traffic control room"))
        self._labels["server"].setText(self.tr("Server"))
        self._labels["login"].setText(self.tr("Name"))
        self._labels["password"].setText(self.tr("Password"))
        self._server.setPlaceholderText(self.tr("This computer"))
        self._caps.setText(self.tr("◆ Caps Lock is on"))
        self._language.setText(self.tr("Español"))
        self._mode.setText(self.tr("Dark or light"))
        self._demo_label.setText(self.tr("Demonstration: enter as"))
        self._set_waiting(not self._button.isEnabled())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _build(self) -> None:
        theme.as_role(self._title, "title")
        theme.as_role(self._subtitle, "quiet")
        theme.as_role(self._trouble, "alarm")
        theme.as_role(self._caps, "warn")
        theme.as_role(self._demo_label, "small")
        self._trouble.setWordWrap(True)
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.hide()
        self._caps.hide()
        middle = QWidget()
        middle.setFixedWidth(_WIDTH_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._subtitle)
        column.addSpacing(20)
        fields = {
            "server": self._server,
            "login": self._login,
            "password": self._password,
        }
        for name, field in fields.items():
            theme.as_role(self._labels[name], "small")
            self._labels[name].setBuddy(field)
            column.addWidget(self._labels[name])
            column.addWidget(field)
            column.addSpacing(4)
        for part in (self._caps, self._trouble, self._button):
            column.addWidget(part)
        if self._demo:
            column.addSpacing(20)
            column.addWidget(self._demo_label)
            column.addLayout(self._demo_row())
        frame = QVBoxLayout(self)
        frame.addStretch(2)
        across = QHBoxLayout()
        across.addWidget(middle)
        frame.addLayout(across)
        frame.addStretch(3)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (self._language, self._mode):
            theme.as_role(button, "flat")
            foot.addWidget(button)
        foot.addStretch(1)
        frame.addLayout(foot)

    def _demo_row(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, button in enumerate(self._demo):
            grid.addWidget(button, place // 3, place % 3)
        return grid

    def _connect(self, demo_logins: Sequence[tuple[str, str]]) -> None:
        self._button.clicked.connect(self._submit)
        self._language.clicked.connect(self.language_asked)
        self._mode.clicked.connect(self.mode_asked)
        # Return is the button's own key; this is the Enter of the number pad.
        self._password.returnPressed.connect(self._button.click)
        self._password.caps_lock_seen.connect(self._caps.setVisible)
        for button, pair in zip(self._demo, demo_logins, strict=True):
            button.clicked.connect(lambda _=False, pair=pair: self._enter_as(*pair))

    def _enter_as(self, login: str, password: str) -> None:
        self._login.setText(login)
        self._password.setText(password)
        self._submit()

    def _submit(self) -> None:
        login = self._login.text().strip()
        if not login:
            self._login.setFocus()
            return
        server = self._server.text().strip() or self._default_dsn
        self.submitted.emit(server, login, self._password.text())

    def _set_waiting(self, waiting: bool) -> None:
        self._button.setEnabled(not waiting)
        for button in self._demo:
            button.setEnabled(not waiting)
        text = self.tr("Asking the server…") if waiting else self.tr("Log in")
        self._button.setText(text)


class PasswordEdit(QLineEdit):
    """A password field that tells when Caps Lock seems to be on.

    No platform-independent call tells it; a capital letter without Shift does.
    """

    caps_lock_seen = Signal(bool)

    def __init__(self) -> None:
        """Show dots instead of letters."""
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare the letter that came with the Shift key."""
        text = event.text()
        if event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock_seen.emit(False)
        elif len(text) == 1 and text.isalpha() and text.lower() != text.upper():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock_seen.emit(text.isupper() != shift)
        super().keyPressEvent(event)
