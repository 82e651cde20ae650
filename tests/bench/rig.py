"""Cameras over real RTSP from another process, and the engine's stages in this one.

What the benchmarks of many cameras share: the served clips cost the engine nothing,
and the engine's own processor time can be told from everything else.
"""

import multiprocessing
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.domain.camera import Camera
from app.domain.clock import SystemClock
from app.domain.detection import Tracks
from app.domain.frame import Frame
from app.domain.ids import CameraId, EngineId, new_uuid
from app.domain.infraction import Infraction
from app.domain.signal import LampReading
from app.evidence.capture import CaptureRequest
from app.ports import Detector
from app.rule.finding import Finding, Observation
from app.rule.judge import CameraJudge
from app.runtime.evidence_desk import EvidenceDesk
from app.runtime.inference import InferenceLoop
from app.runtime.pacing import Pacing
from app.runtime.pipeline import Maker, Pipeline
from app.runtime.plate_desk import PlateDesk
from app.runtime.roster import LaneParts, Roster
from app.simulator.server import RtspServer
from app.simulator.small_streams import SUFFIX, small_streams
from ml.track.tracker import ByteTracker

_READY_TIMEOUT_S = 60.0
_FOUND_WITHIN_S = 4.0
"""A finding is told some time after the moment that it is about."""


@dataclass(frozen=True, slots=True)
class Served:
    """Cameras that are being served, by name; `epoch` is when their clips began."""

    urls: Mapping[str, str]
    epoch: datetime

    def camera(self, name: str) -> Camera:
        """Return the camera of that name, with its second stream."""
        url = self.urls[name]
        return Camera(
            id=CameraId(new_uuid()),
            name=name,
            location="",
            url=url,
            sub_url=f"{url}/{SUFFIX}",
        )


@contextmanager
def served(clips: Mapping[str, Path], folder: Path) -> Iterator[Served]:
    """Serve each clip and its small stream, which is made in `folder`, by name."""
    small = small_streams(clips, folder, lambda _text, _share: None)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=({**clips, **small}, there))
    process.start()
    try:
        if not here.poll(_READY_TIMEOUT_S):
            raise TimeoutError("the cameras were not served in time")
        urls, epoch = here.recv()
        yield Served(urls, epoch)
    finally:
        here.send(None)
        process.join(10)
        process.kill()
        process.join()
        process.close()


def _serve(clips: Mapping[str, Path], pipe: Connection) -> None:
    server = RtspServer(clips, clock=SystemClock()).start()
    try:
        pipe.send(({name: server.url(name) for name in clips}, server.epoch))
        pipe.recv()
    finally:
        server.close()


@dataclass(slots=True)
class Figures:
    """What a run of the engine came to; counts are of the measured time alone."""

    seconds: float
    cpu_s: float
    looks: int
    received: int
    dropped: int
    began: datetime
    findings: dict[CameraId, list[Finding]] = field(default_factory=dict)

    @property
    def cores(self) -> float:
        """Processor time in use, in cores."""
        return self.cpu_s / self.seconds


def run_cameras(
    cameras: Mapping[Camera, CameraConfiguration | None],
    detector: Detector,
    folder: Path,
    *,
    settle_s: float,
    seconds: float,
) -> Figures:
    """Watch the cameras for `seconds` after `settle_s`; no plates, no evidence made."""
    findings: dict[CameraId, list[Finding]] = {}
    plates, desk = PlateDesk(lambda: None), EvidenceDesk(_Nothing())
    pipeline = Pipeline(Maker(EngineId(new_uuid()), "bench"), detector, plates, desk)
    loop = InferenceLoop(pipeline, SystemClock(), Pacing())

    def judge(version: ConfigurationVersion) -> _Tapped:
        kept = findings.setdefault(CameraId(UUID(version.camera_id)), [])
        return _Tapped(CameraJudge(version), kept)

    parts = LaneParts(
        clock=SystemClock(),
        secrets=_NoSecrets(),
        tracker=ByteTracker,
        make_judge=judge,
        run_dir=folder,
    )
    roster = Roster(parts, loop, plates)
    loop.start()
    try:
        roster.apply([(c, _version(c, body)) for c, body in cameras.items()])
        time.sleep(settle_s)
        return _measured(roster, seconds, findings)
    finally:
        roster.halt()
        loop.stop()
        plates.close()
        desk.close(timeout_s=1.0)
        roster.close(timeout_s=2.0)


def _measured(
    roster: Roster, lasting_s: float, findings: dict[CameraId, list[Finding]]
) -> Figures:
    before, cpu_s, began_s = roster.health(), time.process_time(), time.monotonic()
    began = datetime.now(UTC)
    time.sleep(lasting_s)
    cpu_s, seconds = time.process_time() - cpu_s, time.monotonic() - began_s
    after = roster.health()
    time.sleep(_FOUND_WITHIN_S)
    totals = {
        name: sum(getattr(camera, name) for camera in after)
        - sum(getattr(camera, name) for camera in before)
        for name in ("frames_detected", "frames_received", "frames_dropped")
    }
    return Figures(
        seconds=seconds,
        cpu_s=cpu_s,
        looks=totals["frames_detected"],
        received=totals["frames_received"],
        dropped=totals["frames_dropped"],
        findings=findings,
        began=began,
    )


class _Tapped:
    """The real judge, with its findings noted."""

    def __init__(self, judge: CameraJudge, kept: list[Finding]) -> None:
        self._judge = judge
        self._kept = kept

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        seen = self._judge.observe(frame, tracks)
        self._kept.extend(seen.findings)
        return seen

    def watch(self, frame: Frame) -> LampReading | None:
        return self._judge.watch(frame)

    def reset(self) -> None:
        self._judge.reset()


class _Nothing:
    """Makes no evidence: its cost is another benchmark's."""

    def record(self, request: CaptureRequest) -> Infraction:
        return request.infraction

    def hurry(self) -> None:
        return None


class _NoSecrets:
    def get(self, reference: str) -> tuple[str, str] | None:  # noqa: ARG002
        return None

    def put(self, reference: str, user: str, password: str) -> None:
        raise NotImplementedError

    def delete(self, reference: str) -> None:
        raise NotImplementedError


def _version(
    camera: Camera, body: CameraConfiguration | None
) -> ConfigurationVersion | None:
    return None if body is None else judged(body, camera.id)


def judged(
    body: CameraConfiguration, camera_id: CameraId | None = None
) -> ConfigurationVersion:
    """Return a configuration as the version that is in force."""
    return ConfigurationVersion(
        id=str(new_uuid()),
        camera_id=str(camera_id or new_uuid()),
        version=1,
        created_at=datetime.now(UTC),
        created_by="bench",
        body=body,
    )
