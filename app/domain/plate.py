"""What was read from a number plate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateAlternative:
    """One possible text with its probability, 0..1."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateReading:
    """The vote over all reads of a track.

    `text` is None when nothing is sure enough to be published; the alternatives are
    kept all the same, best first.
    """

    text: str | None
    confidence: float
    alternatives: tuple[PlateAlternative, ...] = ()
    read_count: int = 0

    @classmethod
    def unread(cls) -> "PlateReading":
        """Return the reading of a plate that was never seen."""
        return cls(text=None, confidence=0.0)
