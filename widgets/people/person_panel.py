"""One person: the sites, the login and the password."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from app.domain.ids import Login
from app.domain.people import OpenSession, PersonEntry, Site
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.people.password_box import PasswordBox
from widgets.people.person_words import role_name
from widgets.people.sessions_box import SessionsBox
from widgets.people.sites_box import SitesBox


class PersonPanel(QFrame):
    """Acts of an administrator on the person shown; nobody acts on oneself.

    `sites_wanted` carries the sites or None, `active_wanted` whether to let in.
    """

    sites_wanted = Signal(object)
    active_wanted = Signal(bool)
    unlock_wanted = Signal()

    def __init__(self, own: Login) -> None:
        """`own` is the administrator at the desk."""
        super().__init__()
        theme.as_role(self, "panel")
        self._own = own
        self._entry: PersonEntry | None = None
        self._name, self._who, self._note = QLabel(), QLabel(), QLabel()
        self._sites_title = QLabel()
        self.sites = SitesBox()
        self.sessions = SessionsBox()
        self.password = PasswordBox(own)
        self._save = KeyButton(key="Ctrl+S", primary=True)
        self._active, self._unlock = KeyButton(key="O"), KeyButton(key="L")
        self._save.clicked.connect(lambda: self.sites_wanted.emit(self.sites.chosen))
        self._active.clicked.connect(self._switch_active)
        self._unlock.clicked.connect(self.unlock_wanted)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._sites_title.setText(self.tr("Sites"))
        self._save.setText(self.tr("Save the sites"))
        self._unlock.setText(self.tr("Let log in again"))
        for part in (self.sites, self.sessions, self.password):
            part.retranslate()
        self._say_who()

    def show_person(
        self,
        entry: PersonEntry | None,
        sites: Sequence[Site],
        sessions: Sequence[OpenSession] = (),
    ) -> None:
        """Show somebody; what was begun for somebody else is dropped."""
        other = entry is None or self._entry is None or entry.login != self._entry.login
        self._entry = entry
        if other:
            self.say("")
            self.password.clear()
        self.sites.show_sites(sites, () if entry is None else entry.sites)
        self.password.show_person(entry)
        theirs = entry is not None and entry.login != self._own
        for part in (self.sites, self._save, self._active):
            part.setEnabled(theirs)
        self.sessions.show_sessions(sessions, own=not theirs)
        self._unlock.setVisible(entry is not None and entry.locked_until is not None)
        self._say_who()

    def say(self, sentence: str, role: str = "small") -> None:
        """Say how an act went."""
        theme.as_role(self._note, role)
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    @property
    def note(self) -> str:
        """What is said of the last act."""
        return self._note.text()

    def _say_who(self) -> None:
        entry = self._entry
        self._name.setText("—" if entry is None else entry.full_name)
        who = "" if entry is None else f"{entry.login} · {role_name(entry.role)}"
        self._who.setText(who)
        out = entry is not None and not entry.active
        self._active.setText(self.tr("Let in again") if out else self.tr("Put out"))

    def _switch_active(self) -> None:
        if self._entry is not None:
            self.active_wanted.emit(not self._entry.active)

    def _lay_out(self) -> None:
        theme.as_role(self._name, "title")
        theme.as_role(self._who, "small")
        theme.as_role(self._sites_title, "heading")
        for label in (self._name, self._who, self._note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        # A new password is read from here once, and typed elsewhere.
        self._note.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (self._name, self._who, self._sites_title):
            column.addWidget(part)
        column.addWidget(self.sites, 1)
        column.addWidget(self._save)
        column.addSpacing(12)
        column.addWidget(self.sessions)
        column.addSpacing(12)
        column.addWidget(self.password)
        column.addSpacing(12)
        for act in (self._unlock, self._active):
            column.addWidget(act)
        column.addWidget(self._note)
