"""A field for a password."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class PasswordEdit(QLineEdit):
    """A password field that tells when Caps Lock seems to be on.

    No platform-independent call tells it; a capital letter without Shift does.
    """

    caps_lock_seen = Signal(bool)

    def __init__(self) -> None:
        """Show dots instead of letters."""
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare the letter that came with the Shift key."""
        text = event.text()
        if event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock_seen.emit(False)
        elif len(text) == 1 and text.isalpha() and text.lower() != text.upper():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock_seen.emit(text.isupper() != shift)
        super().keyPressEvent(event)
