"""What must be started, changed and stopped when the site changes: a pure function."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.camera import Camera
from app.domain.ids import CameraId
from app.runtime.site import SiteCamera


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPlan:
    """A camera of which an address changed is stopped and started."""

    stop: tuple[CameraId, ...]
    start: tuple[SiteCamera, ...]
    reconfigure: tuple[SiteCamera, ...]


def plan_roster(
    running: Mapping[CameraId, Camera], site: Iterable[SiteCamera]
) -> RosterPlan:
    """Compare the cameras that run with those that the site wants.

    All that stay are listed for reconfiguration: doing it needlessly does nothing.
    """
    wanted = {camera.id: (camera, v) for camera, v in site if camera.enabled}
    same = {
        camera_id
        for camera_id, camera in running.items()
        if camera_id in wanted and _same_stream(camera, wanted[camera_id][0])
    }
    return RosterPlan(
        stop=tuple(c for c in running if c not in same),
        start=tuple(row for c, row in wanted.items() if c not in same),
        reconfigure=tuple(row for c, row in wanted.items() if c in same),
    )


def _same_stream(one: Camera, other: Camera) -> bool:
    return (one.url, one.sub_url, one.credential_ref) == (
        other.url,
        other.sub_url,
        other.credential_ref,
    )
