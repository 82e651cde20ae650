"""What a page shows when there is nothing: one sentence and one way out."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from widgets import theme
from widgets.common import icons


class EmptyState(QWidget):
    """An icon, a sentence and at most one button, in the middle of the room."""

    action_chosen = Signal()

    def __init__(self, icon_name: str = "info") -> None:
        """Start with nothing said."""
        super().__init__()
        self._icon_name = icon_name
        self._icon = QLabel()
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        theme.as_role(self._sentence, "quiet")
        self._action = QPushButton()
        self._action.hide()
        self._action.clicked.connect(self.action_chosen)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        for label in (self._icon, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        self._tint()

    def say(self, sentence: str, action: str = "") -> None:
        """Set the sentence and the way out; no button when `action` is empty."""
        self._sentence.setText(sentence)
        self._action.setText(action)
        self._action.setVisible(bool(action))

    @property
    def sentence(self) -> str:
        """What is said now."""
        return self._sentence.text()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the mode."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(self._icon_name, "quiet", 20, ratio))
