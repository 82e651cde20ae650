"""Sealed files that belong to an infraction."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import EvidenceId, Sha256


class EvidenceKind(StrEnum):
    """What an evidence file shows; stills carry the burnt-in data bar."""

    STILL_BEFORE = "still_before"
    STILL_DECISIVE = "still_decisive"
    STILL_AFTER = "still_after"
    PLATE = "plate"
    CLIP = "clip"
    TRACK = "track"
    """JSON of every observation of the vehicle, for overlays replayed in review."""
    MANIFEST = "manifest"
    """JSON naming the hash of every other file, and who captured it with what."""
    SEAL = "seal"
    """JSON with the engine's signature over the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """A file of the evidence store; its name there is its SHA-256.

    `captured_at` is the wall time of the still, or of the first frame of the clip.
    """

    id: EvidenceId
    kind: EvidenceKind
    sha256: Sha256
    media_type: str
    size_bytes: int
    captured_at: datetime
