"""The two tables: cameras of the site with their health, and devices found."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.camera import Camera, CameraHealth, CameraState, FoundCamera
from widgets.common import formatting
from widgets.common.formatting import DASH
from widgets.common.table import Column
from widgets.common.words import camera_state_name
from widgets.theme import State

_tr = QCoreApplication.translate
_STATES = {
    CameraState.ONLINE: State.INFO,
    CameraState.CONNECTING: State.WARN,
    CameraState.LATE: State.WARN,
    CameraState.OFFLINE: State.ALARM,
    CameraState.DISABLED: State.INFO,
}


@dataclass(frozen=True, slots=True)
class CameraRow:
    """A camera, what the engine says of it, and whether it is being removed."""

    camera: Camera
    health: CameraHealth | None
    leaving: bool = False

    @property
    def state(self) -> CameraState | None:
        """How it does; None when the engine does not say."""
        if not self.camera.enabled:
            return CameraState.DISABLED
        return self.health.state if self.health else None


def camera_columns() -> tuple[Column[CameraRow], ...]:
    """Return the columns of the site's cameras."""
    return (
        Column(lambda: _tr("cameras", "Name"), lambda row: row.camera.name),
        Column(lambda: _tr("cameras", "Place"), lambda row: row.camera.location),
        Column(lambda: _tr("cameras", "State"), _state_text, 150, token=_state_token),
        Column(lambda: _tr("cameras", "Frames"), _fps, 84, right=True),
        Column(lambda: _tr("cameras", "Looked at"), _detected, 84, right=True),
        Column(lambda: _tr("cameras", "Latency"), _latency, 84, right=True),
        Column(lambda: _tr("cameras", "Cases"), _cases, 64, right=True),
    )


def found_columns() -> tuple[Column[FoundCamera], ...]:
    """Return the columns of the devices on the network."""
    return (
        Column(lambda: _tr("cameras", "Name"), lambda found: found.name),
        Column(lambda: _tr("cameras", "Host"), _host, 200),
        Column(lambda: _tr("cameras", "Kind"), _service, 90),
        Column(lambda: _tr("cameras", "Address"), lambda found: found.url or DASH),
    )


def _state_text(row: CameraRow) -> str:
    if row.leaving:
        return _tr("cameras", "being removed")
    state = row.state
    if state is None:
        return DASH
    return f"{_STATES[state].glyph} {camera_state_name(state)}"


def _state_token(row: CameraRow) -> str | None:
    state = row.state
    if row.leaving or state is None or state is CameraState.DISABLED:
        return "quiet"
    return None if state is CameraState.ONLINE else _STATES[state].value.token


def _working(row: CameraRow) -> CameraHealth | None:
    ok = row.state in (CameraState.ONLINE, CameraState.LATE)
    return row.health if ok else None


def _fps(row: CameraRow) -> str:
    health = _working(row)
    return formatting.number(health.fps if health else None, 1, "/s")


def _detected(row: CameraRow) -> str:
    health = _working(row)
    return formatting.number(health.detected_fps if health else None, 1, "/s")


def _latency(row: CameraRow) -> str:
    health = _working(row)
    return formatting.number(health.latency_ms if health else None, 0, "ms")


def _cases(row: CameraRow) -> str:
    return formatting.count(row.health.infractions if row.health else None)


def _host(found: FoundCamera) -> str:
    return f"{found.host}:{found.port}"


def _service(found: FoundCamera) -> str:
    return found.service.removesuffix("._tcp.local.").lstrip("_")
