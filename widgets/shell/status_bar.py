"""The status bar: what is wrong, in one line that is always there."""

from html import escape

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.domain.camera import CameraHealth, CameraState, EngineStatus
from app.domain.clock import Clock
from app.domain.person import Person
from widgets import theme
from widgets.common import formatting
from widgets.common.fault_text import told
from widgets.common.words import role_name
from widgets.theme import State

_DELIVERING = (CameraState.ONLINE, CameraState.LATE)
_WIDE_OFFSET_MS = 500.0


class StatusBar(QWidget):
    """Engine, cameras, speed and latency; database; clock; person."""

    def __init__(self, clock: Clock, person: Person) -> None:
        """Start with the unknown."""
        super().__init__()
        self._clock = clock
        self._person = person
        self._engine_status: EngineStatus | None = None
        self._engine_message = ""
        self._round_trip_ms: float | None = None
        self._database_failed = False
        self._engine, self._cameras, self._rates = QLabel(), QLabel(), QLabel()
        self._database, self._time, self._who = QLabel(), QLabel(), QLabel()
        self.setFixedHeight(theme.STATUS_BAR_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(24)
        for part in (self._engine, self._cameras, self._rates, self._database):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._time)
        row.addWidget(self._who)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._show_time)
        self._second.start()
        self.retranslate()

    def show_engine(self, status: EngineStatus | None, message: str) -> None:
        """Take what the engine says."""
        self._engine_status, self._engine_message = status, message
        self._show_engine()
        self._show_time()

    def show_round_trip(self, round_trip_ms: float) -> None:
        """The database answered."""
        self._round_trip_ms, self._database_failed = round_trip_ms, False
        self._show_database()

    def show_database_failed(self) -> None:
        """The database does not answer."""
        self._database_failed = True
        self._show_database()

    def retranslate(self) -> None:
        """Write everything again."""
        self._show_engine()
        self._show_database()
        self._show_time()
        roles = ", ".join(sorted(role_name(role) for role in self._person.roles))
        self._who.setText(escape(f"{self._person.login} ({roles})"))
        self._who.setToolTip(self._person.full_name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and mode."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface and its hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.fillRect(0, 0, self.width(), 1, theme.color("line"))

    def _show_engine(self) -> None:
        status = self._engine_status
        if status is None:
            words = self.tr("engine stopped")
            self._engine.setText(_told(State.ALARM, words))
            self._engine.setToolTip(told(self._engine_message))
            self._cameras.setText("")
            self._rates.setText("")
            return
        state = State.WARN if self._engine_message else State.GOOD
        self._engine.setText(_told(state, self.tr("engine")))
        tip = f"{status.model_name} · {status.device}"
        self._engine.setToolTip(told(self._engine_message) or tip)
        self._show_cameras([c for c in status.cameras if _wanted(c)])

    def _show_cameras(self, cameras: list[CameraHealth]) -> None:
        good = [c for c in cameras if c.state in _DELIVERING]
        words = self.tr("{0}/{1} cameras").format(len(good), len(cameras))
        late = any(c.state is CameraState.LATE for c in cameras)
        if len(good) < len(cameras):
            self._cameras.setText(_told(State.ALARM, words))
        else:
            self._cameras.setText(_told(State.WARN, words) if late else words)
        looks = sum(c.detected_fps for c in good)
        latency = max((c.latency_ms for c in good), default=None)
        self._rates.setText(
            self.tr("{0} det/s · {1}").format(
                formatting.number(looks), formatting.number(latency, 0, "ms")
            )
        )
        self._rates.setToolTip(
            self.tr("Frames examined per second, and the slowest camera's latency")
        )

    def _show_database(self) -> None:
        waiting = self._engine_status.spooled if self._engine_status else 0
        if self._database_failed:
            text = _told(State.ALARM, self.tr("database unreachable"))
        elif self._round_trip_ms is None:
            text = _told(State.INFO, self.tr("database"))
        else:
            trip = formatting.number(self._round_trip_ms, 0, "ms")
            text = _told(State.GOOD, f"{self.tr('database')} {trip}")
        if waiting:
            words = self.tr("{0} findings waiting").format(formatting.count(waiting))
            text += f" · {_told(State.WARN, words)}"
        self._database.setText(text)

    def _show_time(self) -> None:
        now = self._clock.now()
        time = f"{formatting.date_iso(now)} {formatting.clock(now)}"
        offset = self._widest_offset_ms()
        if offset is None:
            self._time.setText(time)
            return
        words = self.tr("clock {0}").format(formatting.signed_ms(offset))
        if abs(offset) >= _WIDE_OFFSET_MS:
            words = _told(State.WARN, words)
        self._time.setText(f"{words} · {time}")
        self._time.setToolTip(
            self.tr("The camera clock that is farthest from this computer's")
        )

    def _widest_offset_ms(self) -> float | None:
        cameras = self._engine_status.cameras if self._engine_status else ()
        offsets = [c.clock_offset_ms for c in cameras if c.clock_offset_ms is not None]
        return max(offsets, key=abs, default=None)


def _told(state: State, words: str) -> str:
    """Return a state as colour, shape and word."""
    tint = state.color.name()
    return f'<span style="color:{tint}">{state.glyph}</span> {escape(words)}'


def _wanted(camera: CameraHealth) -> bool:
    return camera.state is not CameraState.DISABLED
