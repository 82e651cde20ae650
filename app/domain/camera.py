"""A camera as the site knows it; how it measures is its configuration."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera of the site.

    `url` never holds user or password: those lie in the secret store under
    `credential_ref`, None when the camera asks for none. `sub_url` is a second,
    smaller stream of the same picture on the same host, with the same access; None
    when the camera has none.
    """

    id: CameraId
    name: str
    location: str
    url: str
    sub_url: str | None = None
    credential_ref: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCamera:
    """A device that announced itself on the network; nothing in it is trusted."""

    service: str
    name: str
    host: str
    port: int
    url: str | None
    sub_url: str | None = None


class CameraState(StrEnum):
    """How a camera is doing, as the wall shows it."""

    CONNECTING = "connecting"
    ONLINE = "online"
    LATE = "late"
    OFFLINE = "offline"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """Counters since the engine started, and the state of now.

    `latency_ms` is from arrival of the packet to the published frame, smoothed.
    `message` is a plain sentence when the state is not ONLINE.
    """

    camera_id: CameraId
    state: CameraState
    message: str = ""
    frames_received: int = 0
    frames_detected: int = 0
    frames_dropped: int = 0
    detections: int = 0
    reconnects: int = 0
    infractions: int = 0
    fps: float = 0.0
    detected_fps: float = 0.0
    latency_ms: float = 0.0
    clock_offset_ms: float | None = None
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """What the engine says of itself, about once a second."""

    engine_id: str
    model_name: str
    device: str
    database_online: bool
    spooled: int
    cameras: tuple[CameraHealth, ...]
