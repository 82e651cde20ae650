"""Cameras with their infractions of today and how they are doing now."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.camera import Camera, CameraHealth, CameraState, EngineStatus
from app.domain.summary import PeriodSummary
from widgets.common import formatting
from widgets.common.table import Column, RowsModel, Table
from widgets.common.words import camera_state_name

_ORDER = (
    CameraState.OFFLINE,
    CameraState.LATE,
    CameraState.CONNECTING,
    CameraState.ONLINE,
    CameraState.DISABLED,
)
_MARKS = {
    CameraState.OFFLINE: ("▲", "alarm"),
    CameraState.LATE: ("◆", "warn"),
    CameraState.CONNECTING: ("◆", "warn"),
    CameraState.ONLINE: ("●", None),
    CameraState.DISABLED: ("○", "quiet"),
}


_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class CameraRow:
    """A camera; `health` is None while no engine speaks of it."""

    camera: Camera
    count: int
    health: CameraHealth | None


class CameraTable(QWidget):
    """What needs a person comes first; `opened` carries the CameraId."""

    opened = Signal(object)

    def __init__(self) -> None:
        """Start without rows."""
        super().__init__()
        self._model: RowsModel[CameraRow] = RowsModel(_columns())
        self._table = Table(self._model)
        self._table.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table)

    def show_cameras(
        self,
        cameras: Sequence[Camera],
        summary: PeriodSummary,
        status: EngineStatus | None,
    ) -> None:
        """Show all cameras, the troubled first, then the busy."""
        health = {} if status is None else {h.camera_id: h for h in status.cameras}
        rows = [
            CameraRow(c, summary.by_camera.get(c.id, 0), health.get(c.id))
            for c in cameras
        ]
        rows.sort(key=_urgency)
        chosen = self._table.current_row()
        self._model.replace(rows)
        if 0 <= chosen < len(rows):
            self._table.choose_row(chosen)

    @property
    def rows(self) -> Sequence[CameraRow]:
        """The rows in the order shown."""
        return self._model.rows

    def _open(self, index: int) -> None:
        row = self._model.row(index)
        if row is not None:
            self.opened.emit(row.camera.id)


def _columns() -> list[Column[CameraRow]]:
    return [
        Column(lambda: _tr("CameraTable", "Camera"), lambda row: row.camera.name),
        Column(
            lambda: _tr("CameraTable", "Today"),
            lambda row: formatting.count(row.count),
            76,
            right=True,
        ),
        Column(lambda: _tr("CameraTable", "State"), _state, 136, token=_token),
        Column(
            lambda: _tr("CameraTable", "Latency"),
            lambda row: formatting.number(_online(row, "latency_ms"), 0, "ms"),
            88,
            right=True,
        ),
        Column(
            lambda: _tr("CameraTable", "Detected"),
            lambda row: formatting.number(_online(row, "detected_fps"), 1, "/s"),
            92,
            right=True,
        ),
        Column(
            lambda: _tr("CameraTable", "Clock"),
            lambda row: formatting.signed_ms(_online(row, "clock_offset_ms")),
            96,
            right=True,
        ),
    ]


def _urgency(row: CameraRow) -> tuple[int, int, str]:
    place = len(_ORDER) if row.health is None else _ORDER.index(row.health.state)
    return place, -row.count, row.camera.name


def _state(row: CameraRow) -> str:
    if row.health is None:
        return formatting.DASH
    glyph = _MARKS[row.health.state][0]
    return f"{glyph} {camera_state_name(row.health.state)}"


def _token(row: CameraRow) -> str | None:
    return "quiet" if row.health is None else _MARKS[row.health.state][1]


def _online(row: CameraRow, name: str) -> float | None:
    """Return a counter of a camera that runs; what a dead one said last is unknown."""
    running = (CameraState.ONLINE, CameraState.LATE)
    if row.health is None or row.health.state not in running:
        return None
    value: float | None = getattr(row.health, name)
    return value
