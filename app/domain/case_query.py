"""Which cases, and in what order."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import CameraId
from app.domain.infraction import Case, InfractionKind, InfractionState


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Empty means all. `until` is not included; `plate` is any part of the plate."""

    states: tuple[InfractionState, ...] = ()
    kinds: tuple[InfractionKind, ...] = ()
    camera_id: CameraId | None = None
    since: datetime | None = None
    until: datetime | None = None
    plate: str | None = None
    oldest_first: bool = False

    def matches(self, case: Case) -> bool:
        """Tell whether `case` is one of these; of the plate only the server knows."""
        finding = case.infraction
        moment = finding.occurred.wall
        return (
            (not self.states or case.state in self.states)
            and (not self.kinds or finding.kind in self.kinds)
            and (self.camera_id is None or finding.camera_id == self.camera_id)
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


ALL_CASES = CaseQuery()
