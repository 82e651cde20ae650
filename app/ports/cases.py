"""Cases as people read and decide them."""

from datetime import datetime
from typing import Protocol

from app.domain.case_query import ALL_CASES, CaseQuery
from app.domain.hold import Hold, NewHold
from app.domain.ids import HoldId, InfractionId
from app.domain.infraction import Case, Review
from app.domain.reading import Claim, ReadingPurpose
from app.domain.summary import PeriodSummary


class CaseStore(Protocol):
    """Cases as reviewers and reports use them, of the sites that one may see.

    Each reading leaves a trace, repeated ones within a quarter of an hour none. Whose
    role does not need plates gets them with each character as "•".
    """

    def cases(
        self,
        wanted: CaseQuery = ALL_CASES,
        *,
        after: InfractionId | None = None,
        limit: int = 100,
    ) -> list[Case]:
        """Return cases newest first, a page after the case `after` (keyset).

        Those that were erased are no longer among them.
        """
        ...

    def count(self, wanted: CaseQuery = ALL_CASES, *, at_most: int = 10_000) -> int:
        """Count such cases up to `at_most`; `at_most` + 1 stands for any more."""
        ...

    def case(self, infraction_id: InfractionId) -> Case:
        """Return one case; KeyError when there is none that this person may see."""
        ...

    def note_reading(
        self, infraction_id: InfractionId, purpose: ReadingPurpose, reason: str = ""
    ) -> None:
        """Leave a trace of what a case is read for now.

        After UNMASK the case comes with its plate in clear for a quarter of an hour.
        NotPermitted for a reason that is missing, too short or too long.
        """
        ...

    def claim(self, infraction_id: InfractionId, seconds: int = 120) -> Claim:
        """Take a pending case in hand, or keep it for longer.

        StateConflict when it is decided, KeyError when there is none.
        """
        ...

    def release(self, infraction_id: InfractionId, claim: Claim) -> None:
        """Let a case go; one that is no longer held is no error."""
        ...

    def decide(self, review: Review, claim: Claim | None = None) -> Case:
        """Record a decision; StateConflict when somebody else was first.

        With a claim, also when that is over, however it is replayed; without one, when
        somebody else has the case in hand.
        """
        ...

    def undo(self, infraction_id: InfractionId) -> Case:
        """Take back one's own decision within the minute; else StateConflict."""
        ...

    def issue_notice(self, infraction_id: InfractionId) -> Case:
        """Number a confirmed case; the same number when asked again."""
        ...

    def set_hold(self, infraction_id: InfractionId, wanted: NewHold) -> None:
        """Hold a case from now on; StateConflict when it is held like that already."""
        ...

    def release_hold(self, hold_id: HoldId, reason: str) -> None:
        """Release what somebody else holds; StateConflict for one's own."""
        ...

    def holds(self) -> list[Hold]:
        """Return all holds that stand, the oldest first."""
        ...

    def summary(self, since: datetime, until: datetime) -> PeriodSummary:
        """Return the figures of a period, `since` included, `until` not."""
        ...
