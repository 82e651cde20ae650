"""From where somebody is connected, and an end to it."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from app.domain.people import OpenSession
from widgets import theme
from widgets.common.formatting import clock_minutes
from widgets.common.key_button import KeyButton

_MOST_LINES = 3


class SessionsBox(QFrame):
    """`end_wanted` asks to end all of them. Connections of one desktop are one line."""

    end_wanted = Signal()

    def __init__(self) -> None:
        """Start with nobody."""
        super().__init__()
        self._sessions: Sequence[OpenSession] = ()
        self._title, self._said = QLabel(), QLabel()
        theme.as_role(self._title, "heading")
        theme.as_role(self._said, "small")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self.end = KeyButton(key="X")
        self.end.clicked.connect(self.end_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._title, self._said, self.end):
            column.addWidget(part)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._title.setText(self.tr("Connected"))
        self.end.setText(self.tr("End all sessions"))
        self._say()

    def show_sessions(self, sessions: Sequence[OpenSession], *, own: bool) -> None:
        """Show those of one person; one's own are not ended here."""
        self._sessions = sessions
        self.end.setVisible(bool(sessions) and not own)
        self._say()

    @property
    def said(self) -> str:
        """What is said of the sessions."""
        return self._said.text()

    def _say(self) -> None:
        if not self._sessions:
            self._said.setText(self.tr("From nowhere."))
            return
        places = Counter((each.address, each.application) for each in self._sessions)
        lines = [self._line(*place) for place in list(places)[:_MOST_LINES]]
        if len(places) > _MOST_LINES:
            more = self.tr("and from {} places more")
            lines.append(more.format(len(places) - _MOST_LINES))
        self._said.setText("\n".join(lines))

    def _line(self, address: str, application: str) -> str:
        place = (address, application)
        since = min(
            s.since for s in self._sessions if (s.address, s.application) == place
        )
        text = self.tr("{0} · {1} · since {2}")
        return text.format(address, application or "—", clock_minutes(since))
