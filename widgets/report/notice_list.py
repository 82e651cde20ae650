"""The cases that have a notice, or can get one."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout

from app.domain.ids import InfractionId
from app.domain.infraction import Case
from widgets import theme
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.table import Column, RowsModel, Table

_TYPING_MS = 250


class NoticeList(QFrame):
    """Search by plate above, cases below; `chosen` carries the Case."""

    chosen = Signal(object)
    searched = Signal(str)
    issue_pressed = Signal()

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search.setMaxLength(20)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(lambda: self.searched.emit(self._search.text()))
        self._search.textChanged.connect(lambda _: self._typing.start())
        self._model: RowsModel[Case] = RowsModel(self._columns())
        self._table = Table(self._model)
        self._table.horizontalHeader().hide()
        self._table.chosen.connect(self._announce)
        self._empty = EmptyState("check")
        self._issue = KeyButton(key="I")
        self._issue.clicked.connect(self.issue_pressed)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        theme.as_role(self._hint, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._search, self._table, self._empty, self._issue, self._hint):
            column.addWidget(part, 1 if part in (self._table, self._empty) else 0)
        self.retranslate()
        self.show_cases((), None)

    def retranslate(self) -> None:
        """Set all texts again."""
        self._search.setPlaceholderText(self.tr("Plate"))
        self._issue.setText(self.tr("Issue notice"))
        self._hint.setText(
            self.tr("A notice gets its number once and for good; a draft has none.")
        )
        self._empty.say(self.tr("No confirmed case matches."))

    def show_cases(self, cases: Sequence[Case], keep: InfractionId | None) -> None:
        """Show these cases; `keep` stays current without being announced again."""
        blocked = self._table.blockSignals(True)
        self._model.replace(cases)
        ids = [case.infraction.id for case in cases]
        if keep in ids:
            self._table.choose_row(ids.index(keep))
        self._table.blockSignals(blocked)
        self._table.setVisible(bool(cases))
        self._empty.setVisible(not cases)

    def allow_issue(self, allowed: bool) -> None:
        """Enable the button that numbers a case."""
        self._issue.setEnabled(allowed)

    @property
    def cases(self) -> Sequence[Case]:
        """The cases in the order shown."""
        return self._model.rows

    def choose(self, row: int) -> None:
        """Make a row current."""
        self._table.choose_row(row)

    def stop(self) -> None:
        """Stop the timer of the search."""
        self._typing.stop()

    def _announce(self, row: int) -> None:
        case = self._model.row(row)
        if case is not None:
            self.chosen.emit(case)

    def _columns(self) -> list[Column[Case]]:
        def no_title() -> str:
            return ""

        return [
            Column(no_title, _day, 104),
            Column(no_title, _plate, 92),
            Column(no_title, _number, None, right=True),
        ]


def _day(case: Case) -> str:
    return formatting.date_iso(case.infraction.occurred.wall)


def _plate(case: Case) -> str:
    return formatting.plate(case.plate_text)


def _number(case: Case) -> str:
    return case.notice_number or formatting.DASH
