"""Which period a report is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QFrame, QGridLayout, QLabel

from app.domain.clock import Clock
from app.domain.infraction import InfractionKind
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.common.words import kind_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """[since, until) in the document's time zone, and which kind."""

    since: datetime
    until: datetime
    kind: InfractionKind | None


def whole_days(
    first: date, last: date, zone: tzinfo, kind: InfractionKind | None = None
) -> Period:
    """Return the period from the start of `first` to the end of `last`."""
    return Period(
        since=datetime.combine(first, time(), zone),
        until=datetime.combine(last + timedelta(days=1), time(), zone),
        kind=kind,
    )


class PeriodForm(QFrame):
    """First and last day, type, and the button that makes the report."""

    wanted = Signal(object)
    """The Period."""

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        """Start with today."""
        super().__init__()
        self._clock = clock
        self._zone = zone
        self._labels = [QLabel() for _ in range(4)]
        self._range, self._kind = QComboBox(), QComboBox()
        self._first, self._last = QDateEdit(), QDateEdit()
        self._make = KeyButton(key="R", primary=True)
        for edit in (self._first, self._last):
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setCalendarPopup(True)
        self._range.activated.connect(self._choose_range)
        self._make.clicked.connect(self._ask)
        self._lay_out()
        self.retranslate()
        self._choose_range(0)

    def retranslate(self) -> None:
        """Set all texts again, without touching the choices."""
        names = (self.tr("Period"), self.tr("From"), self.tr("To"), self.tr("Type"))
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        ranges = (
            self.tr("Today"),
            self.tr("Yesterday"),
            self.tr("Last 7 days"),
            self.tr("This month"),
        )
        kinds = (self.tr("All types"), *(kind_name(kind) for kind in InfractionKind))
        _fill(self._range, ranges)
        _fill(self._kind, kinds)
        self._make.setText(self.tr("Make report"))

    def allow(self, allowed: bool) -> None:
        """Enable the button."""
        self._make.setEnabled(allowed)

    def period(self) -> Period:
        """Return what is chosen; the days in order whichever way they were given."""
        chosen = sorted((_date(self._first), _date(self._last)))
        kinds: list[InfractionKind | None] = [None, *InfractionKind]
        kind = kinds[max(self._kind.currentIndex(), 0)]
        return whole_days(chosen[0], chosen[1], self._zone, kind)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.setColumnStretch(1, 1)
        fields = (self._range, self._first, self._last, self._kind)
        for row, (label, field) in enumerate(zip(self._labels, fields, strict=True)):
            theme.as_role(label, "small")
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self._make, len(fields), 1)

    def _choose_range(self, index: int) -> None:
        today = self._clock.now().astimezone(self._zone).date()
        firsts = (
            (today, today),
            (today - timedelta(days=1), today - timedelta(days=1)),
            (today - timedelta(days=6), today),
            (today.replace(day=1), today),
        )
        first, last = firsts[max(index, 0)]
        self._first.setDate(QDate(first.year, first.month, first.day))
        self._last.setDate(QDate(last.year, last.month, last.day))

    def _ask(self) -> None:
        self.wanted.emit(self.period())


def _date(edit: QDateEdit) -> date:
    chosen = edit.date()
    return date(chosen.year(), chosen.month(), chosen.day())


def _fill(box: QComboBox, texts: tuple[str, ...]) -> None:
    current = max(box.currentIndex(), 0)
    box.clear()
    box.addItems(list(texts))
    box.setCurrentIndex(current)
