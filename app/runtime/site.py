"""Which cameras the engine works for, even while the database is down."""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from app.config.camera import ConfigurationVersion
from app.domain.camera import Camera
from app.domain.errors import DatabaseUnavailable
from app.domain.ids import CameraId

_log = logging.getLogger(__name__)

SiteCamera = tuple[Camera, ConfigurationVersion | None]


class EngineSite(Protocol):
    """The site's cameras with the configuration in force; the database behind it."""

    def load(self) -> list[SiteCamera]:
        """Return all cameras; DatabaseUnavailable when they cannot be known now."""
        ...

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back from any thread after a change; return what stops it."""
        ...


class CachedSite:
    """Remembers the last cameras that were loaded, to start without a database.

    The snapshot holds no password: those lie in the secret store.
    """

    def __init__(self, site: EngineSite, snapshot: Path) -> None:
        """Keep the snapshot in file `snapshot`."""
        self._site = site
        self._snapshot = snapshot

    def load(self) -> list[SiteCamera]:
        """Return the cameras of the database, else those of the snapshot.

        Raises DatabaseUnavailable when there is neither.
        """
        try:
            cameras = self._site.load()
        except DatabaseUnavailable as fault:
            return self._remembered(fault)
        self._remember(cameras)
        return cameras

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Watch the database."""
        return self._site.watch(callback)

    def _remember(self, cameras: list[SiteCamera]) -> None:
        document = [
            {
                "camera": {**asdict(camera), "id": str(camera.id)},
                "configuration": version and version.model_dump(mode="json"),
            }
            for camera, version in cameras
        ]
        partial = self._snapshot.with_suffix(".new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file)
        partial.replace(self._snapshot)

    def _remembered(self, fault: DatabaseUnavailable) -> list[SiteCamera]:
        try:
            document = json.loads(self._snapshot.read_text(encoding="utf-8"))
            cameras = [_site_camera(row) for row in document]
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.info("no usable snapshot of the site: %s", error)
            raise fault from None
        _log.warning("the site is taken from the snapshot: %s", fault)
        return cameras


def _site_camera(row: dict[str, Any]) -> SiteCamera:
    fields = dict(row["camera"])
    fields["id"] = CameraId(UUID(fields["id"]))
    version = row["configuration"]
    return Camera(**fields), (
        None if version is None else ConfigurationVersion.model_validate(version)
    )
