"""Searching for plates, and watching for them: what is asked and what comes back."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import require_aware
from app.domain.ids import CameraId, Login, PlateReadId, PlateSearchId, WatchId
from app.domain.plate_text import bare
from app.domain.vehicle import VehicleClass

LEAST_REASON: Final = 5
MOST_REASON: Final = 200
LONGEST_WATCH: Final = timedelta(days=90)
_PATTERN: Final = re.compile(r"[A-Z0-9*?]{2,16}")
_WHOLE: Final = re.compile(r"[A-Z0-9]{4,10}")
_WILD: Final = re.compile(r"[*?]")
_LEAST_FIXED: Final = 3


class Flaw(StrEnum):
    """Why something cannot be asked; the server refuses the same."""

    NO_PATTERN = "no_pattern"
    TOO_OPEN = "too_open"
    NOT_WHOLE = "not_whole"
    NO_REASON = "no_reason"
    REASON_TOO_LONG = "reason_too_long"
    NOT_IN_BOUNDS = "not_in_bounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateQuery:
    """What a person looks for, and why; `since` is included, `until` not.

    In `pattern` a `?` stands for any one character and a `*` for any number. With
    `look_alikes` it is a plate without either, and plates near it are found as well.
    """

    pattern: str
    reason: str
    look_alikes: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Bring pattern and reason into the form that is compared and kept."""
        object.__setattr__(self, "pattern", bare(self.pattern))
        object.__setattr__(self, "reason", self.reason.strip())
        for name, moment in (("since", self.since), ("until", self.until)):
            if moment is not None:
                require_aware(moment, name)

    @property
    def has_wildcards(self) -> bool:
        """Whether the pattern holds a `*` or `?`."""
        return _WILD.search(self.pattern) is not None

    @property
    def flaw(self) -> Flaw | None:
        """Why this cannot be asked, None when it can."""
        if not _PATTERN.fullmatch(self.pattern):
            return Flaw.NO_PATTERN
        if self.look_alikes and not _WHOLE.fullmatch(self.pattern):
            return Flaw.NOT_WHOLE
        if self.has_wildcards and len(_WILD.sub("", self.pattern)) < _LEAST_FIXED:
            return Flaw.TOO_OPEN
        return _flaw_of_reason(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateHit:
    """One vehicle that passed, with a plate that matches.

    `plate` is what was read, without hyphen; only the best guess when it was not
    `published`. `distance` is that of `app.domain.plate_text.distance`.
    """

    id: PlateReadId
    plate: str
    published: bool
    confidence: float
    read_count: int
    camera_id: CameraId
    camera_name: str
    vehicle_class: VehicleClass
    seen: datetime
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatePage:
    """Hits, the nearest first, and of equally near ones the newest first.

    `more` tells that there may be further ones after the last.
    """

    search_id: PlateSearchId
    hits: tuple[PlateHit, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatch:
    """A plate to be told of whenever it passes; with what looks like it, if wanted."""

    plate: str
    reason: str
    expires: datetime
    look_alikes: bool = True

    def __post_init__(self) -> None:
        """Bring plate and reason into the form that is compared and kept."""
        object.__setattr__(self, "plate", bare(self.plate))
        object.__setattr__(self, "reason", self.reason.strip())
        require_aware(self.expires, "expires")

    def flaw_at(self, now: datetime) -> Flaw | None:
        """Return why this cannot be watched from `now` on, None when it can."""
        if not _WHOLE.fullmatch(self.plate):
            return Flaw.NOT_WHOLE
        if not now < self.expires <= now + LONGEST_WATCH:
            return Flaw.NOT_IN_BOUNDS
        return _flaw_of_reason(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """An entry of the watch list that is in force; `hits` counts all so far."""

    id: WatchId
    plate: str
    look_alikes: bool
    reason: str
    created_by: Login
    created: datetime
    expires: datetime
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHit:
    """A vehicle that passed with a plate `watched`; `plate` is what was read."""

    watched: str
    reason: str
    plate: str
    camera_name: str
    seen: datetime
    told: datetime


def _flaw_of_reason(reason: str) -> Flaw | None:
    if len(reason) < LEAST_REASON:
        return Flaw.NO_REASON
    return Flaw.REASON_TOO_LONG if len(reason) > MOST_REASON else None
