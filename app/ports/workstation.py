"""What a workstation has of its own: secrets and the engine."""

from typing import Protocol

from app.domain.camera import EngineStatus
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame


class SecretStore(Protocol):
    """Camera passwords and keys, encrypted at rest."""

    def get(self, reference: str) -> tuple[str, str] | None:
        """Return user and password, None when there is no such entry."""
        ...

    def put(self, reference: str, user: str, password: str) -> None:
        """Store or replace an entry."""
        ...

    def delete(self, reference: str) -> None:
        """Forget an entry; not having it is no error."""
        ...


class EngineLink(Protocol):
    """The desktop's view of the engine process; every call returns at once."""

    def status(self) -> EngineStatus | None:
        """Return what the engine last said; None while there is no live engine."""
        ...

    def message(self) -> str:
        """Return a plain sentence on the engine's state, empty when all is well."""
        ...

    def frame(self, camera_id: CameraId) -> PreviewFrame | None:
        """Return the newest frame; the same object until there is a newer one."""
        ...

    def request_size(self, camera_id: CameraId, width_px: int, height_px: int) -> None:
        """Ask for previews of about this size, in device pixels."""
        ...

    def close(self) -> None:
        """Stop the engine that this link started, within 3 s."""
        ...
