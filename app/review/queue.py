"""Which cases a reviewer looks at, and in what order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import CameraId, InfractionId
from app.domain.infraction import Case, InfractionKind, InfractionState
from app.ports import CaseStore

READ_AT_MOST = 5_000
"""Cases read to find the oldest; a backlog beyond it is worked off from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What to show; empty means all. `until` is not included."""

    states: tuple[InfractionState, ...] = (InfractionState.PENDING,)
    kinds: tuple[InfractionKind, ...] = ()
    camera_id: CameraId | None = None
    since: datetime | None = None
    until: datetime | None = None
    plate: str | None = None
    oldest_first: bool = False

    def matches(self, case: Case) -> bool:
        """Tell whether `case` belongs in this list."""
        finding = case.infraction
        moment = finding.occurred.wall
        return (
            (not self.states or case.state in self.states)
            and (not self.kinds or finding.kind in self.kinds)
            and (self.camera_id is None or finding.camera_id == self.camera_id)
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


def load(store: CaseStore, wanted: CaseFilter, limit: int = 200) -> list[Case]:
    """Return up to `limit` cases of the filter, in its order.

    Pages through the store: the camera is filtered here, the rest by the server.
    """
    # The server lists newest first, so the oldest come with its last page.
    enough = READ_AT_MOST if wanted.oldest_first else limit
    found = _read(store, wanted, enough)
    return in_order(found, wanted)[:limit]


def _read(store: CaseStore, wanted: CaseFilter, enough: int) -> list[Case]:
    found: list[Case] = []
    last: InfractionId | None = None
    page_size = 100
    while len(found) < enough:
        page = store.cases(
            states=wanted.states,
            kinds=wanted.kinds,
            since=wanted.since,
            until=wanted.until,
            plate=wanted.plate,
            after=last,
            limit=page_size,
        )
        found += [case for case in page if wanted.matches(case)]
        if len(page) < page_size:
            break
        last = page[-1].infraction.id
    return found


def in_order(cases: Iterable[Case], wanted: CaseFilter) -> list[Case]:
    """Sort by the moment of the infraction, newest first unless asked otherwise."""
    return sorted(
        cases,
        key=lambda case: (case.infraction.occurred.wall, case.infraction.id),
        reverse=not wanted.oldest_first,
    )


def neighbour(cases: Sequence[Case], current: InfractionId | None, step: int) -> int:
    """Return the row `step` away from `current`, held within the list; -1 if empty."""
    if not cases:
        return -1
    ids = [case.infraction.id for case in cases]
    if current not in ids:
        return 0
    return min(max(ids.index(current) + step, 0), len(ids) - 1)


def only(wanted: CaseFilter, camera_id: CameraId | None) -> CaseFilter:
    """Return the filter narrowed to one camera, or widened to all."""
    return replace(wanted, camera_id=camera_id)
