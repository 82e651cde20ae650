"""One recording in the queue, as it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QCoreApplication

from widgets.common import formatting

_tr = QCoreApplication.translate


class FootageState(StrEnum):
    """Where a recording stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (FootageState.WAITING, FootageState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageItem:
    """A recording with the camera that took it, and how far it is.

    `site` is the file with the camera's configuration, None for detecting and tracking
    only. `share` is None while the length is not known. `folder` holds the results,
    `sentence` says what went wrong.
    """

    id: UUID
    video: Path
    camera_name: str
    site: Path | None
    start: datetime | None
    state: FootageState = FootageState.WAITING
    share: float | None = None
    frames: int = 0
    reached_s: float = 0.0
    fps: float = 0.0
    infractions: int = 0
    folder: Path | None = None
    sentence: str = ""


def state_text(item: FootageItem) -> str:
    """Return where a recording stands, in words and figures."""
    words = {
        FootageState.WAITING: _tr("footage", "○ waiting"),
        FootageState.RUNNING: _tr("footage", "○ at work"),
        FootageState.DONE: _tr("footage", "● done"),
        FootageState.INCOMPLETE: _tr("footage", "◆ incomplete"),
        FootageState.CANCELLED: _tr("footage", "◆ cancelled"),
        FootageState.FAILED: _tr("footage", "▲ failed"),
    }
    text = words[item.state]
    if item.state is FootageState.RUNNING:
        return f"{text} {formatting.percent(item.share)}"
    return text


def state_token(item: FootageItem) -> str | None:
    """Return the colour of a state; normal is not coloured."""
    return {
        FootageState.INCOMPLETE: "warn",
        FootageState.CANCELLED: "warn",
        FootageState.FAILED: "alarm",
    }.get(item.state)
