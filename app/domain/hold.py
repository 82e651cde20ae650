"""What keeps a case from being erased: a lock until a day, or a hold without an end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import require_aware
from app.domain.ids import HoldId, InfractionId, Login

LONGEST_LOCK: Final = timedelta(days=1096)
LEAST_REASON: Final = 5
MOST_REASON: Final = 200


class HoldKind(StrEnum):
    """How long it stands."""

    LOCK = "lock"
    """Until a day; then it ends by itself."""
    HOLD = "hold"
    """Until somebody else releases it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """What a person wants to hold, and why; `ends` is None for a legal hold."""

    reason: str
    ends: datetime | None = None

    def __post_init__(self) -> None:
        """Keep the reason as it is stored, and refuse a naive end."""
        object.__setattr__(self, "reason", self.reason.strip())
        if self.ends is not None:
            require_aware(self.ends, "ends")

    @property
    def kind(self) -> HoldKind:
        """A lock has an end."""
        return HoldKind.HOLD if self.ends is None else HoldKind.LOCK


def is_reason(text: str) -> bool:
    """Tell whether a text says enough, and not too much, to be kept as a reason."""
    return LEAST_REASON <= len(text.strip()) <= MOST_REASON


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold that stands. Whoever set it cannot release it."""

    id: HoldId
    infraction_id: InfractionId
    kind: HoldKind
    reason: str
    set_by: Login
    set_at: datetime
    ends: datetime | None
