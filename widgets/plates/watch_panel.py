"""The watch list: what was met, what is watched for, and a new entry."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.domain.clock import Clock
from app.domain.plate_search import Watch, WatchHit
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.plates.hit_table import HitTable
from widgets.plates.watch_form import WatchForm
from widgets.plates.watch_table import WatchTable


class WatchPanel(QFrame):
    """`ended` carries the WatchId of an entry to end, `wanted` a NewWatch."""

    ended = Signal(object)
    wanted = Signal(object)

    def __init__(self, clock: Clock, zone: tzinfo, *, may_watch: bool) -> None:
        """Start empty; without `may_watch` the list can only be read."""
        super().__init__()
        theme.as_role(self, "panel")
        self._titles = [QLabel(), QLabel()]
        self.hits = HitTable(zone)
        self.table = WatchTable(zone)
        self.form = WatchForm(clock)
        self._end = KeyButton(key="Del")
        self._end.clicked.connect(self._announce_end)
        self.form.sent.connect(self.wanted)
        self._lay_out()
        self._may_watch = may_watch
        self.form.setVisible(may_watch)
        self._end.setVisible(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        for title, name in zip(
            self._titles, (self.tr("Latest hits"), self.tr("Watch list")), strict=True
        ):
            title.setText(name)
        self._end.setText(self.tr("End"))
        for part in (self.hits, self.table, self.form):
            part.retranslate()

    def show_watches(self, watches: Sequence[Watch]) -> None:
        """Show what is watched for."""
        self.table.show_rows(watches)
        self._end.setVisible(self._may_watch and bool(watches))

    def show_hits(self, hits: Sequence[WatchHit]) -> None:
        """Show what was met."""
        self.hits.show_rows(hits)

    def _lay_out(self) -> None:
        for title in self._titles:
            theme.as_role(title, "heading")
        head = QHBoxLayout()
        head.addWidget(self._titles[1])
        head.addStretch(1)
        head.addWidget(self._end)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._titles[0])
        column.addWidget(self.hits, 2)
        column.addLayout(head)
        column.addWidget(self.table, 3)
        column.addWidget(self.form)

    def _announce_end(self) -> None:
        chosen = self.table.chosen
        if chosen is not None:
            self.ended.emit(chosen)
