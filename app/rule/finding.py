"""What the rules say of one frame, and what they found."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.clock import CaptureTime
from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.domain.measurement import Measurement
from app.domain.signal import LampReading
from app.domain.vehicle import VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One infraction of one vehicle, before it has evidence.

    `occurred` is the decisive moment: the crossing of the stop line, or the end of
    the measured stretch. The stills are named by stream time; `still_after_ns` may
    lie up to 1.5 s in the future. `vehicle_class` is the majority over the track.
    """

    kind: InfractionKind
    track_id: TrackId
    vehicle_class: VehicleClass
    occurred: CaptureTime
    measurement: Measurement
    still_before_ns: int
    still_decisive_ns: int
    still_after_ns: int
    rule_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the judge made of one frame.

    `lamp` is None on a camera without lamp head. `speeds_kmh` holds the live
    estimates for the overlay; no finding rests on them.
    """

    lamp: LampReading | None
    speeds_kmh: Mapping[TrackId, float]
    findings: tuple[Finding, ...]
