"""One line: what is being done with the models, or how the last thing ended."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy

from widgets import theme
from widgets.common import formatting
from widgets.common.key_button import KeyButton
from widgets.theme import State

_BAR_PX = 240
_PERCENT_PX = 48


class WorkStrip(QFrame):
    """Sentence, percent, bar and a way to stop; always there, so nothing jumps."""

    cancelled = Signal()

    def __init__(self) -> None:
        """Start with nothing to say."""
        super().__init__()
        self._glyph, self._text, self._percent = QLabel(), QLabel(), QLabel()
        self._bar = QProgressBar()
        self._state = State.INFO
        self.cancel = KeyButton(key="X")
        # A role is a change of style, which tints the glyph.
        theme.as_role(self, "panel")
        self._lay_out()
        self.cancel.clicked.connect(self.cancelled)
        self.retranslate()
        self.say("")

    @property
    def sentence(self) -> str:
        """What is said now."""
        return self._text.text()

    @property
    def percent(self) -> str:
        """How far it is; empty while nothing is under way."""
        return self._percent.text()

    def retranslate(self) -> None:
        """Set the texts again."""
        self.cancel.setText(self.tr("Cancel"))

    def show_progress(self, sentence: str, share: float) -> None:
        """Say what is being done and how far it is."""
        self._show(sentence, State.INFO)
        self._percent.setText(formatting.percent(share))
        self._bar.setValue(round(share * self._bar.maximum()))
        self._set_busy(busy=True)

    def say(self, sentence: str, state: State = State.INFO) -> None:
        """Say how it ended; nothing is under way any more."""
        self._show(sentence, state)
        self._percent.setText("")
        self._set_busy(busy=False)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the mode."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _show(self, sentence: str, state: State) -> None:
        self._state = state
        self._text.setText(sentence)
        self._glyph.setText(state.glyph if sentence else "")
        self._tint()

    def _tint(self) -> None:
        self._glyph.setStyleSheet(f"color: {self._state.color.name()}")

    def _set_busy(self, *, busy: bool) -> None:
        self._bar.setVisible(busy)
        self.cancel.setEnabled(busy)

    def _lay_out(self) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_PX)
        self._percent.setFixedWidth(_PERCENT_PX)
        self._text.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        parts = (self._glyph, self._text, self._percent, self._bar, self.cancel)
        for part in parts:
            row.addWidget(part, 1 if part is self._text else 0)
