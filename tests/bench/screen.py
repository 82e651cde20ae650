"""Qt for benchmarks: on the screen there is, else on none."""

import os
import sys

from PySide6.QtWidgets import QApplication

from widgets.qt_platform import use_own_plugins


def application() -> QApplication:
    """Return the application; without a screen it paints into memory."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    use_own_plugins()
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else QApplication([])
