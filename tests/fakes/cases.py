"""Cases in memory, by the contract of PostgreSQL's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from app.domain.case_query import ALL_CASES, CaseQuery
from app.domain.errors import NotPermitted, StateConflict
from app.domain.hold import LONGEST_LOCK, Hold, NewHold, is_reason
from app.domain.ids import HoldId, InfractionId, new_uuid
from app.domain.infraction import (
    Case,
    Infraction,
    InfractionKind,
    InfractionState,
    RejectReason,
    Review,
    Verdict,
)
from app.domain.person import Person, Right, Role
from app.domain.plate import masked
from app.domain.reading import NEEDS_REASON, Claim, ReadingPurpose
from app.domain.summary import HourCount, PeriodSummary

if TYPE_CHECKING:
    from tests.fakes.in_memory import InMemoryServer

_UNDO_WINDOW = timedelta(seconds=60)
_FRESH = timedelta(minutes=15)
_READERS = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR})


@dataclass(slots=True)
class Kept:
    """A case, and what became of it."""

    infraction: Infraction
    recorded_at: datetime
    state: InfractionState = InfractionState.PENDING
    reviews: list[Review] = field(default_factory=list)
    notice_number: str | None = None
    claim: Claim | None = None
    epoch: int = 0
    holds: list[Hold] = field(default_factory=list)


def require(person: Person, right: Right) -> None:
    """Refuse what the role does not allow, as the server does."""
    if not person.may(right):
        raise NotPermitted("The server does not allow this to your role.")


class InMemoryCaseStore:
    """Implements `app.ports.CaseStore`."""

    def __init__(self, server: "InMemoryServer", person: Person) -> None:
        """Act in the name of `person`."""
        self._server = server
        self._person = person
        self._asked: dict[tuple[str, ReadingPurpose], datetime] = {}

    def cases(
        self,
        wanted: CaseQuery = ALL_CASES,
        *,
        after: InfractionId | None = None,
        limit: int = 100,
    ) -> list[Case]:
        """Return cases newest first, or oldest first."""
        self._require_reader()
        found = self._found(wanted)
        if after is not None:
            keys = [each.infraction.id for each in found]
            found = found[keys.index(after) + 1 :] if after in keys else []
        page = found[:limit]
        self._ask(ReadingPurpose.LIST, [case.infraction.id for case in page])
        return [self._shown(case) for case in page]

    def count(self, wanted: CaseQuery = ALL_CASES, *, at_most: int = 10_000) -> int:
        """Count cases."""
        self._require_reader()
        return len(self._found(wanted)[: at_most + 1])

    def _found(self, wanted: CaseQuery) -> list[Case]:
        found = [self._case(kept) for kept in self._server.kept.values()]
        found.sort(key=_age, reverse=not wanted.oldest_first)
        if wanted.plate:
            require(self._person, Right.REVIEW)
            letters = _letters(wanted.plate)
            found = [c for c in found if letters and letters in _letters(c.plate_text)]
        return [case for case in found if wanted.matches(case)]

    def case(self, infraction_id: InfractionId) -> Case:
        """Return one case."""
        self._require_reader()
        kept = self._server.kept[infraction_id]
        self._ask(ReadingPurpose.OPEN, [infraction_id])
        return self._shown(self._case(kept))

    def note_reading(
        self, infraction_id: InfractionId, purpose: ReadingPurpose, reason: str = ""
    ) -> None:
        """Leave a trace."""
        self._require_reader()
        given = reason.strip()
        if (given or purpose in NEEDS_REASON) and not 5 <= len(given) <= 200:
            raise NotPermitted("A reason has 5 to 200 characters.")
        self._ask(purpose, [infraction_id], given)

    def claim(self, infraction_id: InfractionId, seconds: int = 120) -> Claim:
        """Take a pending case in hand."""
        require(self._person, Right.REVIEW)
        with self._server.lock:
            kept = self._server.kept[infraction_id]
            if kept.state is not InfractionState.PENDING:
                raise StateConflict("This case has been decided already.")
            held = self._held(kept)
            if held is not None and held.holder != self._person.login:
                return replace(held, epoch=None)
            kept.epoch += held is None
            until = self._server.clock.now() + timedelta(seconds=seconds)
            login = self._person.login
            kept.claim = Claim(holder=login, epoch=kept.epoch, expires_at=until)
            return kept.claim

    def release(self, infraction_id: InfractionId, claim: Claim) -> None:
        """Let a case go."""
        require(self._person, Right.REVIEW)
        with self._server.lock:
            kept = self._server.kept.get(infraction_id)
            if kept is not None and self._is_mine(kept, claim):
                kept.claim = None

    def decide(self, review: Review, claim: Claim | None = None) -> Case:
        """Record a decision."""
        require(self._person, Right.REVIEW)
        with self._server.lock:
            kept = self._server.kept[review.infraction_id]
            self._require_claim(kept, claim)
            plate = (review.plate_text or "").strip().upper() or None
            now = self._server.clock.now()
            kept.reviews.append(
                replace(
                    review,
                    reviewer=self._person.login,
                    decided_at=now,
                    plate_text=plate,
                )
            )
            confirmed = review.verdict is Verdict.CONFIRM
            kept.claim = None
            kept.state = (
                InfractionState.CONFIRMED if confirmed else InfractionState.REJECTED
            )
        self._server.trail.record(
            self._person,
            "decide",
            str(review.infraction_id),
            {"verdict": review.verdict.value, "plate": plate},
        )
        self._server.tell("infraction", review.infraction_id)
        return self._case(kept)

    def undo(self, infraction_id: InfractionId) -> Case:
        """Take back one's own decision within the minute."""
        require(self._person, Right.REVIEW)
        with self._server.lock:
            kept = self._server.kept[infraction_id]
            self._require_undoable(kept)
            kept.reviews.pop()
            kept.state = InfractionState.PENDING
        self._server.trail.record(self._person, "undo", str(infraction_id), {})
        self._server.tell("infraction", infraction_id)
        return self._case(kept)

    def issue_notice(self, infraction_id: InfractionId) -> Case:
        """Number a confirmed case."""
        require(self._person, Right.REVIEW)
        with self._server.lock:
            kept = self._server.kept[infraction_id]
            if kept.notice_number is None:
                if kept.state is not InfractionState.CONFIRMED:
                    raise StateConflict("Only a confirmed case can become a notice.")
                self._server.issued += 1
                year = self._server.clock.now().year
                kept.notice_number = f"PE-{year}-{self._server.issued:06}"
                kept.state = InfractionState.NOTIFIED
        self._server.tell("infraction", infraction_id)
        return self._case(kept)

    def set_hold(self, infraction_id: InfractionId, wanted: NewHold) -> None:
        """Hold a case."""
        require(self._person, Right.HOLD_CASES)
        server, now = self._server, self._server.clock.now()
        if not is_reason(wanted.reason):
            raise NotPermitted("A reason has 5 to 200 characters.")
        if wanted.ends is not None and not now < wanted.ends <= now + LONGEST_LOCK:
            raise NotPermitted("A lock ends within three years.")
        with server.lock:
            kept = server.kept[infraction_id]
            if any(hold.kind is wanted.kind for hold in self._standing(kept)):
                raise StateConflict("This case is held already.")
            hold = Hold(
                id=HoldId(new_uuid()),
                infraction_id=infraction_id,
                kind=wanted.kind,
                reason=wanted.reason,
                set_by=self._person.login,
                set_at=now,
                ends=wanted.ends,
            )
            kept.holds.append(hold)
        server.trail.record(
            self._person, "set_hold", str(infraction_id), {"reason": wanted.reason}
        )
        server.tell("infraction", infraction_id)

    def release_hold(self, hold_id: HoldId, reason: str) -> None:
        """Release what another person holds."""
        require(self._person, Right.HOLD_CASES)
        if not is_reason(reason):
            raise NotPermitted("A reason has 5 to 200 characters.")
        hold = next((each for each in self._all_holds() if each.id == hold_id), None)
        if hold is None:
            raise KeyError(hold_id)
        kept = self._server.kept[hold.infraction_id]
        if hold not in self._standing(kept):
            raise StateConflict("This hold is over.")
        if hold.set_by == self._person.login:
            raise StateConflict("Only another person can release what you hold.")
        self._server.released.add(hold_id)
        self._server.trail.record(
            self._person, "release_hold", str(hold.infraction_id), {"reason": reason}
        )
        self._server.tell("infraction", hold.infraction_id)

    def holds(self) -> list[Hold]:
        """Return what stands, the oldest first."""
        if self._person.roles & {Role.TECHNICIAN}:
            raise NotPermitted("The server does not allow this to your role.")
        kept = self._server.kept.values()
        standing = [hold for each in kept for hold in self._standing(each)]
        return sorted(standing, key=lambda hold: hold.set_at)

    def _all_holds(self) -> list[Hold]:
        return [hold for kept in self._server.kept.values() for hold in kept.holds]

    def _standing(self, kept: Kept) -> list[Hold]:
        now, released = self._server.clock.now(), self._server.released
        return [
            hold
            for hold in kept.holds
            if hold.id not in released and (hold.ends is None or hold.ends > now)
        ]

    def summary(self, since: datetime, until: datetime) -> PeriodSummary:
        """Count case by case."""
        chosen = [
            kept
            for kept in self._server.kept.values()
            if since <= kept.infraction.occurred.wall < until
        ]
        decided = [kept for kept in chosen if kept.reviews]
        rejected = [k for k in chosen if k.state is InfractionState.REJECTED]
        delays_s = [
            (kept.reviews[-1].decided_at - kept.recorded_at).total_seconds()
            for kept in decided
        ]
        waiting = [
            kept.infraction.occurred.wall
            for kept in chosen
            if kept.state is InfractionState.PENDING
        ]
        return PeriodSummary(
            since=since,
            until=until,
            by_state=dict(Counter(kept.state for kept in chosen)),
            by_kind=_by_kind(chosen),
            by_camera=dict(Counter(kept.infraction.camera_id for kept in chosen)),
            rejected_by_kind=_by_kind(rejected),
            decided_by_kind=_by_kind(decided),
            by_reject_reason=_by_reason(rejected),
            by_hour=_by_hour(chosen),
            median_decision_s=median(delays_s) if delays_s else None,
            oldest_pending=min(waiting, default=None),
        )

    def _held(self, kept: Kept) -> Claim | None:
        claim = kept.claim
        live = claim is not None and claim.expires_at > self._server.clock.now()
        return claim if live else None

    def _is_mine(self, kept: Kept, claim: Claim) -> bool:
        held = self._held(kept)
        mine = held is not None and held.holder == self._person.login
        return mine and held is not None and held.epoch == claim.epoch

    def _require_claim(self, kept: Kept, claim: Claim | None) -> None:
        if kept.state is not InfractionState.PENDING:
            raise StateConflict("This case has been decided already.")
        held = self._held(kept)
        if claim is not None and not self._is_mine(kept, claim):
            raise StateConflict("Your claim on this case is over. Open it again.")
        if claim is None and held is not None and held.holder != self._person.login:
            raise StateConflict("Somebody else has this case in hand.")

    def _ask(
        self, purpose: ReadingPurpose, cases: Sequence[InfractionId], reason: str = ""
    ) -> None:
        now = self._server.clock.now()
        new = [
            str(case)
            for case in cases
            if reason
            or now - self._asked.get((str(case), purpose), now - _FRESH) >= _FRESH
        ]
        self._asked |= dict.fromkeys(((case, purpose) for case in new), now)
        if new:
            subject = new[0] if len(new) == 1 else ""
            detail = ({"reason": reason} if reason else {}) | (
                {"cases": sorted(new)} if len(new) > 1 else {}
            )
            self._server.trail.record(
                self._person, f"read_{purpose.value}", subject, detail
            )

    def _shown(self, case: Case) -> Case:
        """Return it as this role sees it: plates are for those who decide."""
        key = (str(case.infraction.id), ReadingPurpose.UNMASK)
        if self._person.may(Right.REVIEW) or key in self._asked:
            return case
        hidden = case.infraction.plate.masked()
        return replace(
            case,
            infraction=replace(case.infraction, plate=hidden),
            reviews=tuple(
                replace(each, plate_text=each.plate_text and masked(each.plate_text))
                for each in case.reviews
            ),
        )

    def _require_reader(self) -> None:
        if not self._person.roles & _READERS:
            raise NotPermitted("The server does not allow this to your role.")

    def _require_undoable(self, kept: Kept) -> None:
        if kept.state not in {InfractionState.CONFIRMED, InfractionState.REJECTED}:
            raise StateConflict("There is no decision that could be undone.")
        decision = kept.reviews[-1]
        if decision.reviewer != self._person.login:
            raise StateConflict("Only the person who decided a case can undo it.")
        if self._server.clock.now() - decision.decided_at >= _UNDO_WINDOW:
            raise StateConflict("The minute for undoing is over.")

    def _case(self, kept: Kept) -> Case:
        camera = self._server.cameras[kept.infraction.camera_id]
        return Case(
            infraction=kept.infraction,
            camera_name=camera.name,
            location=camera.location,
            state=kept.state,
            reviews=tuple(kept.reviews),
            notice_number=kept.notice_number,
            holds=tuple(self._standing(kept)),
        )


def _age(case: Case) -> tuple[datetime, UUID]:
    return case.infraction.occurred.wall, case.infraction.id


def _letters(plate: str | None) -> str:
    return "".join(c for c in (plate or "").upper() if c.isascii() and c.isalnum())


def _by_kind(chosen: list[Kept]) -> dict[InfractionKind, int]:
    return dict(Counter(kept.infraction.kind for kept in chosen))


def _by_reason(rejected: list[Kept]) -> dict[RejectReason, int]:
    reasons = [kept.reviews[-1].reason for kept in rejected]
    return dict(Counter(reason for reason in reasons if reason is not None))


def _by_hour(chosen: list[Kept]) -> tuple[HourCount, ...]:
    counted = Counter(
        (
            kept.infraction.occurred.wall.replace(minute=0, second=0, microsecond=0),
            kept.infraction.kind,
        )
        for kept in chosen
    )
    return tuple(
        HourCount(start=start, kind=kind, count=count)
        for (start, kind), count in sorted(counted.items())
    )
