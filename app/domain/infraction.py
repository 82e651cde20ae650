"""An infraction: what was seen, measured and decided."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.clock import CaptureTime
from app.domain.evidence import EvidenceItem
from app.domain.hold import Hold
from app.domain.ids import (
    CameraId,
    ConfigurationId,
    EngineId,
    InfractionId,
    Login,
    Sha256,
    TrackId,
)
from app.domain.measurement import Measurement
from app.domain.plate import PlateReading
from app.domain.vehicle import VehicleClass


class InfractionKind(StrEnum):
    """The rules that the product can apply."""

    SPEEDING = "speeding"
    RED_LIGHT = "red_light"


class InfractionState(StrEnum):
    """Where a case stands; `app.review.states` says which step may follow."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NOTIFIED = "notified"


class Verdict(StrEnum):
    """What a reviewer decides."""

    CONFIRM = "confirm"
    REJECT = "reject"


class RejectReason(StrEnum):
    """Why a case was thrown out; a reviewer must choose one."""

    PLATE_UNREADABLE = "plate_unreadable"
    PLATE_MISMATCH = "plate_mismatch"
    LAMP_OR_LINE_NOT_VISIBLE = "lamp_or_line_not_visible"
    CROSSED_BEFORE_RED = "crossed_before_red"
    PERMITTED_MANOEUVRE = "permitted_manoeuvre"
    EMERGENCY_VEHICLE = "emergency_vehicle"
    OFFICER_DIRECTING = "officer_directing"
    TWO_VEHICLES = "two_vehicles"
    CLOCK_INVALID = "clock_invalid"
    DUPLICATE = "duplicate"
    OBSTRUCTED = "obstructed"
    EXEMPT = "exempt"
    WITHIN_TOLERANCE = "within_tolerance"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Everything needed to make the same finding again."""

    engine_id: EngineId
    software_version: str
    model_name: str
    model_sha256: Sha256
    configuration_id: ConfigurationId
    rule_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Infraction:
    """A finding of the engine; immutable from the moment it is made.

    `occurred` is the decisive moment: the crossing, or the end of the stretch.
    """

    id: InfractionId
    kind: InfractionKind
    camera_id: CameraId
    track_id: TrackId
    occurred: CaptureTime
    vehicle_class: VehicleClass
    plate: PlateReading
    measurement: Measurement
    provenance: Provenance
    evidence: tuple[EvidenceItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's decision on one case."""

    infraction_id: InfractionId
    reviewer: Login
    verdict: Verdict
    reason: RejectReason | None
    comment: str
    plate_text: str | None
    decided_at: datetime

    def __post_init__(self) -> None:
        """Require a reason for a rejection, and a plate for a confirmation."""
        if self.verdict is Verdict.REJECT and self.reason is None:
            raise ValueError("a rejection needs a reason")
        if self.verdict is Verdict.CONFIRM and not self.plate_text:
            raise ValueError("a confirmation needs a plate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An infraction with all that people did to it.

    `holds` are those that stand, the oldest first. Of a case that was `erased` only
    what statistics need is left.
    """

    infraction: Infraction
    camera_name: str
    location: str
    state: InfractionState
    reviews: tuple[Review, ...] = ()
    notice_number: str | None = None
    holds: tuple[Hold, ...] = ()
    erased: bool = False

    @property
    def plate_text(self) -> str | None:
        """The plate in force: the last correction, else what was read."""
        corrected = [r.plate_text for r in self.reviews if r.plate_text]
        return corrected[-1] if corrected else self.infraction.plate.text
