"""A command of the product in a process of its own, which says what it does.

It writes one JSON object a line, each with its "event"; whatever libraries print
between them is passed over. What goes wrong before it can say so stands at the end of
its standard error, as every command of the product writes it.
"""

import json
import logging
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

_log = logging.getLogger(__name__)
_KILL_AFTER_MS: Final = 5000
_LAST_WORDS: Final = 2000
_PREFIX: Final = "atalaya: "

Event = dict[str, Any]


class ChildProcess(QObject):
    """One process at a time; it is asked to end before it is made to."""

    said = Signal(object)
    """An Event of the process."""
    ended = Signal(int)
    """Its exit code; all that it said has been told before."""

    def __init__(self, parent: QObject) -> None:
        """Start nothing yet."""
        super().__init__(parent)
        self._process: QProcess | None = None
        self._errors = ""
        self._stopped = False
        self._unstartable = ""

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def stopped(self) -> bool:
        """Whether the last process was asked to end."""
        return self._stopped

    def start(self, words: Sequence[str], unstartable: str) -> None:
        """Run a command line; `unstartable` says that it could not be started."""
        self._errors, self._stopped, self._unstartable = "", False, unstartable
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._end)
        process.errorOccurred.connect(self._fail)
        self._process = process
        process.start(words[0], list(words[1:]))

    def stop(self) -> None:
        """Ask the process to end, and make it end when it does not."""
        process = self._process
        if process is None:
            return
        self._stopped = True
        process.terminate()
        timer = QTimer(process)
        timer.setSingleShot(True)
        timer.timeout.connect(process.kill)
        timer.start(_KILL_AFTER_MS)

    def close(self) -> None:
        """Stop, and wait for the process: what it leaves is then whole."""
        process, self._process = self._process, None
        if process is None:
            return
        process.finished.disconnect()
        process.terminate()
        if not process.waitForFinished(_KILL_AFTER_MS):
            process.kill()
            process.waitForFinished(_KILL_AFTER_MS)

    def last_words(self, silent: str) -> str:
        """Return the sentence it ended with, `silent` when it said none."""
        said = [
            line.removeprefix(_PREFIX)
            for line in self._errors.splitlines()
            if line.startswith(_PREFIX)
        ]
        if not said:
            _log.error("a command ended without a word: %s", self._errors)
        return said[-1] if said else silent

    def _read(self) -> None:
        # Whoever hears of an event may close the process.
        while self._process is not None and self._process.canReadLine():
            self._take(bytes(self._process.readLine().data()))

    def _take(self, line: bytes) -> None:
        event = _event(line)
        if event is None:
            _log.debug("a command said something else: %r", line[:200])
        else:
            self.said.emit(event)

    def _read_errors(self) -> None:
        if self._process is not None:
            said = bytes(self._process.readAllStandardError().data())
            text = self._errors + said.decode("utf-8", "replace")
            self._errors = text[-_LAST_WORDS:]

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._errors = f"{_PREFIX}{self._unstartable}"
            self._end(1)

    def _end(self, code: int) -> None:
        self._read()
        self._read_errors()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
            self.ended.emit(code)


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
