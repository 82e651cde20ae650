"""Which vehicles in view have a finding, to be marked on the wall."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

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

    def among(self, track_ids: Iterable[TrackId]) -> Mapping[TrackId, InfractionKind]:
        """Return what those of the vehicles did of which something was found."""
        kinds = self._kinds
        return {
            track_id: kinds[track_id] for track_id in track_ids if track_id in kinds
        }
