"""The sign that says whether a case is sealed, signed and time-stamped."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.seal import Seal, SealReport, StampFinding, StampState
from app.evidence.signing import fingerprint
from widgets import theme
from widgets.common import formatting
from widgets.review.fact_table import FactTable
from widgets.review.facts import Fact
from widgets.theme import State

_tr = QCoreApplication.translate


class SealSign(QWidget):
    """One line; a small button opens who sealed, with which key, and when."""

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__()
        self._report: SealReport | None = None
        self._line = QLabel()
        self._line.setWordWrap(True)
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._more = QPushButton()
        self._more.setCheckable(True)
        self._more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.as_role(self._more, "link")
        self._details = FactTable()
        self._more.toggled.connect(self._details.setVisible)
        self._details.hide()
        self._lay_out()
        self.hide()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._more.setText(self.tr("Details"))
        self.show_report(self._report)

    def show_report(self, report: SealReport | None) -> None:
        """Show what a check found; nothing before one, or where it found trouble."""
        self._report = report
        self.setVisible(report is not None and report.trouble is None)
        if report is None:
            return
        state, sentence = _sign(report)
        self._line.setText(f"{state.glyph} {sentence}")
        self._line.setStyleSheet(f"color: {state.color.name()}")
        self._more.setVisible(report.seal is not None)
        self._details.show_facts(_details(report))
        self._details.setVisible(self._more.isChecked() and report.seal is not None)

    @property
    def text(self) -> str:
        """What is said."""
        return self._line.text()

    @property
    def details(self) -> tuple[Fact, ...]:
        """What is said on demand."""
        return self._details.facts

    def open_details(self) -> None:
        """Show the details, as the button does."""
        self._more.setChecked(True)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._details)


def _sign(report: SealReport) -> tuple[State, str]:
    if report.seal is None:
        return State.WARN, _tr("seal", "Not sealed: recorded without an engine's key")
    signs = {
        StampState.NONE: (State.GOOD, _tr("seal", "Sealed and signed")),
        StampState.WAITING: (
            State.INFO,
            _tr("seal", "Sealed and signed; the time-stamp is still to come"),
        ),
        StampState.UNCHECKED: (
            State.INFO,
            _tr("seal", "Sealed and signed; the time-stamp is not checked here"),
        ),
        StampState.HOLDS: (State.GOOD, _tr("seal", "Sealed, signed and time-stamped")),
        StampState.WRONG: (
            State.ALARM,
            _tr("seal", "Sealed and signed, but the time-stamp does not hold"),
        ),
    }
    return signs[report.stamp.state]


def _details(report: SealReport) -> tuple[Fact, ...]:
    return () if report.seal is None else _rows(report.seal, report.stamp)


def _rows(seal: Seal, stamp: StampFinding) -> tuple[Fact, ...]:
    moment = seal.sealed_at
    rows = [
        Fact(
            _tr("seal", "Sealed"),
            f"{formatting.date_iso(moment)} {formatting.clock(moment)}",
        ),
        Fact(_tr("seal", "Computer"), seal.workstation),
        Fact(_tr("seal", "Engine"), str(seal.engine_id)[-12:], seal.software_version),
        Fact(_tr("seal", "Key"), fingerprint(seal.key)),
        Fact(_tr("seal", "Manifest"), seal.manifest_sha256[:16]),
    ]
    if stamp.at is not None:
        at = f"{formatting.date_iso(stamp.at)} {formatting.clock(stamp.at)}"
        rows.append(Fact(_tr("seal", "Time-stamp"), at, stamp.authority))
    return tuple(rows)
