"""The tools of the calibration, each with its key."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from widgets.calibration.tools import Tool
from widgets.common.key_button import KeyButton

_KEYS: Final = {
    Tool.POINTS: "P",
    Tool.STRETCH: "M",
    Tool.STOP_LINE: "S",
    Tool.LAMPS: "T",
}


class ToolBar(QWidget):
    """Tools on the left, freeze and undo on the right."""

    tool_chosen = Signal(Tool)
    freeze_toggled = Signal(bool)
    undo_asked = Signal()
    redo_asked = Signal()
    fit_asked = Signal()

    def __init__(self) -> None:
        """Start with the points."""
        super().__init__()
        self._tools = {tool: KeyButton("", key) for tool, key in _KEYS.items()}
        self._freeze = KeyButton("", "Space")
        self._undo = KeyButton("", "Ctrl+Z")
        self._redo = KeyButton("", "Ctrl+Y")
        self._fit = KeyButton("", "F")
        self._build()
        self.retranslate()

    def show_state(
        self, tool: Tool, *, can_undo: bool, can_redo: bool, has_plane: bool
    ) -> None:
        """Show what can be done now."""
        self._tools[tool].setChecked(True)
        self._tools[Tool.STRETCH].setEnabled(has_plane)
        self._undo.setEnabled(can_undo)
        self._redo.setEnabled(can_redo)

    def set_frozen(self, frozen: bool) -> None:
        """Show whether the picture stands."""
        self._freeze.setChecked(frozen)

    def retranslate(self) -> None:
        """Set the texts again."""
        self._tools[Tool.POINTS].setText(self.tr("Points"))
        self._tools[Tool.STRETCH].setText(self.tr("Measured stretch"))
        self._tools[Tool.STOP_LINE].setText(self.tr("Stop line"))
        self._tools[Tool.LAMPS].setText(self.tr("Lamps"))
        self._freeze.setText(self.tr("Freeze"))
        self._undo.setText(self.tr("Undo"))
        self._redo.setText(self.tr("Redo"))
        self._fit.setText(self.tr("Whole picture"))

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        group = QButtonGroup(self)
        for tool, button in self._tools.items():
            button.setCheckable(True)
            group.addButton(button)
            button.clicked.connect(lambda _=False, t=tool: self.tool_chosen.emit(t))
            row.addWidget(button)
        row.addStretch(1)
        self._freeze.setCheckable(True)
        self._freeze.toggled.connect(self.freeze_toggled)
        self._undo.clicked.connect(self.undo_asked)
        self._redo.clicked.connect(self.redo_asked)
        self._fit.clicked.connect(self.fit_asked)
        for button in (self._freeze, self._fit, self._undo, self._redo):
            row.addWidget(button)
