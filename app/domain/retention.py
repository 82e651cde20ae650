"""For how long cases are kept, and what is due by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.infraction import InfractionKind, InfractionState

LEAST_CASE_DAYS: Final = 8
MOST_CASE_DAYS: Final = 36_500
LEAST_PLATE_DAYS: Final = 1
MOST_PLATE_DAYS: Final = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """For how many days a case is kept after the last act on it."""

    kind: InfractionKind
    state: InfractionState
    keep_days: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTotal:
    """How many cases of a type and state are over their term.

    `held_count` of them stay because of a hold. Files and bytes are of the others.
    """

    kind: InfractionKind
    state: InfractionState
    case_count: int
    held_count: int
    file_count: int
    size_bytes: int
