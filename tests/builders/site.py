"""A camera with a configuration, and findings of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.config.camera import (
    Calibration,
    CameraConfiguration,
    ConfigurationVersion,
    ControlPoint,
    MeasuredStretch,
    SpeedingRule,
)
from app.domain.camera import Camera
from app.domain.geometry import PixelPoint, RoadPoint
from app.domain.ids import CameraId, ConfigurationId, TrackId, new_uuid
from app.domain.infraction import Infraction
from app.ports import SiteStore
from tests.builders.infractions import OCCURRED, PROVENANCE, speeding


def camera(name: str = "Av. Arequipa · norte") -> Camera:
    """Return a camera with a new identity."""
    return Camera(
        id=CameraId(new_uuid()),
        name=name,
        location="Av. Arequipa cdra. 12, Lince",
        url="rtsp://127.0.0.1:8554/norte",
        credential_ref="camera/norte",
    )


def configuration(limit_kmh: float = 60.0) -> CameraConfiguration:
    """Return a configuration that measures speed."""
    corners = (
        (100, 700, 0, 0),
        (1180, 700, 7, 0),
        (800, 200, 7, 40),
        (480, 200, 0, 40),
    )
    points = tuple(
        ControlPoint(pixel=PixelPoint(x_px, y_px), road=RoadPoint(x_m, y_m))
        for x_px, y_px, x_m, y_m in corners
    )
    return CameraConfiguration(
        image_width_px=1280,
        image_height_px=720,
        calibration=Calibration(points=points),
        stretch=MeasuredStretch(start_y_m=5, end_y_m=29),
        rules=(SpeedingRule(limit_kmh=limit_kmh),),
    )


def finding(
    version: ConfigurationVersion,
    ordinal: int = 0,
    like: Infraction | None = None,
) -> Infraction:
    """Return a finding of a camera; each ordinal is a minute and a track later."""
    identity = ConfigurationId(UUID(version.id))
    made = like or speeding()
    return replace(
        made,
        camera_id=CameraId(UUID(version.camera_id)),
        track_id=TrackId(ordinal + 1),
        occurred=OCCURRED.shifted(
            timedelta(minutes=ordinal) // timedelta(microseconds=1) * 1000
        ),
        measurement=replace(made.measurement, calibration_id=identity),
        provenance=replace(PROVENANCE, configuration_id=identity),
    )


def installed_camera(site: SiteStore) -> ConfigurationVersion:
    """Save a camera and publish its configuration, as the technician."""
    made = camera()
    site.save_camera(made)
    return site.publish_configuration(made.id, configuration(), "first")
