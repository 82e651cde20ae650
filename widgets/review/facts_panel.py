"""What happened, to whom, how it was measured, and where it comes from."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.evidence import EvidenceKind
from app.domain.hold import Hold
from app.domain.infraction import Case, InfractionState
from app.domain.plate import MASK
from widgets import theme
from widgets.common import formatting
from widgets.common.words import state_name
from widgets.review import facts
from widgets.review.case_media import CaseMedia
from widgets.review.decision_bar import state_glyph
from widgets.review.fact_table import FactTable
from widgets.review.hold_words import hold_line
from widgets.review.mask_box import MaskBox
from widgets.review.plate_panel import PlatePanel
from widgets.review.seal_sign import SealSign


class FactsPanel(QScrollArea):
    """The right-hand column of the review page."""

    corrected = Signal()

    def __init__(self) -> None:
        """Start without a case."""
        super().__init__()
        self._case: Case | None = None
        self._media: CaseMedia | None = None
        self._headline = _label("title")
        self._where = _label("quiet")
        self._when = _label("quiet")
        self._state = _label("")
        self._held = _label("warn")
        self.plate = PlatePanel()
        self.plate.corrected.connect(self.corrected)
        self.mask_box = MaskBox()
        self._instrument = _label("warn")
        self._measured = FactTable()
        self._verified = _label("")
        self.seal = SealSign()
        self._origin = FactTable()
        self._history = FactTable()
        self._titles = [_label("heading") for _ in range(4)]
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        names = (
            self.tr("Plate"),
            self.tr("Measurement"),
            self.tr("Origin"),
            self.tr("Decisions"),
        )
        for title, name in zip(self._titles, names, strict=True):
            title.setText(name)
        self.plate.retranslate()
        self.seal.retranslate()
        self.mask_box.retranslate()
        self._refresh()

    def show_case(self, case: Case | None) -> None:
        """Show a case; its evidence follows with `show_media`."""
        self._case = case
        self._media = None
        self.plate.show_case(case)
        self.mask_box.clear()
        self.mask_box.setVisible(case is not None and MASK in (case.plate_text or ""))
        self._refresh()
        self.verticalScrollBar().setValue(0)

    def show_media(self, media: CaseMedia) -> None:
        """Show the plate's picture, and that the files were checked."""
        self._media = media
        self.plate.show_crop(media.stills.get(EvidenceKind.PLATE))
        self._refresh_verified()

    @property
    def headline(self) -> str:
        """What happened, as shown."""
        return self._headline.text()

    @property
    def held_text(self) -> str:
        """What is said of holds; empty when nothing holds the case."""
        return self._held.text()

    @property
    def verified_text(self) -> str:
        """What is said of the evidence files."""
        return self._verified.text()

    def _refresh(self) -> None:
        case = self._case
        self._inside.setVisible(case is not None)
        if case is None:
            return
        moment = case.infraction.occurred.wall
        self._headline.setText(facts.headline(case))
        self._where.setText(f"{case.camera_name} · {case.location}")
        when = f"{formatting.date_iso(moment)} {formatting.clock_ms(moment)}"
        self._when.setText(when)
        self._state.setText(_state_line(case))
        token = state_glyph(case.state)[1]
        self._state.setStyleSheet(f"color: {theme.color(token).name()}")
        self._held.setText("\n".join(map(_held_line, case.holds)) or _erased(case))
        self._held.setVisible(bool(self._held.text()))
        self._instrument.setText("◆ " + facts.instrument(case))
        self._measured.show_facts(facts.measurement(case))
        self._origin.show_facts(facts.origin(case))
        self._history.show_facts(facts.history(case))
        self._titles[3].setVisible(bool(case.reviews))
        self._refresh_verified()

    def _refresh_verified(self) -> None:
        media = self._media
        if media is None:
            self._say("○", "quiet", self.tr("Checking the evidence"))
        elif media.trouble:
            self._say("▲", "alarm", media.trouble)
        else:
            sentence = self.tr("{} files, each with its recorded SHA-256")
            self._say("●", "good", sentence.format(media.verified))
        self.seal.show_report(None if media is None else media.seal)

    def _say(self, glyph: str, token: str, sentence: str) -> None:
        self._verified.setText(f"{glyph} {sentence}")
        self._verified.setStyleSheet(f"color: {theme.color(token).name()}")

    def _lay_out(self) -> None:
        self._inside = inside = QFrame()
        theme.as_role(inside, "panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        parts: tuple[tuple[QWidget, int], ...] = (
            (self._headline, 0),
            (self._where, 0),
            (self._when, 0),
            (self._state, 0),
            (self._held, 4),
            (self._titles[0], 12),
            (self.plate, 0),
            (self.mask_box, 4),
            (self._titles[1], 12),
            (self._measured, 0),
            (self._instrument, 0),
            (self._titles[2], 12),
            (self._origin, 0),
            (self._verified, 0),
            (self.seal, 0),
            (self._titles[3], 12),
            (self._history, 0),
        )
        for part, space in parts:
            column.addSpacing(space)
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.as_role(self, "panel")
        theme.as_role(self.viewport(), "panel")


def _state_line(case: Case) -> str:
    line = f"{state_glyph(case.state)[0]} {state_name(case.state)}"
    if case.state is InfractionState.NOTIFIED and case.notice_number:
        line += f" · {case.notice_number}"
    return line


def _held_line(hold: Hold) -> str:
    return f"{theme.State.WARN.glyph} {hold_line(hold)}"


def _erased(case: Case) -> str:
    """Say why there is nothing to see; empty while there is."""
    if not case.erased:
        return ""
    said = QCoreApplication.translate(
        "FactsPanel", "Erased at the end of its term; only figures are left."
    )
    return f"{theme.State.WARN.glyph} {said}"


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    # Names come from outside: never markup.
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        theme.as_role(label, role)
    return label
