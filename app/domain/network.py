"""Which network did a part of the work."""

from dataclasses import dataclass

from app.domain.ids import Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """A name, and the SHA-256 of the file; None for a method without weights."""

    name: str
    sha256: Sha256 | None
