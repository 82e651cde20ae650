"""The case on screen: told to the trail, and kept from others while it is looked at."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import StateConflict
from app.domain.evidence import EvidenceKind
from app.domain.ids import InfractionId
from app.domain.infraction import Case, InfractionState
from app.domain.person import Person, Right
from app.domain.reading import Claim, ReadingPurpose
from app.ports import CaseStore
from widgets.common.background import Background

CLAIM_S = 120
_RENEW_MS = 45_000


class CaseInHand(QObject):
    """One case at a time; the one before is let go when another comes."""

    elsewhere = Signal(str)
    """Whose hands a case is in that was shown; empty when it is in one's own."""
    failed = Signal(str)

    def __init__(
        self, store: CaseStore, person: Person, background: Background
    ) -> None:
        """Nothing is in hand; only who decides cases takes one."""
        super().__init__()
        self._store = store
        self._background = background
        self._decides = person.may(Right.REVIEW)
        self._closed = False
        self._case: Case | None = None
        self._claim: Claim | None = None
        self._renew = QTimer(self)
        self._renew.setInterval(_RENEW_MS)
        self._renew.timeout.connect(self.keep)

    def show(self, case: Case) -> None:
        """Its evidence is on screen now."""
        if self._closed:
            return
        self._note(case, ReadingPurpose.OPEN)
        if any(item.kind is EvidenceKind.CLIP for item in case.infraction.evidence):
            self._note(case, ReadingPurpose.CLIP)
        if self._case is None or self._case.infraction.id != case.infraction.id:
            self.leave()
        self._case = case
        self.keep()

    def unmask(
        self, infraction_id: InfractionId, reason: str, done: Callable[[Case], None]
    ) -> None:
        """Hand the case with its plate to `done`; the trail keeps the reason."""

        def work() -> Case:
            self._store.note_reading(infraction_id, ReadingPurpose.UNMASK, reason)
            return self._store.case(infraction_id)

        self._background.command(self, work, done, self.failed.emit)

    def keep(self) -> None:
        """Take the case in hand, or keep it for longer."""
        case = self._case
        if case is None or not self._decides:
            return
        if case.state is not InfractionState.PENDING or case.erased:
            self._renew.stop()
            return
        work = partial(_claim, self._store, case.infraction.id)
        taken = partial(self._take, case)
        self._background.command(self, work, taken, self.failed.emit)
        self._renew.start()

    def retry(self) -> None:
        """Somebody let it go, perhaps: take it, unless it is in hand already."""
        if self._claim is None:
            self.keep()

    def leave(self) -> None:
        """Let it go, for others."""
        case, claim = self._case, self._claim
        self._case = self._claim = None
        self._renew.stop()
        if case is not None and claim is not None:
            work = partial(self._store.release, case.infraction.id, claim)
            self._background.command(self, work, _nothing, _nothing)

    def close(self) -> None:
        """Log-out: let go, and take nothing any more."""
        self.leave()
        self._closed = True

    def claim_of(self, infraction_id: InfractionId) -> Claim | None:
        """Return the claim by which a case is decided; None without one."""
        case = self._case
        mine = case is not None and case.infraction.id == infraction_id
        return self._claim if mine else None

    def _note(self, case: Case, purpose: ReadingPurpose) -> None:
        work = partial(self._store.note_reading, case.infraction.id, purpose)
        self._background.command(self, work, _nothing, self.failed.emit)

    def _take(self, case: Case, claim: Claim | None) -> None:
        if self._case is None or self._case.infraction.id != case.infraction.id:
            return
        mine = claim is not None and claim.epoch is not None
        self._claim = claim if mine else None
        self.elsewhere.emit("" if claim is None or mine else claim.holder)


def _claim(store: CaseStore, infraction_id: InfractionId) -> Claim | None:
    try:
        return store.claim(infraction_id, CLAIM_S)
    except (StateConflict, KeyError):
        # Decided meanwhile: the reload that follows shows it.
        return None


def _nothing(_answer: object = None) -> None:
    pass
