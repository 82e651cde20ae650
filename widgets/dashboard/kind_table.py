"""Infractions by type, with how often reviewers uphold them."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.infraction import InfractionKind
from app.domain.summary import PeriodSummary
from app.report.precision import Precision, by_kind
from widgets.common import formatting
from widgets.common.table import Column, RowsModel, Table
from widgets.common.words import kind_name

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class KindRow:
    """One type: how many today, how many on the day before, and the precision."""

    kind: InfractionKind
    count: int
    before: int
    precision: Precision


class KindTable(QWidget):
    """`opened` carries the InfractionKind of the row."""

    opened = Signal(object)

    def __init__(self) -> None:
        """Start without rows."""
        super().__init__()
        self._model: RowsModel[KindRow] = RowsModel(
            [
                Column(
                    lambda: _tr("KindTable", "Type"), lambda row: kind_name(row.kind)
                ),
                Column(
                    lambda: _tr("KindTable", "Today"),
                    lambda row: formatting.count(row.count),
                    60,
                    right=True,
                ),
                Column(
                    lambda: _tr("KindTable", "Week before"),
                    lambda row: formatting.count(row.before),
                    100,
                    right=True,
                ),
                Column(
                    lambda: _tr("KindTable", "Precision"), _precision, 160, right=True
                ),
            ]
        )
        self._table = Table(self._model)
        self._table.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table)

    def show_kinds(self, day: PeriodSummary, before: PeriodSummary) -> None:
        """Show both days."""
        rows = [
            KindRow(kind, day.by_kind.get(kind, 0), before.by_kind.get(kind, 0), value)
            for kind, value in by_kind(day).items()
        ]
        self._model.replace(rows)

    def _open(self, index: int) -> None:
        row = self._model.row(index)
        if row is not None:
            self.opened.emit(row.kind)


def _precision(row: KindRow) -> str:
    precision = row.precision
    if precision.value is None:
        return formatting.DASH
    low, high = round(precision.low * 100), round(precision.high * 100)
    value = formatting.percent(precision.value)
    return f"{value} ({low}–{high}), n = {precision.decided}"
