"""What the engine says of itself, as JSON over the control socket."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.camera import CameraHealth, CameraState, EngineStatus
from app.domain.ids import CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """The status, a sentence when something is wrong, and where previews lie."""

    status: EngineStatus
    message: str = ""
    segments: Mapping[CameraId, Path] = field(default_factory=dict)


def encode_report(report: StatusReport) -> bytes:
    """Return `report` as JSON in UTF-8."""
    status = asdict(report.status)
    for camera in status["cameras"]:
        camera["camera_id"] = str(camera["camera_id"])
    document = {
        "status": status,
        "message": report.message,
        "segments": {str(key): str(path) for key, path in report.segments.items()},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def decode_report(data: bytes) -> StatusReport:
    """Return what `encode_report` was given.

    Raises ValueError, KeyError or TypeError on anything else.
    """
    document: Mapping[str, Any] = json.loads(data)
    status = dict(document["status"])
    status["cameras"] = tuple(_health(row) for row in status["cameras"])
    return StatusReport(
        status=EngineStatus(**status),
        message=str(document["message"]),
        segments={
            CameraId(UUID(key)): Path(path)
            for key, path in document["segments"].items()
        },
    )


def _health(row: Mapping[str, Any]) -> CameraHealth:
    fields = dict(row)
    fields["camera_id"] = CameraId(UUID(fields["camera_id"]))
    fields["state"] = CameraState(fields["state"])
    return CameraHealth(**fields)
