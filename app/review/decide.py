"""The decisions a reviewer can make; each builds and records one `Review`."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.clock import Clock
from app.domain.errors import EnvironmentFault, NotPermitted
from app.domain.ids import InfractionId
from app.domain.infraction import Case, RejectReason, Review, Verdict
from app.domain.person import Person, Right
from app.domain.reading import Claim
from app.ports import CaseStore
from app.review.plate_text import normalise
from app.review.states import Step, after

MAX_COMMENT_CHARACTERS = 500


class PlateMissing(EnvironmentFault):
    """A case cannot be confirmed against nobody."""


def _unclaimed(_case: InfractionId) -> Claim | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Decides cases in the name of one person.

    `claim_of` gives the claim that this person has on a case, None without one.
    """

    person: Person
    store: CaseStore
    clock: Clock
    claim_of: Callable[[InfractionId], Claim | None] = _unclaimed

    def confirm(
        self, case: Case, *, plate: str | None = None, comment: str = ""
    ) -> Case:
        """Confirm `case`, with `plate` when it was corrected.

        Raises PlateMissing when no plate is known, PlateTextInvalid when the
        correction is none, StateConflict when somebody else was first.
        """
        after(case.state, Step.CONFIRM)
        text = plate or case.plate_text
        if not text:
            raise PlateMissing(
                "No plate was read. Press E and type it, or reject the case."
            )
        return self._record(case, Verdict.CONFIRM, None, comment, normalise(text))

    def reject(self, case: Case, reason: RejectReason, comment: str = "") -> Case:
        """Reject `case` for `reason`; StateConflict when somebody else was first."""
        after(case.state, Step.REJECT)
        return self._record(case, Verdict.REJECT, reason, comment, None)

    def undo(self, case: Case) -> Case:
        """Take back one's own decision; StateConflict when it is too late."""
        after(case.state, Step.UNDO)
        return self.store.undo(case.infraction.id)

    def issue_notice(self, case: Case) -> Case:
        """Number a confirmed case; StateConflict when it is not confirmed."""
        after(case.state, Step.ISSUE)
        return self.store.issue_notice(case.infraction.id)

    def _record(
        self,
        case: Case,
        verdict: Verdict,
        reason: RejectReason | None,
        comment: str,
        plate_text: str | None,
    ) -> Case:
        if not self.person.may(Right.REVIEW):
            raise NotPermitted("Your account may not decide cases.")
        review = Review(
            infraction_id=case.infraction.id,
            reviewer=self.person.login,
            verdict=verdict,
            reason=reason,
            comment=comment.strip()[:MAX_COMMENT_CHARACTERS],
            plate_text=plate_text,
            decided_at=self.clock.now(),
        )
        return self.store.decide(review, self.claim_of(case.infraction.id))
