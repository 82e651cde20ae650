"""Keys and time-stamps in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.ids import Sha256
from app.domain.seal import EngineKey


@dataclass(slots=True)
class InMemorySealRegister:
    """Implements `app.ports.SealRegister`; a test fills it."""

    known: list[EngineKey] = field(default_factory=list)
    responses: dict[Sha256, list[bytes]] = field(default_factory=dict)

    def keys(self) -> Sequence[EngineKey]:
        """Return what is known."""
        return sorted(self.known, key=lambda entry: entry.since)

    def stamps(self, seals: Collection[Sha256]) -> Mapping[Sha256, Sequence[bytes]]:
        """Return the responses of these seals."""
        return {each: self.responses[each] for each in seals if each in self.responses}
