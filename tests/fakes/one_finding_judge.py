"""A judge that finds one infraction of the first vehicle, at a chosen moment."""

from uuid import UUID

from app.config.camera import ConfigurationVersion
from app.domain.detection import Tracks
from app.domain.frame import Frame
from app.domain.ids import ConfigurationId
from app.domain.infraction import InfractionKind
from app.domain.measurement import SpeedMeasurement
from app.rule.finding import Finding, Observation

STILL_NS = 400_000_000


class OneFindingJudge:
    """Finds the vehicle of the first frame at or after `at_ns` of its session."""

    def __init__(self, version: ConfigurationVersion, at_ns: int) -> None:
        """Judge by `version`."""
        self._version = version
        self._at_ns = at_ns
        self._first_ns: int | None = None
        self._found = False

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        """Return the finding once, and a speed for every vehicle."""
        if self._first_ns is None:
            self._first_ns = frame.time.stream_ns
        due = frame.time.stream_ns - self._first_ns >= self._at_ns
        findings: tuple[Finding, ...] = ()
        if due and tracks.boxes and not self._found:
            self._found = True
            findings = (self._finding(frame, tracks),)
        return Observation(
            lamp=None,
            speeds_kmh={vehicle.track_id: 72.5 for vehicle in tracks},
            findings=findings,
        )

    def watch(self, frame: Frame) -> None:
        """There is no lamp."""

    def reset(self) -> None:
        """Begin anew, ready for another finding."""
        self._first_ns = None
        self._found = False

    def _finding(self, frame: Frame, tracks: Tracks) -> Finding:
        now_ns = frame.time.stream_ns
        vehicle = tracks.boxes[0]
        return Finding(
            kind=InfractionKind.SPEEDING,
            track_id=vehicle.track_id,
            vehicle_class=vehicle.vehicle_class,
            occurred=frame.time,
            measurement=SpeedMeasurement(
                speed_kmh=72.5,
                uncertainty_kmh=1.5,
                limit_kmh=60.0,
                tolerance_kmh=5.0,
                stretch_m=24.0,
                duration_ns=1_200_000_000,
                point_count=30,
                calibration_id=ConfigurationId(UUID(self._version.id)),
            ),
            still_before_ns=now_ns - STILL_NS,
            still_decisive_ns=now_ns,
            still_after_ns=now_ns + STILL_NS,
            rule_version="speeding-test",
        )
