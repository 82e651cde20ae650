"""What a rule holds against a vehicle, before doubles are sorted out."""

from dataclasses import dataclass

from app.domain.infraction import InfractionKind
from app.domain.measurement import Measurement
from app.rule.finding import Finding
from app.rule.stills import choose_stills
from app.rule.track_history import TrackHistory
from app.rule.twins import Appearance


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One rule's answer on one track; `appearance` tells it from its twins.

    `before_ns` is the moment that shows best how the passage began, None for one
    second before the decisive one.
    """

    history: TrackHistory
    appearance: Appearance
    measurement: Measurement
    before_ns: int | None
    rule_version: str

    @property
    def kind(self) -> InfractionKind:
        """The rule that was broken."""
        return self.appearance.kind

    def finding(self, size_px: tuple[int, int]) -> Finding:
        """Return the finding, with stills in a picture of the configuration's size."""
        decisive_ns = self.appearance.at_ns
        stills = choose_stills(self.history, decisive_ns, size_px, self.before_ns)
        return Finding(
            kind=self.kind,
            track_id=self.history.track_id,
            vehicle_class=self.history.vehicle_class,
            occurred=self.history.time_at(decisive_ns),
            measurement=self.measurement,
            still_before_ns=stills.before_ns,
            still_decisive_ns=stills.decisive_ns,
            still_after_ns=stills.after_ns,
            rule_version=self.rule_version,
        )
