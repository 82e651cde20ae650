"""Which entries of the trail to show: person, act, period and text."""

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QLineEdit

from app.domain.audit import LONGEST_TEXT, AuditQuery
from app.domain.clock import Clock
from widgets import theme
from widgets.audit.act_words import ACTS, act_name
from widgets.common.key_button import KeyButton

_PERIODS = (None, timedelta(days=1), timedelta(days=7), timedelta(days=30))


class FilterForm(QFrame):
    """Enter in a text or another choice asks; `asked` carries an AuditQuery."""

    asked = Signal(object)

    def __init__(self, clock: Clock) -> None:
        """Start without any narrowing."""
        super().__init__()
        self._clock = clock
        self._labels = [QLabel() for _ in range(4)]
        self._person, self._text = QLineEdit(), QLineEdit()
        self._person.setMaxLength(63)
        self._text.setMaxLength(LONGEST_TEXT)
        self._act, self._period = QComboBox(), QComboBox()
        self._show = KeyButton(key="Return", primary=True, listens=False)
        self.setFocusProxy(self._text)
        self._lay_out()
        self.retranslate()
        for field in (self._person, self._text):
            field.returnPressed.connect(self.ask)
        for choice in (self._act, self._period):
            choice.activated.connect(self.ask)
        self._show.clicked.connect(self.ask)

    def retranslate(self) -> None:
        """Set all texts again, without touching what was chosen."""
        names = (self.tr("Text"), self.tr("Person"), self.tr("Act"), self.tr("Period"))
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self._text.setPlaceholderText(self.tr("Case, plate, camera, workstation …"))
        self._person.setPlaceholderText(self.tr("Login"))
        self._show.setText(self.tr("Show"))
        _fill(self._act, [self.tr("All acts"), *(act_name(act) for act in ACTS)])
        _fill(
            self._period,
            [
                self.tr("All times"),
                self.tr("Last 24 hours"),
                self.tr("Last 7 days"),
                self.tr("Last 30 days"),
            ],
        )

    def query(self) -> AuditQuery:
        """Return what is asked for now."""
        act = self._act.currentIndex()
        period = _PERIODS[max(self._period.currentIndex(), 0)]
        return AuditQuery(
            login=self._person.text().strip().lower(),
            action=ACTS[act - 1] if act > 0 else "",
            since=None if period is None else self._clock.now() - period,
            text=self._text.text().strip(),
        )

    def ask(self) -> None:
        """Ask for what is chosen."""
        self.asked.emit(self.query())

    def clear(self) -> None:
        """Narrow nothing any more, and ask."""
        self._person.clear()
        self._text.clear()
        self._act.setCurrentIndex(0)
        self._period.setCurrentIndex(0)
        self.ask()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        fields = (self._text, self._person, self._act, self._period)
        for column, (label, field) in enumerate(zip(self._labels, fields, strict=True)):
            theme.as_role(label, "small")
            label.setBuddy(field)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
        grid.addWidget(self._show, 1, len(fields))
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 1)


def _fill(choice: QComboBox, texts: list[str]) -> None:
    chosen = max(choice.currentIndex(), 0)
    choice.clear()
    choice.addItems(texts)
    choice.setCurrentIndex(chosen)
