"""Infractions by hour: today as bars, the same weekday before as a stepped line."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets import theme

_HOURS: Final = 24
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MOST_TICKS: Final = 6


class HourChart(QWidget):
    """24 bars; `hour_chosen` carries the hour whose bar was clicked."""

    hour_chosen = Signal(int)

    def __init__(self) -> None:
        """Start with no infractions."""
        super().__init__()
        self._today: tuple[int, ...] = (0,) * _HOURS
        self._before: tuple[int, ...] = (0,) * _HOURS
        self._until = _HOURS
        self._plot = pg.PlotWidget()
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self.setMinimumHeight(160)
        self._draw()

    def show_hours(
        self, today: Sequence[int], before: Sequence[int], now_hour: int
    ) -> None:
        """Show 24 counts of today and of the day to compare with."""
        self._today, self._before = tuple(today), tuple(before)
        self._until = now_hour + 1
        self._draw()

    @property
    def today(self) -> tuple[int, ...]:
        """The counts that are shown."""
        return self._today

    def choose(self, hour: int) -> None:
        """Open the cases of an hour that has any."""
        if 0 <= hour < _HOURS and self._today[hour]:
            self.hour_chosen.emit(hour)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the mode."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_plot"):
            self._draw()

    def _draw(self) -> None:
        item = self._plot.getPlotItem()
        item.clear()
        self._dress(item)
        hours = np.arange(_HOURS)
        item.addItem(
            pg.BarGraphItem(
                x=hours + 0.5,
                height=np.array(self._today),
                width=0.7,
                brush=theme.color("faded"),
                pen=pg.mkPen(None),
            )
        )
        line = pg.mkPen(theme.color("text"), width=1.5, style=Qt.PenStyle.DashLine)
        edges = np.arange(_HOURS + 1)
        item.plot(edges, np.array(self._before), stepMode="center", pen=line)
        now = pg.mkPen(theme.color("line"), width=1)
        item.addItem(pg.InfiniteLine(min(self._until, _HOURS), angle=90, pen=now))
        top = max(*self._today, *self._before, 4)
        step = next((s for s in _STEPS if top / s <= _MOST_TICKS), _STEPS[-1])
        item.getAxis("left").setTickSpacing(major=step, minor=step)
        item.setYRange(0, top * 1.1, padding=0)
        item.setXRange(-0.3, _HOURS + 0.3, padding=0)

    def _dress(self, item: Any) -> None:
        self._plot.setBackground(theme.color("surface"))
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(pg.mkPen(theme.color("line")))
            axis.setTextPen(pg.mkPen(theme.color("quiet")))
            axis.setStyle(tickFont=theme.font(theme.FONT_SMALL_PX), tickLength=-4)
        ticks = [(hour, f"{hour:02d}") for hour in range(0, _HOURS + 1, 3)]
        item.getAxis("bottom").setTicks([ticks])
        item.getAxis("left").setWidth(36)

    def _clicked(self, event: Any) -> None:
        box = self._plot.getPlotItem().getViewBox()
        self.choose(int(box.mapSceneToView(event.scenePos()).x()))
