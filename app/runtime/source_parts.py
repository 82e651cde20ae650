"""What a headless run over one source is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.config.camera import ConfigurationVersion
from app.domain.camera import Camera
from app.domain.clock import Clock
from app.domain.ids import CameraId, EngineId
from app.ports import Detector, PlateReader, Tracker
from app.rule.judge import CameraJudge
from app.runtime.evidence_desk import InfractionRecorder
from app.runtime.inference import Seen
from app.runtime.judging import JudgeMaker

_NOBODY = EngineId(UUID(int=0))
_SOURCE_ID = CameraId(UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceParts:
    """What a headless run is made of.

    Without `configuration` nothing is measured; `recorder` is then never called.
    `camera` is what evidence says of the source, a nameless one when None.
    `recorded_from` is the wall time at which a recording begins, that of now when
    None. `seen` is called with every picture that was worked on, on the thread that
    works.
    """

    clock: Clock
    detector: Detector
    tracker: Callable[[], Tracker]
    recorder: InfractionRecorder
    plate_reader: Callable[[], PlateReader | None] = lambda: None
    make_judge: JudgeMaker = CameraJudge
    configuration: ConfigurationVersion | None = None
    camera: Camera | None = None
    recorded_from: datetime | None = None
    seen: Seen | None = None
    engine_id: EngineId = _NOBODY
    software_version: str = ""

    def camera_of(self, source: str, name: str) -> Camera:
        """Return the camera that the run works for."""
        if self.camera is not None:
            return self.camera
        return Camera(id=_SOURCE_ID, name=name, location="", url=source)
