"""Measured facts, each with its uncertainty and where it came from."""

from dataclasses import dataclass

from app.domain.ids import ConfigurationId
from app.domain.signal import LampPhase


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedMeasurement:
    """Mean speed over a stretch of road, in stream time.

    `uncertainty_kmh` is the expanded uncertainty (coverage factor 2, about 95 %,
    JCGM 100:2008). A speed from video is an estimate unless `certified_instrument`
    names the instrument that measured it.
    """

    speed_kmh: float
    uncertainty_kmh: float
    limit_kmh: float
    tolerance_kmh: float
    stretch_m: float
    duration_ns: int
    point_count: int
    calibration_id: ConfigurationId
    certified_instrument: str | None = None

    @property
    def excess_kmh(self) -> float:
        """Speed over the limit, in km/h; negative when below it."""
        return self.speed_kmh - self.limit_kmh

    @property
    def considered_kmh(self) -> float:
        """The speed held against the driver: measured less uncertainty."""
        return self.speed_kmh - self.uncertainty_kmh


@dataclass(frozen=True, slots=True, kw_only=True)
class RedLightMeasurement:
    """The crossing of the stop line against the lamp, in stream time.

    `red_for_ns` is the time from the change to the crossing; the change is put midway
    between the last frame that was not red and the first that was. `uncertainty_ns` is
    its expanded uncertainty (coverage factor 2), mostly that interval.
    `amber_ns` is the length of the amber before it, None when not seen.
    """

    phase: LampPhase
    red_for_ns: int
    uncertainty_ns: int
    grace_ns: int
    amber_ns: int | None
    crossing_speed_kmh: float | None
    limit_kmh: float | None
    calibration_id: ConfigurationId


Measurement = SpeedMeasurement | RedLightMeasurement
