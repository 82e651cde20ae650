"""The terms, one row for each type and state."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal

from widgets.common.formatting import count, date_iso
from widgets.common.table import Column
from widgets.common.table_or_note import TableOrNote
from widgets.retention.term import Term, same_term, term_name

_tr = QCoreApplication.translate


class TermTable(TableOrNote[Term]):
    """`chosen` carries the current term, None for none."""

    chosen = Signal(object)

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(
            _columns(),
            "calendar",
            lambda: _tr("TermTable", "The terms are being read."),
        )
        self.table.chosen.connect(lambda row: self.chosen.emit(self.model.row(row)))

    def show_terms(self, terms: Sequence[Term]) -> None:
        """Show other terms; which one was current stays so."""
        current = self.current
        self.show_rows(terms)
        rows = [n for n, term in enumerate(terms) if same_term(term, current)]
        if terms:
            self.table.choose_row(rows[0] if rows else 0)
        self.chosen.emit(self.current)


def _columns() -> list[Column[Term]]:
    return [
        Column(lambda: _tr("TermTable", "What"), term_name),
        Column(
            lambda: _tr("TermTable", "Days"),
            lambda term: count(term.keep_days),
            96,
            right=True,
        ),
        Column(lambda: _tr("TermTable", "In force since"), _since, 152, right=True),
        Column(
            lambda: _tr("TermTable", "Due now"),
            lambda term: count(None if term.due is None else term.due.case_count),
            112,
            right=True,
        ),
        Column(
            lambda: _tr("TermTable", "Of these held"),
            lambda term: count(None if term.due is None else term.due.held_count),
            128,
            right=True,
        ),
    ]


def _since(term: Term) -> str:
    return date_iso(None if term.rule is None else term.rule.changed_at)
