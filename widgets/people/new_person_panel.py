"""Somebody new: login, name and role."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QVBoxLayout

from app.domain.people import LEAST_NAME, MOST_NAME
from app.domain.person import Role
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.people.person_words import role_name

_MOST_LOGIN: Final = 31
_ROLES: Final = (
    Role.OPERATOR,
    Role.SUPERVISOR,
    Role.TECHNICIAN,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


class NewPersonPanel(QFrame):
    """`wanted` carries login, full name and Role; `left` goes back without anybody."""

    wanted = Signal(str, str, object)
    left = Signal()

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        theme.as_role(self, "panel")
        self._title, self._help = QLabel(), QLabel()
        theme.as_role(self._title, "title")
        theme.as_role(self._help, "small")
        self._help.setWordWrap(True)
        self.login, self.full_name, self.role = QLineEdit(), QLineEdit(), QComboBox()
        self.login.setMaxLength(_MOST_LOGIN)
        self.full_name.setMaxLength(MOST_NAME)
        for role in _ROLES:
            self.role.addItem(role_name(role))
        self._make = KeyButton(key="Ctrl+Return", primary=True)
        self._back = KeyButton(key="Esc", listens=False)
        self._make.clicked.connect(self._send)
        self._back.clicked.connect(self.left)
        for field in (self.login, self.full_name):
            field.returnPressed.connect(self.focusNextChild)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.left)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("New person"))
        self._help.setText(
            self.tr(
                "The password is shown once. It serves for the first login only, "
                "where another one is set."
            )
        )
        for field, text in (
            (self.login, self.tr("Login: small letters, digits, dots")),
            (self.full_name, self.tr("Full name")),
        ):
            field.setPlaceholderText(text)
            field.setAccessibleName(text)
        self.role.setAccessibleName(self.tr("Role"))
        for row, role in enumerate(_ROLES):
            self.role.setItemText(row, role_name(role))
        self._make.setText(self.tr("Make the login"))
        self._back.setText(self.tr("Back"))

    def begin(self) -> None:
        """Ask for somebody, from the first field on."""
        self.login.clear()
        self.full_name.clear()
        self.role.setCurrentIndex(0)
        self.login.setFocus()

    def _send(self) -> None:
        login, name = self.login.text().strip(), self.full_name.text().strip()
        for field, short in (
            (self.login, len(login) < LEAST_NAME),
            (self.full_name, len(name) < LEAST_NAME),
        ):
            if short:
                field.setFocus()
                return
        self.wanted.emit(login, name, _ROLES[self.role.currentIndex()])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (self._title, self.login, self.full_name, self.role, self._help):
            column.addWidget(part)
        column.addSpacing(4)
        for act in (self._make, self._back):
            column.addWidget(act)
        column.addStretch(1)
