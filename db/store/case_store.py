"""Cases: pages by keyset, decisions by the server's functions, figures of a period."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    TextClause,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
    tuple_,
)

from app.domain.case_query import ALL_CASES, CaseQuery
from app.domain.errors import NotPermitted
from app.domain.hold import Hold, HoldKind, NewHold
from app.domain.ids import HoldId, InfractionId, Login, new_uuid
from app.domain.infraction import (
    Case,
    InfractionState,
    RejectReason,
    Review,
    Verdict,
)
from app.domain.reading import NEEDS_REASON, Claim, ReadingPurpose
from app.domain.summary import PeriodSummary
from app.evidence.codec import infraction_from_json
from db.faults import translated
from db.store.figures import read_summary
from db.tables import infraction
from db.tables_life import case_hold

MAX_PAGE = 1000
_IDS = select(infraction.c.id)
_LONGEST_PLATE = 16
# The head of the trail is locked until a commit is on disk: with this in a statement of
# its own the commit does not wait, and `_KEPT` does, for many at once. Nobody is told
# that something was done before it is kept.
_LATER = "pg_catalog.set_config('synchronous_commit', 'off', true)"
_KEPT = text("SELECT atalaya.await_kept()")
_DECIDE = text(
    f"SELECT {_LATER}, atalaya.decide("
    ":id, :case, :verdict, :reason, :comment, :plate, CAST(:epoch AS bigint))"
)
_UNDO = text("SELECT atalaya.undo(:case)")
_ISSUE = text("SELECT atalaya.issue_notice(:case)")
_CLAIM = text(
    "SELECT pg_catalog.set_config('synchronous_commit', 'off', true), c.*"
    " FROM atalaya.claim_case(:case, :seconds) AS c"
)
_RELEASE = text("SELECT atalaya.release_case(:case, :epoch)")
_ASK = text(
    f"SELECT {_LATER}, "
    "atalaya.ask_reading(:purpose, CAST(:subjects AS text[]), :reason)"
)
_READ = text("""
    SELECT r.id, r.document, r.reviews, r.camera_name, r.location, i.state, n.number,
        i.erased_at
    FROM atalaya.read_cases(CAST(:cases AS uuid[])) AS r
    JOIN atalaya.infraction AS i ON i.id = r.id
    LEFT JOIN atalaya.notice AS n ON n.infraction_id = i.id
""")
_SET_HOLD = text("SELECT atalaya.set_hold(:id, :case, :kind, :reason, :ends)")
_RELEASE_HOLD = text("SELECT atalaya.release_hold(:id, :reason)")
_STANDING_HOLDS = (
    select(case_hold)
    .where(
        case_hold.c.released_at.is_(None),
        or_(case_hold.c.ends_at.is_(None), case_hold.c.ends_at > func.now()),
    )
    .order_by(case_hold.c.set_at, case_hold.c.id)
)
_HOLDS_OF = _STANDING_HOLDS.where(
    case_hold.c.infraction_id.in_(bindparam("cases", expanding=True))
)


class PostgresCaseStore:
    """`app.ports.CaseStore` on the tables and functions of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def cases(
        self,
        wanted: CaseQuery = ALL_CASES,
        *,
        after: InfractionId | None = None,
        limit: int = 100,
    ) -> list[Case]:
        """Return cases newest first; `plate` matches any part of the plate in force."""
        query = _IDS.where(*self._conditions(wanted))
        page = _page(query, after, wanted.oldest_first, limit)
        return self._read(page, ReadingPurpose.LIST)

    def count(self, wanted: CaseQuery = ALL_CASES, *, at_most: int = 10_000) -> int:
        """Count them up to `at_most`; one more than that stands for any more."""
        some = _IDS.where(*self._conditions(wanted)).limit(at_most + 1).subquery()
        with translated(), self._engine.connect() as connection:
            return connection.execute(
                select(func.count()).select_from(some)
            ).scalar_one()

    def _conditions(self, wanted: CaseQuery) -> Iterator[ColumnElement[bool]]:
        yield infraction.c.erased_at.is_(None)
        if wanted.states:
            yield infraction.c.state.in_([s.value for s in wanted.states])
        if wanted.kinds:
            yield infraction.c.kind.in_([k.value for k in wanted.kinds])
        if wanted.camera_id is not None:
            yield infraction.c.camera_id == wanted.camera_id
        if wanted.since is not None:
            yield infraction.c.occurred_at >= wanted.since
        if wanted.until is not None:
            yield infraction.c.occurred_at < wanted.until
        if wanted.plate:
            yield self._has_plate(wanted.plate)

    def _has_plate(self, plate: str) -> ColumnElement[bool]:
        letters = _letters(plate)
        if not 1 <= len(letters) <= _LONGEST_PLATE:
            return false()
        self._ask("find", [letters])
        found = func.atalaya.cases_of_plate(letters).column_valued("found")
        return infraction.c.id.in_(select(found))

    def case(self, infraction_id: InfractionId) -> Case:
        """Return one case; KeyError when there is none that this person may see."""
        wanted = select(infraction.c.id).where(infraction.c.id == infraction_id)
        found = self._read(wanted, ReadingPurpose.OPEN)
        if not found:
            raise KeyError(infraction_id)
        return found[0]

    def note_reading(
        self, infraction_id: InfractionId, purpose: ReadingPurpose, reason: str = ""
    ) -> None:
        """Leave a trace of what a case is read for now."""
        if purpose in NEEDS_REASON and not reason.strip():
            raise NotPermitted("A reason has 5 to 200 characters.")
        self._ask(purpose.value, [str(infraction_id)], reason.strip() or None)

    def claim(self, infraction_id: InfractionId, seconds: int = 120) -> Claim:
        """Take a pending case in hand, or keep it for longer."""
        values = {"case": infraction_id, "seconds": seconds}
        row = self._keep(_CLAIM, values)
        return Claim(
            holder=Login(row.holder), epoch=row.epoch, expires_at=row.expires_at
        )

    def release(self, infraction_id: InfractionId, claim: Claim) -> None:
        """Let a case go; one that is no longer held is no error."""
        values = {"case": infraction_id, "epoch": claim.epoch}
        with translated(), self._engine.begin() as connection:
            connection.execute(_RELEASE, values)

    def decide(self, review: Review, claim: Claim | None = None) -> Case:
        """Record a decision in the name of whoever is logged in.

        The server's clock says when. StateConflict when somebody else was first or has
        the case in hand, NotPermitted for another role, KeyError for no such case.
        """
        values = {
            "id": new_uuid(),
            "case": review.infraction_id,
            "verdict": review.verdict.value,
            "reason": None if review.reason is None else review.reason.value,
            "comment": review.comment,
            "plate": review.plate_text,
            "epoch": None if claim is None else claim.epoch,
        }
        self._keep(_DECIDE, values)
        return self.case(review.infraction_id)

    def undo(self, infraction_id: InfractionId) -> Case:
        """Take back one's own decision within the minute; else StateConflict."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_UNDO, {"case": infraction_id})
        return self.case(infraction_id)

    def issue_notice(self, infraction_id: InfractionId) -> Case:
        """Number a confirmed case; the same number when asked again."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_ISSUE, {"case": infraction_id})
        return self.case(infraction_id)

    def set_hold(self, infraction_id: InfractionId, wanted: NewHold) -> None:
        """Hold a case in the name of whoever is logged in.

        StateConflict when it is held like that already or was erased, NotPermitted
        for another role or a poor reason, KeyError for no such case.
        """
        values = {
            "id": new_uuid(),
            "case": infraction_id,
            "kind": wanted.kind.value,
            "reason": wanted.reason,
            "ends": wanted.ends,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_SET_HOLD, values)

    def release_hold(self, hold_id: HoldId, reason: str) -> None:
        """Release a hold that another person set; StateConflict otherwise."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_RELEASE_HOLD, {"id": hold_id, "reason": reason})

    def holds(self) -> list[Hold]:
        """Return all holds that stand, the oldest first."""
        with translated(), self._engine.connect() as connection:
            return [_hold(row) for row in connection.execute(_STANDING_HOLDS)]

    def summary(self, since: datetime, until: datetime) -> PeriodSummary:
        """Return the figures of a period, all of one moment."""
        # One snapshot: figures of one screen must agree with each other.
        options = {"isolation_level": "REPEATABLE READ"}
        with (
            translated(),
            self._engine.connect().execution_options(**options) as connection,
        ):
            return read_summary(connection, since, until)

    def _ask(
        self, purpose: str, subjects: Sequence[str], reason: str | None = None
    ) -> None:
        values = {"purpose": purpose, "subjects": list(subjects), "reason": reason}
        self._keep(_ASK, values)

    def _keep(self, act: TextClause, values: dict[str, Any]) -> Any:
        """Do something in a transaction of its own; return its row once it is kept."""
        options = {"isolation_level": "AUTOCOMMIT"}
        with (
            translated(),
            self._engine.connect().execution_options(**options) as connection,
        ):
            row = connection.execute(act, values).one()
            connection.execute(_KEPT)
        return row

    def _read(self, wanted: Select[Any], purpose: ReadingPurpose) -> list[Case]:
        """Read in several transactions: what was asked for before is answered."""
        with translated(), self._engine.connect() as connection:
            keys = [str(key) for key in connection.execute(wanted).scalars()]
        if not keys:
            return []
        self._ask(purpose.value, keys)
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(_READ, {"cases": keys}).all()
            held = connection.execute(_HOLDS_OF, {"cases": keys}).all()
        holds: dict[object, list[Hold]] = {}
        for row in held:
            holds.setdefault(row.infraction_id, []).append(_hold(row))
        # As they were chosen; of one that was erased meanwhile nothing is told.
        by_key = {str(row.id): _case(row, holds.get(row.id, ())) for row in rows}
        return [by_key[key] for key in keys if key in by_key]


def _page(
    query: Select[Any], after: InfractionId | None, oldest_first: bool, limit: int
) -> Select[Any]:
    columns = (infraction.c.occurred_at, infraction.c.id)
    if after is not None:
        last = infraction.alias("last")
        found = select(last.c.occurred_at, last.c.id).where(last.c.id == after)
        key, start = tuple_(*columns), found.scalar_subquery()
        query = query.where(key > start if oldest_first else key < start)
    order = columns if oldest_first else [each.desc() for each in columns]
    return query.order_by(*order).limit(max(1, min(limit, MAX_PAGE)))


def _letters(plate: str) -> str:
    """Return what the server matches: letters and digits alone."""
    return re.sub(r"[^A-Z0-9]", "", plate.upper())


def _case(row: Any, holds: Sequence[Hold]) -> Case:
    finding = infraction_from_json(row.document)
    return Case(
        infraction=finding,
        camera_name=row.camera_name,
        location=row.location,
        state=InfractionState(row.state),
        reviews=tuple(_review(finding.id, each) for each in row.reviews),
        notice_number=row.number,
        holds=tuple(holds),
        erased=row.erased_at is not None,
    )


def _review(infraction_id: InfractionId, said: dict[str, Any]) -> Review:
    reason = said["reason"]
    return Review(
        infraction_id=infraction_id,
        reviewer=Login(said["reviewer"]),
        verdict=Verdict(said["verdict"]),
        reason=None if reason is None else RejectReason(reason),
        comment=said["comment"],
        plate_text=said["plate_text"],
        decided_at=datetime.fromisoformat(said["decided_at"]),
    )


def _hold(row: Any) -> Hold:
    return Hold(
        id=HoldId(row.id),
        infraction_id=InfractionId(row.infraction_id),
        kind=HoldKind(row.kind),
        reason=row.reason,
        set_by=Login(row.set_by),
        set_at=row.set_at,
        ends=row.ends_at,
    )
