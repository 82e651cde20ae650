"""What the side list of the wall tells: findings, and cameras that come and go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.domain.camera import CameraHealth, CameraState
from app.domain.clock import Clock
from app.domain.ids import CameraId, InfractionId
from app.domain.infraction import Case, InfractionState
from widgets.common import formatting
from widgets.common.words import kind_name, state_name
from widgets.theme import State

_tr = QCoreApplication.translate
_KEPT: Final = 50
_CAMERA_STATES: Final = (CameraState.OFFLINE, CameraState.ONLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallEvent:
    """One row of the list; `case_id` when Return can open it in review."""

    moment: datetime
    state: State
    title: str
    figure: str
    detail: str
    case_id: InfractionId | None = None


def case_event(case: Case) -> WallEvent:
    """Return the row of a case; only one that waits for a decision has colour."""
    infraction = case.infraction
    pending = case.state is InfractionState.PENDING
    details = [formatting.plate(case.plate_text), case.camera_name]
    if not pending:
        details.insert(0, state_name(case.state))
    return WallEvent(
        moment=infraction.occurred.wall,
        state=State.ALARM if pending else State.INFO,
        title=kind_name(infraction.kind),
        figure=formatting.magnitude(infraction.measurement),
        detail=" · ".join(details),
        case_id=infraction.id,
    )


@dataclass(frozen=True, slots=True)
class _Passage:
    moment: datetime
    camera_id: CameraId
    state: CameraState


class CameraWatch:
    """Notices cameras that go offline and come back, from one look to the next."""

    def __init__(self, clock: Clock) -> None:
        """Know nothing: what a camera is at the first look is no event."""
        self._clock = clock
        self._states: dict[CameraId, CameraState] = {}
        self._passages: list[_Passage] = []

    def look(self, cameras: Sequence[CameraHealth]) -> bool:
        """Compare with the last look; tell whether there is a new event."""
        new = []
        for health in cameras:
            before = self._states.get(health.camera_id)
            if health.state not in _CAMERA_STATES:
                continue
            self._states[health.camera_id] = health.state
            if before is not None and before is not health.state:
                new.append(_Passage(self._clock.now(), health.camera_id, health.state))
        self._passages = (new + self._passages)[:_KEPT]
        return bool(new)

    def events(self, names: Mapping[CameraId, str]) -> list[WallEvent]:
        """Return the rows, newest first, in the installed language."""
        return [_camera_event(passage, names) for passage in self._passages]


def merged(*lists: Sequence[WallEvent]) -> list[WallEvent]:
    """Return all events, newest first."""
    every = [event for events in lists for event in events]
    return sorted(every, key=lambda event: event.moment, reverse=True)


def _camera_event(passage: _Passage, names: Mapping[CameraId, str]) -> WallEvent:
    gone = passage.state is CameraState.OFFLINE
    title = _tr("events", "Camera offline") if gone else _tr("events", "Camera back")
    return WallEvent(
        moment=passage.moment,
        state=State.WARN if gone else State.INFO,
        title=title,
        figure="",
        detail=names.get(passage.camera_id, formatting.DASH),
    )
