"""What was met of the watch list last."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.plate_search import WatchHit
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.table import Column, RowsModel, Table

_tr = QCoreApplication.translate


class HitTable(QWidget):
    """The newest on top."""

    def __init__(self, zone: tzinfo) -> None:
        """Show times of `zone`; start empty."""
        super().__init__()
        self._model: RowsModel[WatchHit] = RowsModel(_columns(zone))
        self._table = Table(self._model)
        self._empty = EmptyState("check")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._empty.say(self.tr("No watched plate has passed."))
        self._table.horizontalHeader().viewport().update()

    def show_hits(self, hits: Sequence[WatchHit]) -> None:
        """Show other hits."""
        self._model.replace(hits)
        self._stack.setCurrentWidget(self._table if hits else self._empty)

    @property
    def hits(self) -> Sequence[WatchHit]:
        """The hits in the order shown."""
        return self._model.rows


def _columns(zone: tzinfo) -> list[Column[WatchHit]]:
    def time(hit: WatchHit) -> str:
        return formatting.date_time_iso(hit.seen, zone)[5:]

    return [
        Column(
            lambda: _tr("HitTable", "Plate"),
            lambda hit: f"▲ {formatting.plate(hit.plate)}",
            104,
            token=lambda _: "alarm",
        ),
        Column(lambda: _tr("HitTable", "Camera"), lambda hit: hit.camera_name),
        Column(lambda: _tr("HitTable", "Time"), time, 128),
    ]
