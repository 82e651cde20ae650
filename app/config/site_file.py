"""The file that says how footage is measured: one camera's configuration, or a site's.

Accepted are the body of a configuration alone, the sheet of one camera
(`{"name", "location", "configuration"}`), a site (`{"cameras": [sheet, ...]}`), and the
list of cameras that an engine keeps beside its spool. In a site a camera may carry the
published `version` instead of the body: its identities are then kept.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.domain.errors import ConfigurationInvalid
from app.domain.ids import CameraId

_MOST_BYTES = 8 << 20
_MOST_FAULTS = 5
_SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class SiteCamera(BaseModel):
    """One camera of the file, with what is to be measured in its picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    location: str = Field(default="", max_length=400)
    configuration: CameraConfiguration | None = None
    version: ConfigurationVersion | None = None

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        if (self.configuration is None) == (self.version is None):
            raise ValueError("a camera needs either a configuration or a version")
        return self

    @property
    def in_force(self) -> ConfigurationVersion:
        """The version to measure with.

        A body without identities gets some that follow from it, so that the same
        file always gives the same.
        """
        if self.version is not None:
            return self.version
        if self.configuration is None:
            raise ValueError("a camera needs either a configuration or a version")
        body = self.configuration.model_dump_json()
        return ConfigurationVersion(
            id=str(uuid5(NAMESPACE_URL, f"atalaya:configuration:{self.name}:{body}")),
            camera_id=str(uuid5(NAMESPACE_URL, f"atalaya:camera:{self.name}")),
            version=1,
            created_at=_SINCE_EVER,
            created_by="site file",
            body=self.configuration,
        )

    @property
    def camera_id(self) -> CameraId:
        """The camera's identity."""
        return CameraId(UUID(self.in_force.camera_id))


class _Site(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cameras: tuple[SiteCamera, ...] = Field(min_length=1)


def load_site_file(path: Path) -> tuple[SiteCamera, ...]:
    """Return the cameras of a file; ConfigurationInvalid naming what is wrong in it."""
    document = _document(path)
    try:
        return _cameras(document, path.stem)
    except ValidationError as error:
        raise ConfigurationInvalid(
            f"{path.name} is no usable site file. {_faults(error)}"
        ) from None


def save_site_file(path: Path, cameras: Sequence[SiteCamera]) -> None:
    """Write what `load_site_file` reads."""
    site = _Site(cameras=tuple(cameras))
    path.write_text(site.model_dump_json(indent=1, exclude_none=True) + "\n", "utf-8")


def choose_camera(cameras: Sequence[SiteCamera], name: str | None) -> SiteCamera:
    """Return the camera of that name, the only one when None.

    Raises ConfigurationInvalid when there is none, or more than one.
    """
    known = ", ".join(f"“{camera.name}”" for camera in cameras)
    if name is None:
        if len(cameras) == 1:
            return cameras[0]
        raise ConfigurationInvalid(
            f"The site file has several cameras: name one of {known} with --camera."
        )
    found = [camera for camera in cameras if camera.name == name]
    if len(found) != 1:
        raise ConfigurationInvalid(
            f"The site file has no single camera “{name}”. It has {known}."
        )
    return found[0]


def _document(path: Path) -> object:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise ConfigurationInvalid(f"{path.name} is too large for a site file.")
        return json.loads(text)
    except OSError as error:
        raise ConfigurationInvalid(
            f"The site file {path} cannot be read: {error.strerror}."
        ) from None
    except (ValueError, RecursionError):
        raise ConfigurationInvalid(
            f"{path.name} is not JSON. Give the camera's configuration as it was "
            "exported."
        ) from None


def _cameras(document: object, name: str) -> tuple[SiteCamera, ...]:
    if isinstance(document, list):
        return _Site.model_validate({"cameras": _snapshot(document)}).cameras
    if isinstance(document, dict) and "cameras" in document:
        return _Site.model_validate(document).cameras
    if isinstance(document, dict) and "image_width_px" in document:
        body = CameraConfiguration.model_validate(document)
        return (SiteCamera(name=name, configuration=body),)
    return (SiteCamera.model_validate(document),)


def _snapshot(rows: list[Any]) -> list[Any]:
    """Return the cameras that an engine remembers, those that measure nothing aside."""
    return [
        _remembered(row) if isinstance(row, dict) and "camera" in row else row
        for row in rows
        if not (isinstance(row, dict) and row.get("configuration", 0) is None)
    ]


def _remembered(row: dict[str, Any]) -> dict[str, Any]:
    camera = row["camera"] if isinstance(row["camera"], dict) else {}
    return {
        "name": camera.get("name"),
        "location": camera.get("location", ""),
        "version": row.get("configuration"),
    }


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{_place(fault['loc'])}: {fault['msg']}." for fault in faults]
    more = len(told) - _MOST_FAULTS
    rest = [f"And {more} more."] if more > 0 else []
    return " ".join(told[:_MOST_FAULTS] + rest)


def _place(loc: tuple[int | str, ...]) -> str:
    """Return the path of a field: cameras[2].configuration.stretch.end_y_m."""
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc)
    return path.lstrip(".") or "the whole"
