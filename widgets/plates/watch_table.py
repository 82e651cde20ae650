"""What is watched for now."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QCoreApplication

from app.domain.ids import WatchId
from app.domain.plate_search import Watch
from widgets.common import formatting
from widgets.common.table import Column
from widgets.common.table_or_note import TableOrNote

_tr = QCoreApplication.translate


class WatchTable(TableOrNote[Watch]):
    """Plates with their reason, until when, and how often they were met."""

    def __init__(self, zone: tzinfo) -> None:
        """Show dates of `zone`; start empty."""
        super().__init__(
            _columns(zone),
            "check",
            lambda: _tr("WatchTable", "No plate is watched for."),
        )

    def show_rows(self, rows: Sequence[Watch]) -> None:
        """Show other entries; the chosen one stays chosen."""
        chosen = self.chosen
        super().show_rows(rows)
        ids = [watch.id for watch in rows]
        if rows:
            self.table.choose_row(ids.index(chosen) if chosen in ids else 0)

    @property
    def chosen(self) -> WatchId | None:
        """The entry that is current, None without one."""
        return None if self.current is None else self.current.id


def _columns(zone: tzinfo) -> list[Column[Watch]]:
    def until(watch: Watch) -> str:
        # Without the year: no watch is longer than 90 days.
        return formatting.date_time_iso(watch.expires, zone)[5:10]

    return [
        Column(lambda: _tr("WatchTable", "Plate"), _plate, 104),
        Column(lambda: _tr("WatchTable", "Reason"), lambda watch: watch.reason),
        Column(lambda: _tr("WatchTable", "Until"), until, 68),
        Column(
            lambda: _tr("WatchTable", "Hits"),
            lambda watch: formatting.count(watch.hits),
            56,
            right=True,
        ),
    ]


def _plate(watch: Watch) -> str:
    shown = formatting.plate(watch.plate)
    return f"≈ {shown}" if watch.look_alikes else shown
