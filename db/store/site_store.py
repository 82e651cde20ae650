"""Cameras and their versioned configurations."""

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.domain.camera import Camera
from app.domain.ids import CameraId, new_uuid
from db.faults import translated
from db.tables import camera, camera_configuration

_SAVE = text(
    "SELECT atalaya.save_camera("
    ":id, :name, :location, :url, :sub_url, :credential_ref, :enabled)"
)
_REMOVE = text("SELECT atalaya.remove_camera(:id)")
_PUBLISH = text(
    "SELECT atalaya.publish_configuration(:id, :camera, CAST(:body AS jsonb), :note)"
)
_VERSION_COLUMNS = (
    camera_configuration.c.id,
    camera_configuration.c.camera_id,
    camera_configuration.c.version,
    camera_configuration.c.created_at,
    camera_configuration.c.created_by,
    camera_configuration.c.note,
    camera_configuration.c.body,
)


class PostgresSiteStore:
    """`app.ports.SiteStore` on the tables of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def cameras(self) -> list[Camera]:
        """Return all cameras that are not retired, by name."""
        query = (
            select(camera)
            .where(camera.c.removed_at.is_(None))
            .order_by(camera.c.name, camera.c.id)
        )
        with translated(), self._engine.connect() as connection:
            return [_camera(row) for row in connection.execute(query)]

    def save_camera(self, camera: Camera) -> None:
        """Add or change a camera; NotPermitted for a URL that holds a password."""
        values = {
            "id": camera.id,
            "name": camera.name,
            "location": camera.location,
            "url": camera.url,
            "sub_url": camera.sub_url,
            "credential_ref": camera.credential_ref,
            "enabled": camera.enabled,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_SAVE, values)

    def remove_camera(self, camera_id: CameraId) -> None:
        """Retire a camera; its cases stay."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_REMOVE, {"id": camera_id})

    def configuration(self, camera_id: CameraId) -> ConfigurationVersion | None:
        """Return the version in force: the highest."""
        query = (
            select(*_VERSION_COLUMNS)
            .where(camera_configuration.c.camera_id == camera_id)
            .order_by(camera_configuration.c.version.desc())
            .limit(1)
        )
        with translated(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _version(row)

    def configurations(self) -> dict[CameraId, ConfigurationVersion]:
        """Return the versions in force of all cameras, in one query."""
        query = (
            select(*_VERSION_COLUMNS)
            .ext(distinct_on(camera_configuration.c.camera_id))
            .order_by(
                camera_configuration.c.camera_id, camera_configuration.c.version.desc()
            )
        )
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {CameraId(row.camera_id): _version(row) for row in rows}

    def publish_configuration(
        self, camera_id: CameraId, body: CameraConfiguration, note: str
    ) -> ConfigurationVersion:
        """Add a version and put it in force; KeyError without such a camera."""
        identity = new_uuid()
        values = {
            "id": identity,
            "camera": camera_id,
            "body": body.model_dump_json(),
            "note": note,
        }
        query = select(*_VERSION_COLUMNS).where(camera_configuration.c.id == identity)
        with translated(), self._engine.begin() as connection:
            connection.execute(_PUBLISH, values)
            return _version(connection.execute(query).one())


def _camera(row: Any) -> Camera:
    return Camera(
        id=CameraId(UUID(str(row.id))),
        name=row.name,
        location=row.location,
        url=row.url,
        sub_url=row.sub_url,
        credential_ref=row.credential_ref,
        enabled=row.enabled,
    )


def _version(row: Any) -> ConfigurationVersion:
    return ConfigurationVersion(
        id=str(row.id),
        camera_id=str(row.camera_id),
        version=row.version,
        created_at=row.created_at,
        created_by=row.created_by,
        note=row.note,
        body=CameraConfiguration.model_validate(row.body),
    )
