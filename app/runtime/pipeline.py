"""The sentence that the product is, for one picture:

camera -> decode -> detect -> track -> measure -> rule -> evidence -> store.
"""

import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from uuid import UUID

from app.decode.picture import Picture
from app.domain.clock import NS_PER_S
from app.domain.detection import Detections, Tracks
from app.domain.ids import ConfigurationId, EngineId, InfractionId, new_uuid
from app.domain.infraction import Infraction, Provenance
from app.domain.plate import PlateReading
from app.ports import Detector
from app.rule.finding import Finding
from app.runtime.evidence_desk import EvidenceDesk, OpenCase
from app.runtime.lane import Lane
from app.runtime.pacing import Attention
from app.runtime.plate_desk import PlateDesk
from app.runtime.stage_timing import DETECT, JUDGE, TRACK, WAIT, StageTimes


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the findings: goes into every infraction's provenance."""

    engine_id: EngineId
    software_version: str


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A picture that the detector has under way."""

    lane: Lane
    picture: Picture
    detections: "Future[Detections]"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look came to; `attention` is what it asks of the next one."""

    tracks: Tracks
    attention: Attention


class Pipeline:
    """Works one picture of any camera through; one instance, one thread."""

    def __init__(
        self,
        maker: Maker,
        detector: Detector,
        plates: PlateDesk,
        desk: EvidenceDesk,
        times: StageTimes | None = None,
    ) -> None:
        """Join the stages; `times` is told how long each takes."""
        self._maker = maker
        self._detector = detector
        self._plates = plates
        self._desk = desk
        self._times = times or StageTimes()

    @property
    def parallel(self) -> int:
        """How many looks are worth having under way at once."""
        return self._detector.parallel

    def begin(self, lane: Lane, picture: Picture) -> Look:
        """Hand a decoded picture to the detector and do not wait."""
        began_ns = time.monotonic_ns()
        self._took(lane, WAIT, began_ns - picture.time.monotonic_ns)
        look = Look(lane, picture, self._detector.submit(picture))
        look.detections.add_done_callback(
            lambda _: self._took(lane, DETECT, time.monotonic_ns() - began_ns)
        )
        return look

    def finish(self, look: Look) -> Seen:
        """Take what was detected all the way to the evidence desk.

        The looks of a camera are finished in the order of their pictures.
        """
        lane, picture = look.lane, look.picture
        lane.enter(picture)
        frame = picture.to_frame()
        detections = _in_full_px(look.detections.result(), picture)
        with self._times.measure(lane.camera.id, TRACK):
            tracks = lane.tracker.update(detections, frame.time)
        with self._times.measure(lane.camera.id, JUDGE):
            observation = lane.observe(
                frame, tracks, evidential=self._detector.evidential
            )
        self._plates.offer(frame, tracks)
        for finding in observation.findings:
            self._collect_evidence(lane, picture, finding)
        lane.show(picture, observation, self._plates.texts(lane.camera.id, tracks))
        lane.monitor.worked_on(picture, len(detections))
        return Seen(tracks, lane.attention(tracks, observation, len(detections)))

    def _took(self, lane: Lane, stage: str, duration_ns: int) -> None:
        self._times.observe(lane.camera.id, stage, duration_ns / NS_PER_S)

    def _collect_evidence(self, lane: Lane, picture: Picture, finding: Finding) -> None:
        version = lane.version
        if version is None:
            raise RuntimeError("a finding without a configuration")
        camera_id = lane.camera.id
        self._plates.flag(camera_id, finding.track_id)
        self._desk.submit(
            OpenCase(
                infraction=self._infraction(
                    lane, finding, ConfigurationId(UUID(version.id))
                ),
                camera=lane.camera,
                finding=finding,
                configuration=version,
                session=picture.session,
                history=lane.history,
                plate=self._plates.vote_on(camera_id, finding.track_id),
                done=lane.monitor.recorded,
            )
        )

    def _infraction(
        self, lane: Lane, finding: Finding, configuration_id: ConfigurationId
    ) -> Infraction:
        return Infraction(
            id=InfractionId(new_uuid()),
            kind=finding.kind,
            camera_id=lane.camera.id,
            track_id=finding.track_id,
            occurred=finding.occurred,
            vehicle_class=finding.vehicle_class,
            plate=PlateReading.unread(),
            measurement=finding.measurement,
            provenance=Provenance(
                engine_id=self._maker.engine_id,
                software_version=self._maker.software_version,
                model_name=self._detector.model_name,
                model_sha256=self._detector.model_sha256,
                configuration_id=configuration_id,
                rule_version=finding.rule_version,
            ),
        )


def _in_full_px(detections: Detections, picture: Picture) -> Detections:
    return replace(detections, boxes_px=picture.in_full_px(detections.boxes_px))
