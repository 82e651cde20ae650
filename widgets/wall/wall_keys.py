"""The strip below the wall: what can be done, each with its key."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from widgets import theme
from widgets.common.key_button import KeyButton


class WallKeys(QWidget):
    """Buttons only; the page decides what they do."""

    layout_asked = Signal()
    freeze_toggled = Signal(bool)
    zones_toggled = Signal(bool)
    overlays_toggled = Signal(bool)
    full_screen_asked = Signal()
    turned = Signal(int)
    """-1 or +1: another screen of tiles."""

    def __init__(self) -> None:
        """Start with overlays shown, zones hidden, pictures moving."""
        super().__init__()
        self._grid = KeyButton("", "G")
        self._freeze = _toggle("Space", on=False)
        self._overlays = _toggle("O", on=True)
        self._zones = _toggle("Z", on=False)
        self._full = KeyButton("", "F")
        self._back = KeyButton("", "PgUp")
        self._on = KeyButton("", "PgDown")
        self._hint, self._screen = QLabel(), QLabel()
        theme.as_role(self._hint, "small")
        theme.as_role(self._screen, "quiet")
        self._build()
        self._connect()
        self.show_screens(0, 1)

    def show_screens(self, screen: int, screens: int) -> None:
        """Say which screen of tiles is shown; hidden when there is only one."""
        for part in (self._back, self._screen, self._on):
            part.setVisible(screens > 1)
        self._screen.setText(f"{screen + 1}/{screens}")

    def retranslate(self) -> None:
        """Set the texts again."""
        self._grid.setText(self.tr("Grid"))
        self._freeze.setText(self.tr("Freeze"))
        self._overlays.setText(self.tr("Overlays"))
        self._zones.setText(self.tr("Zones"))
        self._full.setText(self.tr("Full screen"))
        self._back.setText(self.tr("Back"))
        self._on.setText(self.tr("Next"))
        self._hint.setText(
            self.tr("1–9 enlarge · Esc back · drag or Ctrl+arrows to arrange")
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface and its hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.fillRect(QRect(0, 0, self.width(), 1), theme.color("line"))

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        for button in (
            self._grid,
            self._freeze,
            self._overlays,
            self._zones,
            self._full,
        ):
            row.addWidget(button)
            # The arrows belong to the tiles, also after a click here.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addSpacing(8)
        row.addWidget(self._hint, 1)
        for part in (self._back, self._screen, self._on):
            row.addWidget(part)

    def _connect(self) -> None:
        self._grid.clicked.connect(self.layout_asked)
        self._freeze.toggled.connect(self.freeze_toggled)
        self._overlays.toggled.connect(self.overlays_toggled)
        self._zones.toggled.connect(self.zones_toggled)
        self._full.clicked.connect(self.full_screen_asked)
        self._back.clicked.connect(lambda: self.turned.emit(-1))
        self._on.clicked.connect(lambda: self.turned.emit(1))


def _toggle(key: str, *, on: bool) -> KeyButton:
    button = KeyButton("", key)
    button.setCheckable(True)
    button.setChecked(on)
    return button
