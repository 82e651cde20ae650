"""The queue: which cases wait, and which of them to look at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.domain.camera import Camera
from app.domain.ids import InfractionId
from app.domain.infraction import Case, InfractionKind, InfractionState
from app.review.queue import COUNTED_AT_MOST, CaseFilter
from widgets import theme
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.table import Column, RowsModel, Table
from widgets.common.words import kind_name, state_name
from widgets.review.decision_bar import state_glyph


class QueuePanel(QFrame):
    """The left-hand column of the review page.

    `filter_changed` carries the CaseFilter; `case_chosen` the Case that is current.
    """

    filter_changed = Signal(object)
    case_chosen = Signal(object)

    def __init__(self) -> None:
        """Start with all pending cases, newest first."""
        super().__init__()
        theme.as_role(self, "panel")
        self._filter = CaseFilter()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self._count = QLabel()
        theme.as_role(self._count, "quiet")
        self._state, self._kind, self._camera = QComboBox(), QComboBox(), QComboBox()
        self._order = KeyButton(key="S")
        self._period = KeyButton(key="X")
        self._shown = ""
        self._cameras: Sequence[Camera] = ()
        self._model: RowsModel[Case] = RowsModel(self._columns())
        self._table = Table(self._model)
        self._table.horizontalHeader().hide()
        self.setFocusProxy(self._table)
        self._empty = EmptyState("check")
        self._empty.hide()
        self._connect()
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again, without touching the choices."""
        self._title.setText(self.tr("Cases"))
        states = [("", self.tr("All states"))]
        states += [(state.value, state_name(state)) for state in InfractionState]
        chosen = self._filter.states
        _fill(self._state, states, chosen[0].value if len(chosen) == 1 else "")
        kinds = [("", self.tr("All types"))]
        kinds += [(kind.value, kind_name(kind)) for kind in InfractionKind]
        wanted = self._filter.kinds
        _fill(self._kind, kinds, wanted[0].value if len(wanted) == 1 else "")
        self.set_cameras(self._cameras)
        oldest = self._filter.oldest_first
        self._order.setText(
            self.tr("Oldest first") if oldest else self.tr("Newest first")
        )
        self._show_period()
        self._table.viewport().update()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Offer these cameras as a filter."""
        self._cameras = cameras
        entries = [("", self.tr("All cameras"))]
        entries += [(str(camera.id), camera.name) for camera in cameras]
        _fill(self._camera, entries, str(self._filter.camera_id or ""))

    def set_filter(self, wanted: CaseFilter) -> None:
        """Take a filter from elsewhere, and say so."""
        self._filter = wanted
        self.retranslate()
        self.filter_changed.emit(wanted)

    @property
    def filter(self) -> CaseFilter:
        """What is shown now."""
        return self._filter

    @property
    def cases(self) -> Sequence[Case]:
        """The cases in the order shown."""
        return self._model.rows

    def current(self) -> Case | None:
        """Return the case that is current."""
        return self._model.row(self._table.current_row())

    def show_cases(
        self, cases: Sequence[Case], keep: InfractionId | None, more: bool
    ) -> None:
        """Show another list; `keep` stays current when it is still in it.

        `more` tells that the server has more cases than these.
        """
        blocked = self._table.blockSignals(True)
        self._model.replace(cases)
        ids = [case.infraction.id for case in cases]
        row = ids.index(keep) if keep in ids else 0
        if cases:
            self._table.choose_row(row)
        self._table.blockSignals(blocked)
        self._shown = formatting.count(len(cases))
        self._count.setText(f"{self._shown}+" if more else self._shown)
        self._table.setVisible(bool(cases))
        self._empty.setVisible(not cases)
        self._say_empty()
        self.case_chosen.emit(self.current())

    def show_count(self, count: int) -> None:
        """Say how many cases there are in all, beside those that are shown."""
        if count <= len(self.cases):
            return
        all_of_them = formatting.count(min(count, COUNTED_AT_MOST))
        more = "+" if count > COUNTED_AT_MOST else ""
        self._count.setText(f"{self._shown} / {all_of_them}{more}")

    def go(self, step: int) -> None:
        """Go so many cases down (or up)."""
        row = min(max(self._table.current_row() + step, 0), len(self.cases) - 1)
        if row >= 0:
            self._table.choose_row(row)

    def _columns(self) -> list[Column[Case]]:
        def no_title() -> str:
            return ""

        return [
            Column(no_title, _glyph, 28, token=_glyph_token),
            Column(no_title, _time, None),
            Column(no_title, _plate, 92),
            Column(no_title, _size, 84, right=True),
        ]

    def _connect(self) -> None:
        for box in (self._state, self._kind, self._camera):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.activated.connect(self._choose)
        self._order.clicked.connect(self._turn)
        self._period.clicked.connect(self._leave_period)
        self._table.chosen.connect(self._announce)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        narrow = QHBoxLayout()
        narrow.setSpacing(4)
        narrow.addWidget(self._state, 1)
        narrow.addWidget(self._kind, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 0, 0)
        column.setSpacing(4)
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, 12, 4)
        top.setSpacing(4)
        top.addLayout(head)
        top.addLayout(narrow)
        top.addWidget(self._camera)
        top.addWidget(self._order)
        top.addWidget(self._period)
        column.addLayout(top)
        column.addWidget(self._table, 1)
        column.addWidget(self._empty, 1)

    def _choose(self) -> None:
        state, kind = self._state.currentData(), self._kind.currentData()
        camera = self._camera.currentData()
        known = {str(c.id): c.id for c in self._cameras}
        self.set_filter(
            replace(
                self._filter,
                states=(InfractionState(state),) if state else (),
                kinds=(InfractionKind(kind),) if kind else (),
                camera_id=known.get(camera),
            )
        )
        self._table.setFocus()

    def _turn(self) -> None:
        turned = not self._filter.oldest_first
        self.set_filter(replace(self._filter, oldest_first=turned))

    def _leave_period(self) -> None:
        self.set_filter(replace(self._filter, since=None, until=None, plate=None))

    def _announce(self, _row: int) -> None:
        self.case_chosen.emit(self.current())

    def _show_period(self) -> None:
        since, until = self._filter.since, self._filter.until
        self._period.setVisible(since is not None or until is not None)
        begin = f"{formatting.date_iso(since)} {formatting.clock_minutes(since)}"
        self._period.setText(self.tr("From {} · all").format(begin))

    def _say_empty(self) -> None:
        if self._filter.states == (InfractionState.PENDING,):
            self._empty.say(self.tr("No case waits for a decision."))
        else:
            self._empty.say(self.tr("No case matches. Choose another filter."))


def _fill(box: QComboBox, entries: Sequence[tuple[str, str]], chosen: str) -> None:
    blocked = box.blockSignals(True)
    box.clear()
    for data, text in entries:
        box.addItem(text, data)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(blocked)


def _glyph(case: Case) -> str:
    return state_glyph(case.state)[0]


def _glyph_token(case: Case) -> str:
    return state_glyph(case.state)[1]


def _time(case: Case) -> str:
    moment = case.infraction.occurred.wall
    day, now = formatting.date_iso(moment), formatting.date_iso(datetime.now(UTC))
    clock = formatting.clock_minutes(moment)
    return clock if day == now else f"{day[5:]} {clock}"


def _plate(case: Case) -> str:
    return formatting.plate(case.plate_text)


def _size(case: Case) -> str:
    return formatting.magnitude(case.infraction.measurement)
