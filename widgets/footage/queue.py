"""Recordings one after the other, each in a process of its own.

Neither the window nor the engine is held up: the process runs at a lower priority and
ends with this one, however that ends.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from widgets.common.child_process import ChildProcess, Event
from widgets.footage.item import FootageItem, FootageState


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
        self._running: UUID | None = None
        self._process = ChildProcess(self)
        self._process.said.connect(self._take)
        self._process.ended.connect(self._ended)

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
        if item_id == self._running:
            self._process.stop()
            return
        self._items = [i for i in self._items if i.id != item_id]
        self.changed.emit()

    def close(self) -> None:
        """Stop, and wait for the process: its partial results are then whole files."""
        self._running = None
        self._process.close()

    def arguments(self, item: FootageItem) -> list[str]:
        """Return what the process is started with, after the command."""
        site = ["--site", str(item.site)] if item.site else []
        start = ["--start", item.start.isoformat()] if item.start else []
        follow = ["--follow", str(os.getpid())]
        out = ["--out", str(self._out)]
        return ["--json-lines", *follow, *out, *site, *start, "--", str(item.video)]

    def _begin_next(self) -> None:
        if self._running is not None:
            return
        waits = (i for i in self._items if i.state is FootageState.WAITING)
        item = next(waits, None)
        if item is None:
            return
        self._running = item.id
        self._update(state=FootageState.RUNNING)
        words = [*self._command, *self.arguments(item)]
        self._process.start(words, "The analysis could not be started.")

    def _take(self, event: Event) -> None:
        kind = event["event"]
        if kind == "progress":
            self._update(share=event["share"], **_figures(event))
        elif kind == "done":
            ended = FootageState.DONE if event["complete"] else FootageState.INCOMPLETE
            state = FootageState.CANCELLED if self._process.stopped else ended
            folder = Path(event["folder"])
            self._update(state=state, folder=folder, **_figures(event))
        elif kind == "failed":
            self._update(state=FootageState.FAILED, sentence=str(event["sentence"]))

    def _ended(self, _code: int) -> None:
        over = self._settled()
        self._running = None
        if over is not None:
            self.finished.emit(over)
        self._begin_next()

    def _settled(self) -> FootageItem | None:
        """Say how it ended, where the process did not say so itself."""
        item = self.item(self._running) if self._running else None
        if item is None:
            return None
        if self._process.stopped:
            self._update(state=FootageState.CANCELLED)
        elif not item.state.over:
            silent = "The analysis ended before its time."
            sentence = self._process.last_words(silent)
            self._update(state=FootageState.FAILED, sentence=sentence)
        return self.item(item.id)

    def _update(self, **facts: Any) -> None:
        self._items = [
            replace(i, **facts) if i.id == self._running else i for i in self._items
        ]
        self.changed.emit()


def _figures(event: Event) -> dict[str, Any]:
    names = ("frames", "reached_s", "fps", "infractions")
    return {name: event[name] for name in names}
