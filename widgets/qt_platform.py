"""Qt must load its own plugins, whoever was imported before it.

The opencv-python wheel carries a Qt of its own and, when imported, points Qt's
environment variables at it; PySide6 then aborts on start. Only values that lie inside
that wheel are taken away: what a person set on purpose stays.
"""

import os
from typing import Final

_VARIABLES: Final = (
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "QT_QPA_FONTDIR",
    "QT_PLUGIN_PATH",
)


def use_own_plugins() -> None:
    """Forget OpenCV's plugin folders; call before the first QApplication."""
    for variable in _VARIABLES:
        value = os.environ.get(variable, "")
        if f"{os.sep}cv2{os.sep}" in value:
            del os.environ[variable]
