"""What to look for, and why: without a reason nothing is asked."""

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
)

from app.domain.clock import Clock
from app.domain.plate_search import MOST_REASON, PlateQuery
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.plates.flaw_words import flaw_text

_PERIODS = (None, timedelta(days=1), timedelta(days=7), timedelta(days=30))


class SearchForm(QFrame):
    """Plate, reason, look-alikes, period; Enter in any field asks.

    `asked` carries a PlateQuery without a flaw.
    """

    asked = Signal(object)

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        super().__init__()
        self._clock = clock
        self._labels = [QLabel() for _ in range(3)]
        self._plate, self._reason = QLineEdit(), QLineEdit()
        self._plate.setMaxLength(24)
        self._reason.setMaxLength(MOST_REASON)
        self._period = QComboBox()
        self._alike = QCheckBox()
        self._search = KeyButton(key="Return", primary=True, listens=False)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self.setFocusProxy(self._plate)
        self._lay_out()
        for field in (self._plate, self._reason):
            field.returnPressed.connect(self.ask)
            field.textEdited.connect(self._say_hint)
        self._search.clicked.connect(self.ask)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again, without touching what was typed."""
        names = (self.tr("Plate"), self.tr("Reason"), self.tr("Period"))
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self._plate.setPlaceholderText("AHK-472 · AHK* · ?HK-4*")
        self._reason.setPlaceholderText(self.tr("Goes into the trail with your name"))
        self._alike.setText(self.tr("Look-alikes too"))
        self._search.setText(self.tr("Search"))
        chosen = max(self._period.currentIndex(), 0)
        self._period.clear()
        self._period.addItems(
            [
                self.tr("All times"),
                self.tr("Last 24 hours"),
                self.tr("Last 7 days"),
                self.tr("Last 30 days"),
            ]
        )
        self._period.setCurrentIndex(chosen)
        self._say_hint()

    def query(self) -> PlateQuery:
        """Return what is asked, with or without a flaw."""
        period = _PERIODS[max(self._period.currentIndex(), 0)]
        return PlateQuery(
            pattern=self._plate.text(),
            reason=self._reason.text(),
            look_alikes=self._alike.isChecked(),
            since=None if period is None else self._clock.now() - period,
        )

    def ask(self) -> None:
        """Ask, or say what is missing and go there."""
        query = self.query()
        flaw = query.flaw
        if flaw is None:
            self.asked.emit(query)
            return
        theme.as_role(self._note, "warn")
        self._note.setText(f"{theme.State.WARN.glyph} {flaw_text(flaw)}")
        about_reason = "reason" in flaw.value
        (self._reason if about_reason else self._plate).setFocus()

    @property
    def note(self) -> str:
        """What stands below the fields."""
        return self._note.text()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        fields = (self._plate, self._reason, self._period)
        for column, (label, field) in enumerate(zip(self._labels, fields, strict=True)):
            theme.as_role(label, "small")
            label.setBuddy(field)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        last = QHBoxLayout()
        last.setSpacing(12)
        last.addWidget(self._alike)
        last.addWidget(self._note, 1)
        last.addWidget(self._search)
        grid.addLayout(last, 2, 0, 1, 3)

    def _say_hint(self) -> None:
        theme.as_role(self._note, "small")
        self._note.setText(
            self.tr("* any characters, ? one; look-alikes: O and 0, B and 8, I and 1 …")
        )
