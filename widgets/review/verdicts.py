"""Runs decisions in the background and tells how each one ended."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.domain.errors import StateConflict
from app.domain.infraction import Case, RejectReason
from app.ports import CaseStore
from app.review.decide import Reviewer
from app.review.states import Step
from widgets.common.background import Background


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an act ended; `conflict` is why the server refused it, empty when not."""

    step: Step
    case: Case
    conflict: str = ""


class Verdicts(QObject):
    """The acts of one reviewer; commands run one after the other."""

    done = Signal(object)
    """The Outcome, in the GUI thread."""
    failed = Signal(str)

    def __init__(self, reviewer: Reviewer, background: Background) -> None:
        """Act for `reviewer`."""
        super().__init__()
        self._reviewer = reviewer
        self._background = background

    def confirm(self, case: Case, plate: str | None) -> None:
        """Confirm a case, with a corrected plate if there is one."""
        self._run(Step.CONFIRM, case, partial(self._reviewer.confirm, plate=plate))

    def reject(self, case: Case, reason: RejectReason, comment: str) -> None:
        """Reject a case."""
        act = partial(self._reviewer.reject, reason=reason, comment=comment)
        self._run(Step.REJECT, case, act)

    def undo(self, case: Case) -> None:
        """Take back one's own decision."""
        self._run(Step.UNDO, case, self._reviewer.undo)

    def issue(self, case: Case) -> None:
        """Number a confirmed case."""
        self._run(Step.ISSUE, case, self._reviewer.issue_notice)

    def _run(self, step: Step, case: Case, act: Callable[[Case], Case]) -> None:
        work = partial(_try, self._reviewer.store, step, case, act)
        self._background.command(self, work, self.done.emit, self.failed.emit)


def _try(
    store: CaseStore, step: Step, case: Case, act: Callable[[Case], Case]
) -> Outcome:
    try:
        return Outcome(step, act(case))
    except StateConflict as refusal:
        return Outcome(step, store.case(case.infraction.id), str(refusal))
