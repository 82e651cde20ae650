"""The entries of the trail that were asked for."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.audit import AuditEntry
from widgets import theme
from widgets.audit.act_words import act_name
from widgets.common import formatting
from widgets.common.empty_state import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.table import Column, RowsModel, Table

_tr = QCoreApplication.translate


class EntriesTable(QWidget):
    """Newest first; further pages on demand.

    `more_wanted` asks for the next page, `all_wanted` for no narrowing; `chosen`
    carries the current AuditEntry, or None.
    """

    more_wanted = Signal()
    all_wanted = Signal()
    chosen = Signal(object)

    def __init__(self, zone: tzinfo) -> None:
        """Show times of `zone`; nothing was loaded yet."""
        super().__init__()
        self._more = False
        self._loaded = False
        self._model: RowsModel[AuditEntry] = RowsModel(_columns(zone))
        self._table = Table(self._model)
        self._table.chosen.connect(lambda row: self.chosen.emit(self._model.row(row)))
        self._empty = EmptyState("shield")
        self._empty.action_chosen.connect(self.all_wanted)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        self._count = QLabel()
        theme.as_role(self._count, "quiet")
        self._next = KeyButton(key="M")
        self._next.clicked.connect(self.more_wanted)
        self.setFocusProxy(self._table)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._next.setText(self.tr("More"))
        self._table.viewport().update()
        self._table.horizontalHeader().viewport().update()
        self._say()

    def show_entries(self, entries: Sequence[AuditEntry], *, more: bool) -> None:
        """Show the first page of another question."""
        self._loaded, self._more = True, more
        self._model.replace(entries)
        if entries:
            self._table.choose_row(0)
        else:
            self.chosen.emit(None)
        self._say()

    def append_entries(self, entries: Sequence[AuditEntry], *, more: bool) -> None:
        """Show a further page below."""
        self._more = more
        self._model.append(entries)
        self._say()

    @property
    def entries(self) -> Sequence[AuditEntry]:
        """The entries in the order shown."""
        return self._model.rows

    @property
    def count_text(self) -> str:
        """How many there are, as it is said."""
        return self._count.text()

    @property
    def empty_text(self) -> str:
        """What is said where nothing is shown."""
        return self._empty.sentence

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def _say(self) -> None:
        found = len(self._model.rows)
        self._stack.setCurrentWidget(self._table if found else self._empty)
        self._next.setVisible(self._more)
        if not self._loaded:
            self._empty.say(self.tr("The trail is being read."))
            self._count.clear()
            return
        self._empty.say(self.tr("No entry matches."), self.tr("Show all"))
        shown = formatting.count(found)
        self._count.setText(
            self.tr("Entries: {}").format(f"{shown}+" if self._more else shown)
        )


def _columns(zone: tzinfo) -> list[Column[AuditEntry]]:
    def time(entry: AuditEntry) -> str:
        return formatting.date_time_iso(entry.at, zone)

    return [
        Column(
            lambda: _tr("EntriesTable", "No."),
            lambda entry: str(entry.sequence),
            72,
            right=True,
        ),
        Column(lambda: _tr("EntriesTable", "Time"), time, 176),
        Column(lambda: _tr("EntriesTable", "Person"), lambda entry: entry.login, 100),
        Column(
            lambda: _tr("EntriesTable", "Act"),
            lambda entry: act_name(entry.action),
            200,
        ),
        Column(lambda: _tr("EntriesTable", "Subject"), lambda entry: entry.subject),
    ]
