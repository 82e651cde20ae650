"""The vehicles that a search found."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.plate_search import PlateHit
from widgets import theme
from widgets.common import formatting
from widgets.common.key_button import KeyButton
from widgets.common.table import Column
from widgets.common.table_or_note import TableOrNote
from widgets.common.words import vehicle_name

_tr = QCoreApplication.translate


class ResultsTable(QWidget):
    """Nearest first, then newest; further pages on demand.

    `more_wanted` asks for the next page; `watch_wanted` carries a plate.
    """

    more_wanted = Signal()
    watch_wanted = Signal(str)

    def __init__(self, zone: tzinfo, *, may_watch: bool) -> None:
        """Show times of `zone`; nothing was asked yet."""
        super().__init__()
        self._more = False
        self._asked = False
        self._list = TableOrNote(_columns(zone), "plate", self._note)
        self._list.table.opened.connect(self._offer_watch)
        self._count = QLabel()
        theme.as_role(self._count, "quiet")
        self._next = KeyButton(key="M")
        self._next.clicked.connect(self.more_wanted)
        self._watch = KeyButton(key="W")
        self._watch.setVisible(may_watch)
        self._may_watch = may_watch
        self._watch.clicked.connect(
            lambda: self._offer_watch(self._list.table.current_row())
        )
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._next.setText(self.tr("More"))
        self._watch.setText(self.tr("Watch this plate"))
        self._say()

    def show_hits(self, hits: Sequence[PlateHit], *, more: bool) -> None:
        """Show the first page of another search."""
        self._asked, self._more = True, more
        self._list.show_rows(hits)
        if hits:
            self._list.table.choose_row(0)
            self._list.table.setFocus()
        self._say()

    def append_hits(self, hits: Sequence[PlateHit], *, more: bool) -> None:
        """Show a further page below."""
        self._more = more
        self._list.model.append(hits)
        self._say()

    @property
    def hits(self) -> Sequence[PlateHit]:
        """The hits in the order shown."""
        return self._list.rows

    @property
    def count_text(self) -> str:
        """How many there are, as it is said."""
        return self._count.text()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._watch)
        foot.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._list, 1)
        column.addLayout(foot)

    def _note(self) -> str:
        if self._asked:
            return self.tr("No vehicle with such a plate passed.")
        return self.tr("Type a plate and why you look for it.")

    def _say(self) -> None:
        found = len(self.hits)
        self._list.retranslate()
        self._next.setVisible(self._more)
        self._watch.setVisible(self._may_watch and found > 0)
        shown = formatting.count(found) + ("+" if self._more else "")
        text = self.tr("Vehicles: {}").format(shown)
        self._count.setText(text if self._asked else "")

    def _offer_watch(self, row: int) -> None:
        hit = self._list.model.row(row)
        if hit is not None and self._may_watch:
            self.watch_wanted.emit(hit.plate)


def _columns(zone: tzinfo) -> list[Column[PlateHit]]:
    def time(hit: PlateHit) -> str:
        return formatting.date_time_iso(hit.seen, zone)

    return [
        Column(
            lambda: _tr("ResultsTable", "Plate"),
            lambda hit: formatting.plate(hit.plate),
            100,
        ),
        Column(lambda: _tr("ResultsTable", "Match"), _match, 140, token=_match_token),
        Column(
            lambda: _tr("ResultsTable", "Confidence"),
            _confidence,
            124,
            right=True,
            token=lambda hit: None if hit.published else "quiet",
        ),
        Column(lambda: _tr("ResultsTable", "Camera"), lambda hit: hit.camera_name),
        Column(
            lambda: _tr("ResultsTable", "Vehicle"),
            lambda hit: vehicle_name(hit.vehicle_class),
            100,
        ),
        Column(lambda: _tr("ResultsTable", "Time"), time, 176),
    ]


def _match(hit: PlateHit) -> str:
    return (
        _tr("ResultsTable", "the same"),
        _tr("ResultsTable", "look-alike"),
        _tr("ResultsTable", "one character off"),
    )[hit.distance]


def _match_token(hit: PlateHit) -> str | None:
    return "quiet" if hit.distance else None


def _confidence(hit: PlateHit) -> str:
    share = formatting.percent(hit.confidence)
    if hit.published:
        return share
    return _tr("ResultsTable", "{} · a guess").format(share)
