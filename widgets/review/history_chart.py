"""Speed and lamp against time, around the decisive moment."""

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from app.domain.clock import NS_PER_S
from app.domain.infraction import Case
from app.domain.measurement import SpeedMeasurement
from widgets import theme
from widgets.review.replay import Replay

_HEIGHT_PX: Final = 132
_LAMP_TOKENS: Final = {
    "red": "lamp_red",
    "amber": "lamp_amber",
    "green": "lamp_green",
    "unknown": "lamp_dark",
}


class HistoryChart(QWidget):
    """A small chart; `moment_chosen` carries the stream time that was clicked.

    The measured speed is a band as wide as its interval; the limit is a dashed line;
    the lamp is a strip along the bottom.
    """

    moment_chosen = Signal(object)

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._case: Case | None = None
        self._replay: Replay | None = None
        self._plot = pg.PlotWidget()
        self._none = QLabel()
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.as_role(self._none, "small")
        self._cursor: Any = None
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._plot)
        self.setFixedHeight(_HEIGHT_PX)
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._draw()

    def show_history(self, case: Case | None, replay: Replay | None) -> None:
        """Show the history of a case."""
        self._case, self._replay = case, replay
        self._draw()

    def mark(self, stream_ns: int | None) -> None:
        """Draw the cursor at the frame that is shown; None takes it away."""
        if self._cursor is None:
            return
        self._cursor.setVisible(stream_ns is not None)
        if stream_ns is not None:
            self._cursor.setValue(self._seconds(stream_ns))

    @property
    def shows_history(self) -> bool:
        """Whether there is a curve or a lamp to see."""
        return self._stack.currentWidget() is self._plot

    def changeEvent(self, event: QEvent) -> None:
        """Follow the mode."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._draw()

    def _draw(self) -> None:
        item = self._plot.getPlotItem()
        item.clear()
        self._cursor = None
        replay, case = self._replay, self._case
        if case is None or replay is None or not (replay.road or replay.track.lamp):
            said = self.tr("No history of speed and lamp for this case.")
            self._none.setText("" if case is None else said)
            self._stack.setCurrentWidget(self._none)
            return
        self._stack.setCurrentWidget(self._plot)
        self._dress(item)
        top = self._draw_speed(item, case, replay)
        self._draw_lamp(item, replay, top)
        item.setYRange(-0.16 * top, top, padding=0)
        self._draw_lines(item)

    def _dress(self, item: Any) -> None:
        self._plot.setBackground(theme.color("surface"))
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(pg.mkPen(theme.color("line")))
            axis.setTextPen(pg.mkPen(theme.color("quiet")))
            axis.setStyle(tickFont=theme.font(theme.FONT_SMALL_PX), tickLength=-4)
        item.getAxis("left").setWidth(44)
        item.setLabel("left", "km/h", color=theme.color("quiet").name())
        item.showGrid(x=True, y=False, alpha=0.15)

    def _draw_speed(self, item: Any, case: Case, replay: Replay) -> float:
        known = [s for s in replay.road if s.speed_kmh is not None]
        times = np.array([self._seconds(s.stream_ns) for s in known])
        speeds = np.array([s.speed_kmh for s in known], dtype=float)
        if len(known) > 1:
            pen = pg.mkPen(theme.color("text"), width=1.5)
            item.plot(times, speeds, pen=pen, antialias=True)
        top = float(speeds.max(initial=20.0))
        measured = case.infraction.measurement
        if isinstance(measured, SpeedMeasurement):
            top = max(top, measured.speed_kmh + measured.uncertainty_kmh)
            self._draw_measured(item, measured)
        elif measured.limit_kmh is not None and known:
            self._draw_level(item, measured.limit_kmh, "quiet")
        return top * 1.15

    def _draw_measured(self, item: Any, measured: SpeedMeasurement) -> None:
        tint = theme.color("accent")
        tint.setAlpha(70)
        band = pg.LinearRegionItem(
            values=(
                measured.speed_kmh - measured.uncertainty_kmh,
                measured.speed_kmh + measured.uncertainty_kmh,
            ),
            orientation="horizontal",
            movable=False,
            brush=tint,
            pen=pg.mkPen(None),
        )
        item.addItem(band)
        self._draw_level(item, measured.limit_kmh, "alarm")

    def _draw_level(self, item: Any, speed_kmh: float, token: str) -> None:
        pen = pg.mkPen(theme.color(token), width=1, style=Qt.PenStyle.DashLine)
        label = self.tr("limit")
        item.addItem(
            pg.InfiniteLine(
                speed_kmh,
                angle=0,
                pen=pen,
                label=label,
                labelOpts={
                    "position": 0.01,
                    "color": theme.color(token),
                    "anchors": [(0.0, 1.0), (0.0, 1.0)],
                },
            )
        )

    def _draw_lamp(self, item: Any, replay: Replay, top: float) -> None:
        for span in replay.lamps:
            start, end = self._seconds(span.start_ns), self._seconds(span.end_ns)
            bar = pg.BarGraphItem(
                x0=[start],
                x1=[end],
                y0=[-0.14 * top],
                y1=[-0.04 * top],
                brush=theme.color(_LAMP_TOKENS[span.phase.value]),
                pen=pg.mkPen(None),
            )
            item.addItem(bar)

    def _draw_lines(self, item: Any) -> None:
        decisive = pg.mkPen(theme.color("quiet"), width=1, style=Qt.PenStyle.DotLine)
        item.addItem(pg.InfiniteLine(0.0, angle=90, pen=decisive))
        cursor = pg.mkPen(theme.color("accent"), width=1.5)
        self._cursor = pg.InfiniteLine(0.0, angle=90, pen=cursor)
        self._cursor.hide()
        item.addItem(self._cursor)

    def _seconds(self, stream_ns: int) -> float:
        decisive = 0 if self._replay is None else self._replay.track.decisive_ns
        return (stream_ns - decisive) / NS_PER_S

    def _clicked(self, event: Any) -> None:
        if self._replay is None or not self.shows_history:
            return
        box = self._plot.getPlotItem().getViewBox()
        seconds = float(box.mapSceneToView(event.scenePos()).x())
        decisive_ns = self._replay.track.decisive_ns
        self.moment_chosen.emit(decisive_ns + round(seconds * NS_PER_S))
