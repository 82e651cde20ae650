"""Recordings one after the other, each in a process of its own.

Neither the window nor the engine is held up: the process runs at a lower priority and
ends with this one, however that ends.
"""

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from widgets.footage.item import FootageItem, FootageState

_log = logging.getLogger(__name__)
_KILL_AFTER_MS: Final = 5000
_LAST_WORDS: Final = 2000
_PREFIX: Final = "atalaya: "


class FootageQueue(QObject):
    """The recordings of this session, in the order in which they were added."""

    changed = Signal()
    finished = Signal(object)
    """The FootageItem that is over."""

    def __init__(self, command: Sequence[str], out: Path, parent: QObject) -> None:
        """`command` begins every analysis; results go below `out`."""
        super().__init__(parent)
        self._command = tuple(command)
        self._out = out
        self._items: list[FootageItem] = []
        self._process: QProcess | None = None
        self._running: UUID | None = None
        self._cancelled = False
        self._errors = ""

    @property
    def items(self) -> tuple[FootageItem, ...]:
        """All recordings."""
        return tuple(self._items)

    def item(self, item_id: UUID) -> FootageItem | None:
        """Return one recording, None when it was removed."""
        return next((i for i in self._items if i.id == item_id), None)

    def add(self, items: Sequence[FootageItem]) -> None:
        """Take recordings, and begin when nothing is under way."""
        self._items.extend(items)
        self.changed.emit()
        self._begin_next()

    def cancel(self, item_id: UUID) -> None:
        """Stop the one that is under way; take one that waits or is over away."""
        if item_id == self._running and self._process is not None:
            self._cancelled = True
            self._end(self._process)
            return
        self._items = [i for i in self._items if i.id != item_id]
        self.changed.emit()

    def close(self) -> None:
        """Stop, and wait for the process: its partial results are then whole files."""
        process, self._process, self._running = self._process, None, None
        if process is None:
            return
        process.finished.disconnect()
        process.terminate()
        if not process.waitForFinished(_KILL_AFTER_MS):
            process.kill()
            process.waitForFinished(_KILL_AFTER_MS)

    def arguments(self, item: FootageItem) -> list[str]:
        """Return what the process is started with, after the command."""
        site = ["--site", str(item.site)] if item.site else []
        start = ["--start", item.start.isoformat()] if item.start else []
        follow = ["--follow", str(os.getpid())]
        out = ["--out", str(self._out)]
        return ["--json-lines", *follow, *out, *site, *start, "--", str(item.video)]

    def _begin_next(self) -> None:
        if self._process is not None:
            return
        waits = (i for i in self._items if i.state is FootageState.WAITING)
        item = next(waits, None)
        if item is None:
            return
        self._running, self._cancelled, self._errors = item.id, False, ""
        self._update(state=FootageState.RUNNING)
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed_to_start)
        self._process = process
        words = [*self._command, *self.arguments(item)]
        process.start(words[0], words[1:])

    def _end(self, process: QProcess) -> None:
        process.terminate()
        timer = QTimer(process)
        timer.setSingleShot(True)
        timer.timeout.connect(process.kill)
        timer.start(_KILL_AFTER_MS)

    def _read(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            self._take(bytes(process.readLine().data()))

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
            kind = event["event"]
        except (ValueError, KeyError, TypeError):
            _log.debug("an analysis said something else: %r", line[:200])
            return
        if kind == "progress":
            self._update(share=event["share"], **_figures(event))
        elif kind == "done":
            ended = FootageState.DONE if event["complete"] else FootageState.INCOMPLETE
            state = FootageState.CANCELLED if self._cancelled else ended
            folder = Path(event["folder"])
            self._update(state=state, folder=folder, **_figures(event))
        elif kind == "failed":
            self._update(state=FootageState.FAILED, sentence=str(event["sentence"]))

    def _read_errors(self) -> None:
        if self._process is not None:
            said = bytes(self._process.readAllStandardError().data())
            text = self._errors + said.decode("utf-8", "replace")
            self._errors = text[-_LAST_WORDS:]

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._errors = f"{_PREFIX}The analysis could not be started."
            self._ended(1)

    def _ended(self, code: int) -> None:
        self._read()
        self._read_errors()
        process, running = self._process, self._running
        if process is None or running is None:
            return
        self._settle(code)
        process.deleteLater()
        self._process = self._running = None
        over = self.item(running)
        if over is not None:
            self.finished.emit(over)
        self._begin_next()

    def _settle(self, code: int) -> None:
        """Say how it ended, where the process did not say so itself."""
        item = self.item(self._running) if self._running else None
        if item is None:
            return
        if self._cancelled:
            self._update(state=FootageState.CANCELLED)
        elif not item.state.over:
            _log.error("an analysis ended with %s: %s", code, self._errors)
            self._update(state=FootageState.FAILED, sentence=self._last_words())

    def _last_words(self) -> str:
        said = [
            line.removeprefix(_PREFIX)
            for line in self._errors.splitlines()
            if line.startswith(_PREFIX)
        ]
        return said[-1] if said else "The analysis ended before its time."

    def _update(self, **facts: Any) -> None:
        self._items = [
            replace(i, **facts) if i.id == self._running else i for i in self._items
        ]
        self.changed.emit()


def _figures(event: dict[str, Any]) -> dict[str, Any]:
    names = ("frames", "reached_s", "fps", "infractions")
    return {name: event[name] for name in names}
