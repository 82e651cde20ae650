"""All that is kept of one plate, for whoever may ask for the data kept of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.ids import Login
from app.domain.infraction import Infraction, InfractionState


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCase:
    """A case of the plate. `decisions` say what was decided and when, not by whom."""

    infraction: Infraction
    state: InfractionState
    camera_name: str
    location: str
    notice_number: str | None
    plate_in_force: str | None
    decisions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRead:
    """The plate was read as a vehicle passed; surely, if it was `published`."""

    camera_name: str
    location: str
    seen_at: datetime
    published: bool
    confidence: float
    vehicle_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRecord:
    """What was asked, by whom and why, and what there is."""

    request: str
    plate: str
    reason: str
    asked_by: Login
    asked_at: datetime
    cases: tuple[SubjectCase, ...]
    reads: tuple[SubjectRead, ...]
