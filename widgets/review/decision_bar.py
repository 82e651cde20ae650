"""The keys that decide; they never move."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.domain.infraction import InfractionState
from widgets import theme
from widgets.common.key_button import KeyButton


class DecisionBar(QFrame):
    """Confirm, reject, correct on the left; undo and what was done on the right."""

    confirm_pressed = Signal()
    reject_pressed = Signal()
    correct_pressed = Signal()
    issue_pressed = Signal()
    document_pressed = Signal()
    undo_pressed = Signal()
    hold_pressed = Signal()

    def __init__(self) -> None:
        """Start with nothing to decide."""
        super().__init__()
        theme.as_role(self, "panel")
        self._confirm = KeyButton(key="Y", primary=True)
        self._reject = KeyButton(key="N")
        self._correct = KeyButton(key="E")
        self._issue = KeyButton(key="I")
        self._document = KeyButton(key="P")
        self._hold = KeyButton(key="H")
        self._undo = KeyButton(key="Ctrl+Z")
        self._said = QLabel()
        theme.as_role(self._said, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        for button, pressed in self._buttons():
            button.clicked.connect(pressed)
            row.addWidget(button)
            if button in (self._correct, self._document):
                row.addSpacing(16)
        row.removeWidget(self._undo)
        row.addStretch(1)
        row.addWidget(self._said)
        row.addWidget(self._undo)
        self._undo.setEnabled(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._confirm.setText(self.tr("Confirm"))
        self._reject.setText(self.tr("Reject…"))
        self._correct.setText(self.tr("Correct plate"))
        self._issue.setText(self.tr("Issue notice"))
        self._document.setText(self.tr("Open PDF"))
        self._hold.setText(self.tr("Hold…"))
        self._undo.setText(self.tr("Undo"))

    def offer(
        self, *, decide: bool, issue: bool, document: bool, sound: bool = True
    ) -> None:
        """Enable what can succeed; `sound` is false when the evidence is damaged."""
        self._confirm.setEnabled(decide and sound)
        self._reject.setEnabled(decide)
        self._correct.setEnabled(decide and sound)
        self._issue.setEnabled(issue)
        self._document.setEnabled(document)

    def offer_hold(self, allowed: bool, *, possible: bool) -> None:
        """Show the key to whoever is `allowed`, and enable it where there is a case."""
        self._hold.setVisible(allowed)
        self._hold.setEnabled(possible)

    def say(self, sentence: str, undo_s: int = 0) -> None:
        """Say what was done, and for how many seconds it can be taken back."""
        self._undo.setEnabled(undo_s > 0)
        left = self.tr("{} s").format(undo_s) if undo_s > 0 else ""
        self._said.setText(" · ".join(part for part in (sentence, left) if part))

    @property
    def said(self) -> str:
        """What the bar says now."""
        return self._said.text()

    @property
    def can_undo(self) -> bool:
        """Whether undo is offered."""
        return self._undo.isEnabled()

    def _buttons(self) -> tuple[tuple[KeyButton, object], ...]:
        return (
            (self._confirm, self.confirm_pressed),
            (self._reject, self.reject_pressed),
            (self._correct, self.correct_pressed),
            (self._issue, self.issue_pressed),
            (self._document, self.document_pressed),
            (self._hold, self.hold_pressed),
            (self._undo, self.undo_pressed),
        )


def state_glyph(state: InfractionState) -> tuple[str, str]:
    """Return shape and colour token of where a case stands."""
    return {
        InfractionState.PENDING: ("○", "quiet"),
        InfractionState.CONFIRMED: ("●", "good"),
        InfractionState.REJECTED: ("✕", "quiet"),
        InfractionState.NOTIFIED: ("■", "text"),
    }[state]
