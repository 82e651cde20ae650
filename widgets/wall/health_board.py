"""What the engine last said of each camera, and since when a camera is gone."""

from collections.abc import Mapping
from datetime import datetime

from app.domain.camera import CameraHealth, CameraState, EngineStatus
from app.domain.clock import Clock
from app.domain.ids import CameraId
from app.ports import EngineLink


class HealthBoard:
    """Reads the engine link as often as it is asked to; that costs nothing."""

    def __init__(self, clock: Clock) -> None:
        """Know nothing yet."""
        self._clock = clock
        self._status: EngineStatus | None = None
        self._health: Mapping[CameraId, CameraHealth] = {}
        self._offline_since: dict[CameraId, datetime] = {}

    @property
    def engine_up(self) -> bool:
        """Whether there is a live engine."""
        return self._status is not None

    def health(self, camera_id: CameraId) -> CameraHealth | None:
        """Return what the engine says of a camera."""
        return self._health.get(camera_id)

    def offline_since(self, camera_id: CameraId) -> datetime | None:
        """Return when the camera was first seen offline, None when it is not."""
        return self._offline_since.get(camera_id)

    def read(self, engine: EngineLink) -> bool:
        """Take the engine's newest status; tell whether it is another one."""
        status = engine.status()
        if status is self._status:
            return False
        self._status = status
        self._health = {c.camera_id: c for c in status.cameras} if status else {}
        gone = {i for i, c in self._health.items() if c.state is CameraState.OFFLINE}
        now = self._clock.now()
        self._offline_since = {
            camera_id: self._offline_since.get(camera_id, now) for camera_id in gone
        }
        return True
