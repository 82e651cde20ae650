"""What nobody expected is logged and told, and the product goes on."""

import logging
import sys
import threading
from types import TracebackType
from typing import Final

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)

from widgets.common.error_bar import ErrorBar

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FaultReport(QObject):
    """Takes unhandled exceptions of all threads to the log and to the error bar."""

    _happened = Signal(str)

    def __init__(self, error_bar: ErrorBar) -> None:
        """Change nothing before `install`."""
        super().__init__()
        self._error_bar = error_bar
        self._previous = (sys.excepthook, threading.excepthook)
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over Python's hooks and Qt's messages."""
        self._previous = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        qInstallMessageHandler(log_qt_message)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._previous
        qInstallMessageHandler(None)

    def _caught(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        _log.error("unhandled exception", exc_info=(kind, error, trace))
        self._happened.emit(kind.__name__)

    def _caught_in_thread(self, fault: threading.ExceptHookArgs) -> None:
        error = fault.exc_value or fault.exc_type()
        self._caught(fault.exc_type, error, fault.exc_traceback)

    @Slot(str)
    def _show(self, name: str) -> None:
        sentence = self.tr(
            "Something went wrong in the product itself ({}). It goes on; the details "
            "are in the log, please send them to the technician."
        )
        self._error_bar.show_trouble("bug", sentence.format(name))


def log_qt_message(
    kind: QtMsgType, context: QMessageLogContext, message: str | None
) -> None:
    """Write what Qt says to Python's log."""
    category = context.category or "default"
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, message)
