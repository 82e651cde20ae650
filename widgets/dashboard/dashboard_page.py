"""The dashboard: is today normal, and where it is not. Every mark opens its cases."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.ids import CameraId
from app.domain.infraction import InfractionKind, InfractionState
from app.ports import Change
from app.report.period import hours_of_day
from app.review.queue import CaseFilter
from widgets import theme
from widgets.common import formatting
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.common.figure import Figure
from widgets.common.page import Page
from widgets.common.words import state_name
from widgets.dashboard.camera_table import CameraTable
from widgets.dashboard.hour_chart import HourChart
from widgets.dashboard.kind_table import KindTable
from widgets.dashboard.today import Today, change_text, load_today
from widgets.services import PageContext
from widgets.theme import State

_REFRESH_MS = 60_000
_SETTLE_MS = 2_000
_HEALTH_MS = 2_000
_LATE_AFTER = timedelta(hours=8)


class DashboardPage(Page):
    """Figures in a row, the hours below, then types and cameras."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is asked for yet."""
        super().__init__(context, background)
        self._today: Today | None = None
        self._errors = ErrorBar()
        self._total = Figure(leads_somewhere=True)
        self._by_state = {s: Figure(leads_somewhere=True) for s in InfractionState}
        self._median = Figure()
        self._oldest = Figure(leads_somewhere=True)
        self._titles = [QLabel() for _ in range(3)]
        self._hours = HourChart()
        self._kinds = KindTable()
        self._cameras = CameraTable()
        self._timers = (
            self._timer(_REFRESH_MS, self._load, single=False),
            self._timer(_HEALTH_MS, self._show_health, single=False),
        )
        self._settle = self._timer(_SETTLE_MS, self._load, single=True)
        self._lay_out()
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Load, and load again every minute."""
        self._load()
        for timer in self._timers:
            timer.start()

    def deactivate(self) -> None:
        """Stop the timers."""
        for timer in (*self._timers, self._settle):
            timer.stop()

    def close_page(self) -> None:
        """Stop the timers."""
        self.deactivate()

    def on_change(self, change: Change) -> None:
        """Load soon; many changes make one."""
        if change.topic in ("infraction", "camera") and self.isVisible():
            self._settle.start()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._total.set_label(self.tr("Infractions today"))
        for state, figure in self._by_state.items():
            figure.set_label(state_name(state))
        self._median.set_label(self.tr("Median until decided"))
        self._oldest.set_label(self.tr("Oldest pending"))
        names = (
            self.tr("By hour, today and the same weekday before (dashed)"),
            self.tr("By type"),
            self.tr("By camera"),
        )
        for title, name in zip(self._titles, names, strict=True):
            title.setText(name)
        self._show()

    @property
    def today(self) -> Today | None:
        """The figures that are shown."""
        return self._today

    def _timer(self, every_ms: int, act: object, *, single: bool) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every_ms)
        timer.setSingleShot(single)
        timer.timeout.connect(act)
        return timer

    def _lay_out(self) -> None:
        for title in self._titles:
            theme.as_role(title, "heading")
        row = QHBoxLayout()
        row.setSpacing(8)
        for figure in (
            self._total,
            *self._by_state.values(),
            self._median,
            self._oldest,
        ):
            row.addWidget(figure, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(_column(self._titles[1], self._kinds), 0, 0)
        grid.addWidget(_column(self._titles[2], self._cameras), 0, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(12)
        inside.addLayout(row)
        inside.addWidget(_column(self._titles[0], self._hours), 3)
        inside.addLayout(grid, 2)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._errors)
        page.addLayout(inside, 1)

    def _connect(self) -> None:
        self._total.opened.connect(lambda: self._open(CaseFilter(states=())))
        for state, figure in self._by_state.items():
            figure.opened.connect(partial(self._open_state, state))
        self._oldest.opened.connect(self._open_oldest)
        self._hours.hour_chosen.connect(self._open_hour)
        self._kinds.opened.connect(self._open_kind)
        self._cameras.opened.connect(self._open_camera)

    def _load(self) -> None:
        services, session = self.context.services, self.context.session
        self.background.query(
            self,
            "today",
            partial(load_today, session, services.clock),
            self._take,
            partial(self._errors.show_trouble, "today"),
        )

    def _take(self, today: Today) -> None:
        self._errors.mend("today")
        self._today = today
        self._show()

    def _show(self) -> None:
        today = self._today
        if today is None:
            return
        day, before = today.day, today.before
        weekday = self.tr("{0} vs. same weekday: {1}")
        self._total.set_value(formatting.count(day.total))
        self._total.set_note(
            weekday.format(change_text(day.total, before.total), before.total)
        )
        for state, figure in self._by_state.items():
            count, earlier = day.by_state.get(state, 0), before.by_state.get(state, 0)
            figure.set_value(formatting.count(count))
            figure.set_note(weekday.format(change_text(count, earlier), earlier))
        self._show_pace(today)
        zone = today.now.tzinfo
        if zone is not None:
            self._hours.show_hours(
                hours_of_day(day.by_hour, zone),
                hours_of_day(today.before_whole.by_hour, zone),
                today.now.hour,
            )
        self._kinds.show_kinds(day, before)
        self._show_health()

    def _show_pace(self, today: Today) -> None:
        self._median.set_value(_duration(today.day.median_decision_s))
        earlier = _duration(today.before.median_decision_s)
        self._median.set_note(self.tr("same weekday: {}").format(earlier))
        oldest = today.day.oldest_pending
        late = oldest is not None and today.now - oldest > _LATE_AFTER
        self._oldest.set_value(
            formatting.clock_minutes(oldest), state=State.WARN if late else None
        )
        waiting = None if oldest is None else (today.now - oldest).total_seconds()
        self._oldest.set_note(self.tr("waiting for {}").format(_duration(waiting)))

    def _show_health(self) -> None:
        if self._today is not None:
            status = self.context.services.engine.status()
            self._cameras.show_cameras(self._today.cameras, self._today.day, status)

    def _open(self, wanted: CaseFilter) -> None:
        """Open cases of today in review."""
        if self._today is not None:
            day = self._today.day
            bounded = replace(
                wanted,
                since=wanted.since or day.since,
                until=wanted.until or day.until,
            )
            self.open_requested.emit("review", bounded)

    def _open_state(self, state: InfractionState) -> None:
        self._open(CaseFilter(states=(state,)))

    def _open_oldest(self) -> None:
        self._open(CaseFilter(oldest_first=True))

    def _open_kind(self, kind: InfractionKind) -> None:
        self._open(CaseFilter(states=(), kinds=(kind,)))

    def _open_camera(self, camera_id: CameraId) -> None:
        self._open(CaseFilter(states=(), camera_id=camera_id))

    def _open_hour(self, hour: int) -> None:
        if self._today is not None:
            since = self._today.day.since + timedelta(hours=hour)
            until = since + timedelta(hours=1)
            self._open(CaseFilter(states=(), since=since, until=until))


def _column(title: QLabel, body: QWidget) -> QWidget:
    holder = QWidget()
    theme.as_role(holder, "panel")
    column = QVBoxLayout(holder)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(4)
    column.addWidget(title)
    column.addWidget(body, 1)
    return holder


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return formatting.DASH
    if seconds < 120:
        return formatting.number(seconds, 0, "s")
    if seconds < 7200:
        return formatting.number(seconds / 60, 0, "min")
    return formatting.number(seconds / 3600, 1, "h")
