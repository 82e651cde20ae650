"""What was read from a number plate."""

from dataclasses import dataclass, replace

from app.domain.clock import CaptureTime
from app.domain.ids import CameraId, PlateReadId, TrackId
from app.domain.vehicle import VehicleClass

MASK = "•"
"""What the server puts in place of each character for whom plates are masked."""


def masked(text: str) -> str:
    """Return a plate as whom plates are masked sees it, by the server's own rule."""
    return "".join(MASK if each.isalnum() else each for each in text)


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

    @property
    def is_masked(self) -> bool:
        """Whether the server has hidden the texts from who asked."""
        texts = (self.text or "", *(each.text for each in self.alternatives))
        return any(MASK in text for text in texts)

    def masked(self) -> "PlateReading":
        """Return it with every text hidden."""
        return replace(
            self,
            text=None if self.text is None else masked(self.text),
            alternatives=tuple(
                replace(each, text=masked(each.text)) for each in self.alternatives
            ),
        )

    @property
    def best_guess(self) -> str | None:
        """The likeliest text, published or not; None when nothing was read."""
        if self.text is not None:
            return self.text
        return self.alternatives[0].text if self.alternatives else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateSighting:
    """A vehicle that passed and whose plate was read; `seen` is the last read."""

    id: PlateReadId
    camera_id: CameraId
    track_id: TrackId
    vehicle_class: VehicleClass
    seen: CaptureTime
    reading: PlateReading
