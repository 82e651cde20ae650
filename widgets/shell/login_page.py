"""The first thing a person sees: who are you, and on which server."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
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
from widgets.shell.new_password import NewPassword
from widgets.shell.password_edit import PasswordEdit

_WIDTH_PX: Final = 360


class LoginPage(QWidget):
    """Server, name, password; in the demo, its people as one-click choices.

    `submitted` carries server address, login and password, `change_submitted` the
    password to be besides. The page knows nothing of servers; the window tells it how
    it went.
    """

    submitted = Signal(str, str, str)
    change_submitted = Signal(str, str, str, str)
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
        self._password, self._new = PasswordEdit(), NewPassword()
        self._title, self._subtitle = QLabel("Atalaya"), QLabel()
        self._trouble, self._caps, self._demo_label = QLabel(), QLabel(), QLabel()
        self._button = KeyButton("", "Return", primary=True)
        self._change = KeyButton("", "Ctrl+P")
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
        self._say(sentence)
        self._password.selectAll()
        self._password.setFocus()

    def ask_new_password(self) -> None:
        """The password was right, but another one must be chosen."""
        self._set_waiting(False)
        self._say(self.tr("Choose another password before you go on."))
        self._open_change(True)
        self._new.start()

    def show_waiting(self) -> None:
        """The server was asked."""
        self._trouble.hide()
        self._set_waiting(True)

    def reset(self) -> None:
        """Forget the password and whatever went wrong."""
        self._password.clear()
        self._trouble.hide()
        self._open_change(False)

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
        self._new.retranslate()
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
        self._new.hide()
        theme.as_role(self._change, "flat")
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
        parts = (self._new, self._caps, self._trouble, self._button, self._change)
        for part in parts:
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
        self._new.caps_lock_seen.connect(self._caps.setVisible)
        self._new.entered.connect(self._button.click)
        self._change.clicked.connect(self._turn_change)
        for button, pair in zip(self._demo, demo_logins, strict=True):
            button.clicked.connect(lambda _=False, pair=pair: self._enter_as(*pair))

    def _enter_as(self, login: str, password: str) -> None:
        self._login.setText(login)
        self._password.setText(password)
        self._open_change(False)
        self._submit()

    def _submit(self) -> None:
        login = self._login.text().strip()
        if not login:
            self._login.setFocus()
            return
        server = self._server.text().strip() or self._default_dsn
        password = self._password.text()
        if self._new.isHidden():
            self.submitted.emit(server, login, password)
        elif self._new.agrees:
            self.change_submitted.emit(server, login, password, self._new.text)
        else:
            self._say(self.tr("The new password and its repetition differ."))
            self._new.start()

    def _open_change(self, wanted: bool) -> None:
        self._new.clear()
        self._new.setVisible(wanted)
        self._set_waiting(False)

    def _turn_change(self) -> None:
        self._open_change(self._new.isHidden())
        if self._password.text() and not self._new.isHidden():
            self._new.start()
        else:
            self._password.setFocus()

    def _say(self, sentence: str) -> None:
        self._trouble.setText(f"▲ {sentence}")
        self._trouble.show()

    def _set_waiting(self, waiting: bool) -> None:
        for button in (self._button, self._change, *self._demo):
            button.setEnabled(not waiting)
        changes = not self._new.isHidden()
        text = self.tr("Change and log in") if changes else self.tr("Log in")
        self._button.setText(self.tr("Asking the server…") if waiting else text)
        self._change.setText(
            self.tr("Keep the password") if changes else self.tr("Change password")
        )
