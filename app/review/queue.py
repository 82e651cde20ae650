"""Which cases a reviewer looks at, and in what order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import CameraId, InfractionId
from app.domain.infraction import Case, InfractionKind, InfractionState
from app.ports import CaseStore

COUNTED_AT_MOST = 10_000
"""Cases counted one by one; beyond it there are "more", which is found at once."""
_PAGE = 100


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
    """Return up to `limit` cases of the filter, in its order, page by page."""
    found: list[Case] = []
    last: InfractionId | None = None
    while len(found) < limit:
        size = min(_PAGE, limit - len(found))
        page = store.cases(
            states=wanted.states,
            kinds=wanted.kinds,
            camera_id=wanted.camera_id,
            since=wanted.since,
            until=wanted.until,
            plate=wanted.plate,
            after=last,
            oldest_first=wanted.oldest_first,
            limit=size,
        )
        found += page
        if len(page) < size:
            break
        last = page[-1].infraction.id
    return found


def count(store: CaseStore, wanted: CaseFilter) -> int:
    """Count the cases of the filter; COUNTED_AT_MOST + 1 stands for any more."""
    return store.count(
        states=wanted.states,
        kinds=wanted.kinds,
        camera_id=wanted.camera_id,
        since=wanted.since,
        until=wanted.until,
        plate=wanted.plate,
        at_most=COUNTED_AT_MOST,
    )


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
