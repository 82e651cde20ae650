"""What was met of the watch list last."""

from datetime import tzinfo

from PySide6.QtCore import QCoreApplication

from app.domain.plate_search import WatchHit
from widgets.common import formatting
from widgets.common.table import Column
from widgets.common.table_or_note import TableOrNote

_tr = QCoreApplication.translate


class HitTable(TableOrNote[WatchHit]):
    """The newest on top."""

    def __init__(self, zone: tzinfo) -> None:
        """Show times of `zone`; start empty."""
        super().__init__(
            _columns(zone),
            "check",
            lambda: _tr("HitTable", "No watched plate has passed."),
        )


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
