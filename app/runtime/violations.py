"""Which vehicles in view have a finding, to be marked on the wall."""

from collections import OrderedDict
from collections.abc import Iterable

from app.domain.ids import TrackId
from app.domain.infraction import InfractionKind
from app.rule.finding import Finding

_MOST = 500


class Violations:
    """The finding of each track; the first one stays. One instance per camera."""

    def __init__(self) -> None:
        """Start with none."""
        self._kinds: OrderedDict[TrackId, InfractionKind] = OrderedDict()

    def add(self, findings: Iterable[Finding]) -> None:
        """Remember the tracks of `findings`."""
        for finding in findings:
            self._kinds.setdefault(finding.track_id, finding.kind)
        while len(self._kinds) > _MOST:
            self._kinds.popitem(last=False)

    def of(self, track_id: TrackId) -> InfractionKind | None:
        """Return what the vehicle did, None when nothing was found."""
        return self._kinds.get(track_id)
