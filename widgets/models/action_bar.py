"""The keys for the chosen model; what cannot be done is grey and says why."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.models.model_work import Action


class ActionBar(QFrame):
    """`pressed` carries the Action."""

    pressed = Signal(object)

    def __init__(self) -> None:
        """Start with everything grey."""
        super().__init__()
        self._title = QLabel()
        theme.as_role(self._title, "heading")
        self.buttons = {
            Action.USE: KeyButton(key="U", primary=True),
            Action.FETCH: KeyButton(key="F"),
            Action.OPTIMISE: KeyButton(key="O"),
            Action.VERIFY: KeyButton(key="V"),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._title, 1)
        for action, button in self.buttons.items():
            row.addWidget(button)
            button.clicked.connect(lambda _=False, a=action: self.pressed.emit(a))
        self.retranslate()
        self.allow(dict.fromkeys(self.buttons, " "))

    def retranslate(self) -> None:
        """Set the texts again."""
        self._title.setText(self.tr("Models"))
        names = {
            Action.USE: self.tr("Use"),
            Action.FETCH: self.tr("Fetch"),
            Action.OPTIMISE: self.tr("Find the fastest form"),
            Action.VERIFY: self.tr("Verify all"),
        }
        for action, name in names.items():
            self.buttons[action].setText(name)

    def allow(self, reasons: Mapping[Action, str]) -> None:
        """Grey what has a reason against it."""
        for action, button in self.buttons.items():
            button.setEnabled(not reasons[action])
            button.setToolTip(reasons[action].strip())
