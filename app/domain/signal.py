"""The phase of a traffic signal, as read from the picture."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.clock import CaptureTime


class LampPhase(StrEnum):
    """UNKNOWN: the picture does not tell (dark, occluded, washed out)."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LampReading:
    """The lamp in one frame; `contrast` is its lead over the other lamps, 0..1."""

    phase: LampPhase
    contrast: float
    time: CaptureTime
