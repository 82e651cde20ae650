"""The bar that says what happened and what to do, and goes when it is mended."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from widgets import theme
from widgets.theme import State


@dataclass(frozen=True, slots=True)
class _Trouble:
    sentence: str
    state: State
    action: str


class ErrorBar(QFrame):
    """Shows the worst open trouble, and how many more there are.

    Each trouble has a source; `mend` of that source takes it away. Hidden while there
    is none. `action_chosen` carries the source whose way out was pressed.
    """

    action_chosen = Signal(str)

    def __init__(self) -> None:
        """Start without trouble."""
        super().__init__()
        self._troubles: dict[str, _Trouble] = {}
        self._glyph = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred
        )
        self._more = QLabel()
        theme.as_role(self._more, "quiet")
        self._action = QPushButton()
        self._action.clicked.connect(self._choose)
        self._dismiss = QPushButton()
        theme.as_role(self._dismiss, "link")
        self._dismiss.clicked.connect(self._put_away)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        for part in (self._glyph, self._text, self._more, self._action, self._dismiss):
            row.addWidget(part, 1 if part is self._text else 0)
        self._refresh()

    def show_trouble(
        self,
        source: str,
        sentence: str,
        *,
        state: State = State.ALARM,
        action: str = "",
    ) -> None:
        """Say what happened and what to do; replaces what `source` said before."""
        self._troubles.pop(source, None)
        self._troubles[source] = _Trouble(sentence, state, action)
        self._refresh()

    def mend(self, source: str) -> None:
        """Take away what `source` said; harmless when it said nothing."""
        if self._troubles.pop(source, None) is not None:
            self._refresh()

    def clear(self) -> None:
        """Take everything away."""
        self._troubles.clear()
        self._refresh()

    @property
    def sentence(self) -> str:
        """What the bar says now; empty when it is hidden."""
        source = self._worst()
        return self._troubles[source].sentence if source else ""

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and mode."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel, and the state as an edge on the left."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("raised"))
        source = self._worst()
        if source:
            tint = self._troubles[source].state.color
            painter.fillRect(0, 0, theme.UNIT_PX, self.height(), tint)

    def _worst(self) -> str:
        """Return the source to show: the worst state, the newest among equals."""
        order = [State.ALARM, State.WARN, State.GOOD, State.INFO]
        for state in order:
            for source in reversed(self._troubles):
                if self._troubles[source].state is state:
                    return source
        return ""

    def _refresh(self) -> None:
        source = self._worst()
        self.setVisible(bool(source))
        if not source:
            return
        trouble = self._troubles[source]
        self._glyph.setText(trouble.state.glyph)
        self._glyph.setStyleSheet(f"color: {trouble.state.color.name()}")
        self._text.setText(trouble.sentence)
        more = len(self._troubles) - 1
        self._more.setText(self.tr("+{} more").format(more) if more else "")
        self._action.setText(trouble.action)
        self._action.setVisible(bool(trouble.action))
        self._dismiss.setText(self.tr("Dismiss"))
        self.update()

    def _choose(self) -> None:
        self.action_chosen.emit(self._worst())

    def _put_away(self) -> None:
        self.mend(self._worst())
