"""What can be done with the chosen camera, each act with its key."""

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.camera import Camera
from widgets.common.key_button import KeyButton

_SPACING_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Which acts make sense now.

    `manage`: the person may, and nothing is under way. `changed`: something is typed
    that can be saved. `leaving`: a camera waits to be removed.
    """

    manage: bool
    calibrate: bool
    changed: bool
    undo: bool
    leaving: bool


class CameraActs(QWidget):
    """Seven buttons that never move; what cannot be done is faded."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        super().__init__()
        self.save_button = KeyButton("", "Ctrl+S", primary=True)
        self.try_button, self.new_button = KeyButton("", "T"), KeyButton("", "N")
        self.switch_button = KeyButton("", "D")
        self.remove_button = KeyButton("", "Del")
        self.calibrate_button = KeyButton("", "C")
        self.undo_button = KeyButton("", "Ctrl+Z")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_SPACING_PX)
        places = (
            (self.save_button, self.try_button, self.new_button),
            (self.calibrate_button, self.switch_button, self.remove_button),
        )
        for row, buttons in enumerate(places):
            for column, button in enumerate(buttons):
                grid.addWidget(button, row, column)
        grid.addWidget(self.undo_button, 2, 2)

    def retranslate(self) -> None:
        """Set the texts that never change again."""
        self.try_button.setText(self.tr("Try"))
        self.new_button.setText(self.tr("New"))
        self.remove_button.setText(self.tr("Remove"))
        self.calibrate_button.setText(self.tr("Calibrate"))
        self.undo_button.setText(self.tr("Undo"))

    def offer(self, camera: Camera | None, allowed: Allowed) -> None:
        """Offer what can be done with a camera, or with a new one."""
        self.save_button.setText(self.tr("Save") if camera else self.tr("Add"))
        self.save_button.setEnabled(allowed.manage and allowed.changed)
        known = allowed.manage and camera is not None and not allowed.leaving
        self.switch_button.setEnabled(known)
        self.remove_button.setEnabled(known)
        enabled = camera is None or camera.enabled
        self.switch_button.setText(self.tr("Disable") if enabled else self.tr("Enable"))
        self.calibrate_button.setEnabled(camera is not None and allowed.calibrate)
        self.undo_button.setEnabled(allowed.manage and allowed.undo)
