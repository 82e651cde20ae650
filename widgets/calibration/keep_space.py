"""Space presses what has the focus, also where Space is a shortcut of the page."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent


class KeepSpace(QObject):
    """Event filter for buttons and boxes: they claim Space before shortcuts do."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Claim Space; everything else goes its way."""
        if event.type() == QEvent.Type.ShortcutOverride:
            claimed = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
            if claimed:
                event.accept()
            return claimed
        return False
