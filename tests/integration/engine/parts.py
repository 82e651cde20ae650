"""An engine with real streams and evidence, and stand-ins for the models."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.config.paths import Paths
from app.domain.camera import Camera
from app.domain.clock import SystemClock
from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import CameraId, EngineId, new_uuid
from app.domain.infraction import Infraction
from app.evidence.capture import CaptureRequest
from app.runtime.engine import EngineParts
from app.runtime.evidence_desk import InfractionRecorder
from app.runtime.site import SiteCamera
from tests.fakes.bright_box import BrightBoxDetector, SingleTracker
from tests.fakes.one_finding_judge import OneFindingJudge

FINDING_AT_NS = 1_200_000_000


class NoSecrets:
    """A secret store without entries."""

    def get(self, reference: str) -> tuple[str, str] | None:  # noqa: ARG002
        """Return nothing."""
        return None

    def put(self, reference: str, user: str, password: str) -> None:
        """Keep nothing."""

    def delete(self, reference: str) -> None:
        """Forget nothing."""


class ListSite:
    """A site in a list; `change` replaces it and tells the engine."""

    def __init__(self, cameras: list[SiteCamera]) -> None:
        self._cameras = cameras
        self._callbacks: list[Callable[[], None]] = []

    def load(self) -> list[SiteCamera]:
        """Return the cameras of now."""
        return list(self._cameras)

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Remember whom to tell."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def change(self, cameras: list[SiteCamera]) -> None:
        """Replace the cameras."""
        self._cameras = cameras
        for callback in self._callbacks:
            callback()


class RememberingRecorder:
    """Keeps the requests; `full` makes it refuse as a full disk does.

    `refuses_with` is how: whatever can be mended by waiting costs no case.
    """

    def __init__(self) -> None:
        self.requests: list[CaptureRequest] = []
        self.full = False
        self.refuses_with: type[StorageUnavailable] = StorageFull
        self.refused = threading.Event()
        self.recorded = threading.Event()

    def record(self, request: CaptureRequest) -> Infraction:
        """Keep the request."""
        if self.full:
            self.refused.set()
            raise self.refuses_with("The disk is full. Free some space.")
        self.requests.append(request)
        self.recorded.set()
        return request.infraction

    def hurry(self) -> None:
        """There is nothing slow to leave out."""


def file_camera(url: str, name: str = "norte") -> Camera:
    """Return a camera that plays `url`."""
    return Camera(id=CameraId(new_uuid()), name=name, location="Lince", url=url)


def version_of(camera: Camera, number: int = 1) -> ConfigurationVersion:
    """Return a version with rolls of a second and no real rule."""
    return ConfigurationVersion(
        id=str(new_uuid()),
        camera_id=str(camera.id),
        version=number,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        created_by="teo",
        body=CameraConfiguration(
            image_width_px=320, image_height_px=240, pre_roll_s=1, post_roll_s=1
        ),
    )


def one_finding(version: ConfigurationVersion) -> OneFindingJudge:
    """Return the judge of these tests."""
    return OneFindingJudge(version, FINDING_AT_NS)


def engine_parts(
    home: Path,
    site: ListSite,
    recorder: InfractionRecorder,
    follow_pid: int | None = None,
) -> EngineParts:
    """Return the parts of an engine that lives in `home`."""
    paths = Paths(home)
    return EngineParts(
        clock=SystemClock(),
        paths=paths,
        engine_id=EngineId(new_uuid()),
        software_version="0.1.0",
        detector=BrightBoxDetector,
        tracker=SingleTracker,
        plate_reader=lambda: None,
        site=site,
        recorder=recorder,
        secrets=NoSecrets(),
        run_dir=paths.run,
        database_online=lambda: True,
        spooled=lambda: 0,
        make_judge=one_finding,
        follow_pid=follow_pid,
    )
