"""What is watched for now."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.ids import WatchId
from app.domain.plate_search import Watch
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.table import Column, RowsModel, Table

_tr = QCoreApplication.translate


class WatchTable(QWidget):
    """Plates with their reason, until when, and how often they were met."""

    def __init__(self, zone: tzinfo) -> None:
        """Show dates of `zone`; start empty."""
        super().__init__()
        self._model: RowsModel[Watch] = RowsModel(_columns(zone))
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
        self._empty.say(self.tr("No plate is watched for."))
        self._table.horizontalHeader().viewport().update()

    def show_watches(self, watches: Sequence[Watch]) -> None:
        """Show other entries; the chosen one stays chosen."""
        chosen = self.chosen
        self._model.replace(watches)
        ids = [watch.id for watch in watches]
        if watches:
            self._table.choose_row(ids.index(chosen) if chosen in ids else 0)
        self._stack.setCurrentWidget(self._table if watches else self._empty)

    @property
    def chosen(self) -> WatchId | None:
        """The entry that is current, None without one."""
        watch = self._model.row(self._table.current_row())
        return None if watch is None else watch.id

    @property
    def watches(self) -> Sequence[Watch]:
        """The entries in the order shown."""
        return self._model.rows


def _columns(zone: tzinfo) -> list[Column[Watch]]:
    def until(watch: Watch) -> str:
        return formatting.date_time_iso(watch.expires, zone)[:10]

    return [
        Column(lambda: _tr("WatchTable", "Plate"), _plate, 104),
        Column(lambda: _tr("WatchTable", "Reason"), lambda watch: watch.reason),
        Column(lambda: _tr("WatchTable", "Until"), until, 112),
        Column(
            lambda: _tr("WatchTable", "Hits"),
            lambda watch: formatting.count(watch.hits),
            60,
            right=True,
        ),
    ]


def _plate(watch: Watch) -> str:
    shown = formatting.plate(watch.plate)
    return f"≈ {shown}" if watch.look_alikes else shown
