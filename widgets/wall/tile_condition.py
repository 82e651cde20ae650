"""What a tile says of its camera: showing, late, connecting, offline, switched off."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.domain.camera import Camera, CameraHealth, CameraState
from app.domain.clock import NS_PER_S
from app.domain.overlay import PreviewFrame
from widgets.common import formatting
from widgets.common.fault_text import told
from widgets.theme import State

LATE_AFTER_NS: Final = 2 * NS_PER_S
_tr = QCoreApplication.translate


class Condition(Enum):
    """How a tile is drawn."""

    SHOWING = auto()
    LATE = auto()
    CONNECTING = auto()
    OFFLINE = auto()
    DISABLED = auto()
    ENGINE_DOWN = auto()

    @property
    def state(self) -> State:
        """Colour and shape."""
        return {
            Condition.LATE: State.WARN,
            Condition.OFFLINE: State.ALARM,
            Condition.ENGINE_DOWN: State.ALARM,
        }.get(self, State.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFacts:
    """All that is known of one camera at one moment.

    `offline_since` is when the wall first saw it offline, `looked_since_ns` when it
    began to look at this camera: nobody sends pictures to a wall that does not look.
    """

    camera: Camera
    health: CameraHealth | None
    frame: PreviewFrame | None
    engine_up: bool
    offline_since: datetime | None
    now_ns: int
    looked_since_ns: int | None = None

    @property
    def age_ns(self) -> int | None:
        """Time since the frame arrived; None before the first frame."""
        return self.now_ns - self.frame.time.monotonic_ns if self.frame else None

    @property
    def just_looked(self) -> bool:
        """Whether the wall looks since a moment only, and has no newer frame yet."""
        since_ns = self.looked_since_ns
        age_ns = self.age_ns
        if since_ns is None or age_ns is None:
            return False
        waited_ns = self.now_ns - since_ns
        return waited_ns < age_ns and waited_ns <= LATE_AFTER_NS


def condition_of(facts: TileFacts) -> Condition:
    """Judge what is known; what was heard last of a dead engine does not count."""
    if not facts.camera.enabled:
        return Condition.DISABLED
    if not facts.engine_up:
        return Condition.ENGINE_DOWN
    state = facts.health.state if facts.health else CameraState.CONNECTING
    if state is CameraState.DISABLED:
        return Condition.DISABLED
    if state is CameraState.OFFLINE:
        return Condition.OFFLINE
    age_ns = facts.age_ns
    if age_ns is None:
        return Condition.CONNECTING
    late = state is CameraState.LATE or age_ns > LATE_AFTER_NS
    return Condition.LATE if late else Condition.SHOWING


def sentence_of(condition: Condition, facts: TileFacts) -> str:
    """Return what a tile says over its picture; empty while it is showing."""
    match condition:
        case Condition.DISABLED:
            return _tr("tile", "Switched off")
        case Condition.ENGINE_DOWN:
            return _tr("tile", "The engine is not running")
        case Condition.CONNECTING:
            return _tr("tile", "Connecting…")
        case Condition.LATE if facts.just_looked:
            return ""
        case Condition.LATE:
            age_ns = facts.age_ns
            age = formatting.number(age_ns and age_ns / NS_PER_S, 1, "s")
            return _tr("tile", "Late: the last picture is {} old").format(age)
        case Condition.OFFLINE:
            return _offline(facts)
        case Condition.SHOWING:
            return ""


def cause_of(condition: Condition, facts: TileFacts) -> str:
    """Return what the engine says is wrong and what to do; empty when nothing is."""
    if condition in (Condition.OFFLINE, Condition.CONNECTING) and facts.health:
        return told(facts.health.message)
    return ""


def _offline(facts: TileFacts) -> str:
    if facts.offline_since:
        since = formatting.clock_minutes(facts.offline_since)
        words = _tr("tile", "Offline since {}").format(since)
    else:
        words = _tr("tile", "Offline")
    retry_in_s = facts.health.retry_in_s if facts.health else None
    if retry_in_s is None:
        return words
    wait = formatting.number(max(0.0, retry_in_s), 0, "s")
    retry = _tr("tile", "retry in {}").format(wait)
    return f"{words} · {retry}"
