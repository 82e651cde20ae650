"""Which cases a reviewer looks at, and in what order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.case_query import CaseQuery
from app.domain.ids import CameraId, InfractionId
from app.domain.infraction import Case, InfractionState
from app.ports import CaseStore

COUNTED_AT_MOST = 10_000
"""Cases counted one by one; beyond it there are "more", which is found at once."""
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter(CaseQuery):
    """What to show: without more, what waits for a decision."""

    states: tuple[InfractionState, ...] = (InfractionState.PENDING,)


def load(store: CaseStore, wanted: CaseFilter, limit: int = 200) -> list[Case]:
    """Return up to `limit` cases of the filter, in its order, page by page."""
    found: list[Case] = []
    last: InfractionId | None = None
    while len(found) < limit:
        size = min(_PAGE, limit - len(found))
        page = store.cases(wanted, after=last, limit=size)
        found += page
        if len(page) < size:
            break
        last = page[-1].infraction.id
    return found


def count(store: CaseStore, wanted: CaseFilter) -> int:
    """Count the cases of the filter; COUNTED_AT_MOST + 1 stands for any more."""
    return store.count(wanted, at_most=COUNTED_AT_MOST)


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
