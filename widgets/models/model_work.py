"""One command of `models` at a time, in a process of its own.

The window loads no network: whatever opens one does so in that process.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from widgets.common.child_process import ChildProcess, Event


class Action(StrEnum):
    """What is done; the value is the command's own word for it."""

    LIST = "list"
    USE = "use"
    FETCH = "pull"
    IMPORT = "import"
    VERIFY = "verify"
    OPTIMISE = "optimise"


class Ending(StrEnum):
    """How it ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command that is over: all that it told, and why it failed."""

    action: Action
    ending: Ending
    events: tuple[Event, ...]
    sentence: str = ""


class ModelWork(QObject):
    """Starts a command, follows it and can stop it."""

    progressed = Signal(str, float)
    """A sentence as the command says it, and how much of 1 is done."""
    over = Signal(object)
    """The Outcome."""

    def __init__(self, command: Sequence[str], home: Path, parent: QObject) -> None:
        """`command` begins every command line; `home` is the folder of all data."""
        super().__init__(parent)
        self._command = tuple(command)
        self._home = home
        self._action: Action | None = None
        self._events: list[Event] = []
        self._process = ChildProcess(self)
        self._process.said.connect(self._take)
        self._process.ended.connect(self._end)

    @property
    def action(self) -> Action | None:
        """What is under way."""
        return self._action

    def start(self, action: Action, arguments: Sequence[str] = ()) -> None:
        """Begin; ignored while something else is under way."""
        if self._action is not None:
            return
        self._action, self._events = action, []
        follow = ["--json-lines", "--follow", str(os.getpid())]
        home = ["--home", str(self._home)]
        words = [*self._command, action.value, *follow, *home, *arguments]
        self._process.start(words, "The command for the models could not be started.")

    def cancel(self) -> None:
        """Stop what is under way; it says itself when it is over."""
        self._process.stop()

    def close(self) -> None:
        """Stop, and wait for the process."""
        self._action = None
        self._process.close()

    def _take(self, event: Event) -> None:
        if event["event"] == "progress":
            self.progressed.emit(str(event["sentence"]), float(event["share"]))
        else:
            self._events.append(event)

    def _end(self, _code: int) -> None:
        action, self._action = self._action, None
        if action is not None:
            self.over.emit(self._outcome(action))

    def _outcome(self, action: Action) -> Outcome:
        events = tuple(self._events)
        kinds = [event["event"] for event in events]
        if "done" in kinds:
            return Outcome(action, Ending.DONE, events)
        if self._process.stopped:
            return Outcome(action, Ending.CANCELLED, events)
        said = [str(e["sentence"]) for e in events if e["event"] == "failed"]
        silent = "The command for the models ended before its time."
        sentence = said[-1] if said else self._process.last_words(silent)
        return Outcome(action, Ending.FAILED, events, sentence)
