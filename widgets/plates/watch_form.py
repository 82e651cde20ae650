"""A plate to watch for: which, why, and for how long."""

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
)

from app.domain.clock import Clock
from app.domain.plate_search import LONGEST_WATCH, MOST_REASON, NewWatch
from widgets import theme
from widgets.common import formatting
from widgets.common.key_button import KeyButton
from widgets.plates.flaw_words import flaw_text

_FIRST_DAYS = 7


class WatchForm(QFrame):
    """`wanted` carries a NewWatch without a flaw; Enter in a field adds it too."""

    wanted = Signal(object)

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        super().__init__()
        self._clock = clock
        self._labels = [QLabel() for _ in range(3)]
        self._plate, self._reason = QLineEdit(), QLineEdit()
        self._plate.setMaxLength(16)
        self._reason.setMaxLength(MOST_REASON)
        self._days = QSpinBox()
        self._days.setRange(1, LONGEST_WATCH.days)
        self._days.setValue(_FIRST_DAYS)
        self._alike = QCheckBox()
        self._alike.setChecked(True)
        self._add = KeyButton(key="Return", listens=False)
        self._note = QLabel()
        self._note.setWordWrap(True)
        theme.as_role(self._note, "warn")
        self._lay_out()
        for field in (self._plate, self._reason):
            field.returnPressed.connect(self.ask)
            field.textEdited.connect(self._note.clear)
        self._add.clicked.connect(self.ask)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        names = (self.tr("Plate"), self.tr("Reason"), self.tr("Days"))
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self._alike.setText(self.tr("Look-alikes too"))
        self._add.setText(self.tr("Watch"))

    def begin(self, plate: str) -> None:
        """Take a plate from elsewhere and ask for the reason."""
        self._plate.setText(formatting.plate(plate))
        self._reason.setFocus()

    def clear(self) -> None:
        """It is watched for now: start anew."""
        self._plate.clear()
        self._reason.clear()
        self._note.clear()

    def ask(self) -> None:
        """Add it, or say what is missing."""
        now = self._clock.now()
        wanted = NewWatch(
            plate=self._plate.text(),
            reason=self._reason.text(),
            # A minute less: the server counts its 90 days by its own clock.
            expires=now + timedelta(days=self._days.value()) - timedelta(minutes=1),
            look_alikes=self._alike.isChecked(),
        )
        flaw = wanted.flaw_at(now)
        if flaw is None:
            self.wanted.emit(wanted)
            return
        self._note.setText(f"{theme.State.WARN.glyph} {flaw_text(flaw)}")
        (self._reason if "reason" in flaw.value else self._plate).setFocus()

    @property
    def note(self) -> str:
        """What is missing; empty when nothing is."""
        return self._note.text()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        fields = (self._plate, self._reason, self._days)
        for row, (label, field) in enumerate(zip(self._labels, fields, strict=True)):
            theme.as_role(label, "small")
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, 1, 2 if field is not self._days else 1)
        grid.addWidget(self._alike, 2, 2)
        grid.addWidget(self._note, 3, 0, 1, 2)
        grid.addWidget(self._add, 3, 2)
        grid.setColumnStretch(2, 1)
