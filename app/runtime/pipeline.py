"""The sentence that the product is, for one picture:

camera -> decode -> detect -> track -> measure -> rule -> evidence -> store.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.decode.picture import Picture
from app.domain.detection import Tracks
from app.domain.ids import ConfigurationId, EngineId, InfractionId, new_uuid
from app.domain.infraction import Infraction, Provenance
from app.domain.overlay import Overlay, OverlayBox
from app.domain.plate import PlateReading
from app.ports import Detector
from app.rule.finding import Finding, Observation
from app.runtime.evidence_desk import EvidenceDesk, OpenCase
from app.runtime.lane import Lane
from app.runtime.plate_desk import PlateDesk


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the findings: goes into every infraction's provenance."""

    engine_id: EngineId
    software_version: str


class Pipeline:
    """Works one picture of any camera through; one instance, one thread."""

    def __init__(
        self, maker: Maker, detector: Detector, plates: PlateDesk, desk: EvidenceDesk
    ) -> None:
        """Join the stages."""
        self._maker = maker
        self._detector = detector
        self._plates = plates
        self._desk = desk

    def work(self, lane: Lane, picture: Picture) -> Tracks:
        """Take a camera's picture from the decoder to the evidence desk."""
        lane.enter(picture)
        frame = picture.to_frame()
        detections = self._detector.submit(picture).result()
        tracks = lane.tracker.update(detections, frame.time)
        observation = lane.observe(frame, tracks)
        self._plates.offer(frame, tracks)
        for finding in observation.findings:
            self._collect_evidence(lane, picture, finding)
        self._show(lane, picture, tracks, observation)
        lane.monitor.worked_on(picture, len(detections))
        return tracks

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
                plate=partial(self._plates.reading, camera_id, finding.track_id),
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

    def _show(
        self, lane: Lane, picture: Picture, tracks: Tracks, seen: Observation
    ) -> None:
        if lane.showcase is None:
            return
        version = lane.version
        overlay = Overlay(
            boxes=tuple(
                OverlayBox(
                    track_id=vehicle.track_id,
                    box=vehicle.box,
                    vehicle_class=vehicle.vehicle_class,
                    score=vehicle.score,
                    predicted=vehicle.predicted,
                    speed_kmh=seen.speeds_kmh.get(vehicle.track_id),
                    plate=self._plates.text(lane.camera.id, vehicle.track_id),
                    violation=lane.violations.of(vehicle.track_id),
                )
                for vehicle in tracks
            ),
            lamp=None if seen.lamp is None else seen.lamp.phase,
            configuration_version=None if version is None else version.version,
        )
        lane.showcase.show(picture, overlay)
