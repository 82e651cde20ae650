"""Puts a hold on the case and releases what stands, each with its reason."""

from datetime import timedelta

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
)

from app.domain.clock import Clock
from app.domain.hold import LONGEST_LOCK, MOST_REASON, Hold, NewHold, is_reason
from app.domain.ids import Login
from app.domain.infraction import Case
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.review.hold_row import HoldRow

_FIRST_DAYS = 90


class HoldPanel(QFrame):
    """Takes the keyboard while it is open; Escape gives it back.

    `wanted` carries a NewHold, `released` a HoldId and the reason; `left` follows
    Escape. One reason serves both: it is typed first, then the act is chosen.
    """

    wanted = Signal(object)
    released = Signal(object, str)
    left = Signal()

    def __init__(self, clock: Clock, person: Login) -> None:
        """Start without a case."""
        super().__init__()
        theme.as_role(self, "panel")
        self._clock = clock
        self._person = person
        self._title, self._hint, self._note = QLabel(), QLabel(), QLabel()
        self._days_title, self._reason_title = QLabel(), QLabel()
        self._reason = QLineEdit()
        self._reason.setMaxLength(MOST_REASON)
        self._reason.returnPressed.connect(self._send)
        self._days = QSpinBox()
        self._days.setRange(1, LONGEST_LOCK.days - 1)
        self._endless = QCheckBox()
        self._endless.toggled.connect(self._days.setDisabled)
        self._button = KeyButton(key="Return", listens=False)
        self._button.clicked.connect(self._send)
        self._standing = QVBoxLayout()
        self._rows: list[HoldRow] = []
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again; the rows of a case are made anew with it."""
        self._title.setText(self.tr("Keep this case from being erased"))
        self._reason_title.setText(self.tr("Reason, without names"))
        self._days_title.setText(self.tr("Days"))
        self._endless.setText(self.tr("Legal hold, without an end"))
        self._button.setText(self.tr("Hold"))
        self._hint.setText(
            self.tr("While it is held, nothing of the case is erased. Esc goes back.")
        )

    def begin(self, case: Case) -> None:
        """Show what stands on a case, and ask for a reason."""
        self._reason.clear()
        self._days.setValue(_FIRST_DAYS)
        self._endless.setChecked(False)
        self._say("")
        self.show_holds(case)
        self._reason.setFocus()

    def show_holds(self, case: Case) -> None:
        """Show the holds that stand, without touching what is typed."""
        for row in self._rows:
            self._standing.removeWidget(row)
            row.deleteLater()
        self._rows = [self._row(hold) for hold in case.holds]

    @property
    def rows(self) -> tuple[HoldRow, ...]:
        """The holds that are shown."""
        return tuple(self._rows)

    @property
    def note(self) -> str:
        """What is missing."""
        return self._note.text()

    def event(self, event: QEvent) -> bool:
        """Keep all plain keys from the page's own shortcuts."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; other keys that no field wanted do nothing."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _row(self, hold: Hold) -> HoldRow:
        row = HoldRow(hold, self._person)
        row.released.connect(lambda: self._release(hold))
        self._standing.addWidget(row)
        return row

    def _send(self) -> None:
        if self._has_reason():
            days = timedelta(days=self._days.value())
            ends = None if self._endless.isChecked() else self._clock.now() + days
            self.wanted.emit(NewHold(reason=self._reason.text(), ends=ends))

    def _release(self, hold: Hold) -> None:
        if self._has_reason():
            self.released.emit(hold.id, self._reason.text().strip())

    def _has_reason(self) -> bool:
        if is_reason(self._reason.text()):
            return True
        warn = theme.State.WARN.glyph
        missing = self.tr("Type the reason first, in five characters or more.")
        self._say(f"{warn} {missing}")
        self._reason.setFocus()
        return False

    def _say(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _lay_out(self) -> None:
        theme.as_role(self._title, "heading")
        theme.as_role(self._note, "warn")
        for label in (self._hint, self._days_title, self._reason_title):
            theme.as_role(label, "small")
        for label in (self._title, self._hint, self._note):
            label.setWordWrap(True)
        self._reason_title.setBuddy(self._reason)
        self._days_title.setBuddy(self._days)
        days = QHBoxLayout()
        days.setSpacing(8)
        days.addWidget(self._days_title)
        days.addWidget(self._days)
        days.addStretch(1)
        days.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addSpacing(8)
        column.addWidget(self._reason_title)
        column.addWidget(self._reason)
        column.addWidget(self._note)
        column.addSpacing(4)
        column.addWidget(self._endless)
        column.addLayout(days)
        column.addSpacing(4)
        column.addWidget(self._hint)
        column.addSpacing(16)
        column.addLayout(self._standing)
        column.addStretch(1)
