"""Reading what is personal: what for, and sometimes why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import Login


class ReadingPurpose(StrEnum):
    """What a case is read for; the trail says it as "read_" and this."""

    LIST = "list"
    OPEN = "open"
    CLIP = "clip"
    PRINT = "print"
    EXPORT = "export"
    UNMASK = "unmask"
    """To see the plate in clear although one's role does not need it."""


NEEDS_REASON = frozenset({ReadingPurpose.UNMASK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who has a case in hand. `epoch` is None when it is somebody else."""

    holder: Login
    epoch: int | None
    expires_at: datetime
