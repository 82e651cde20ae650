"""Cases: pages by keyset, decisions by the server's functions, figures of a period."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, bindparam, func, or_, select, text, tuple_

from app.domain.hold import Hold, HoldKind, NewHold
from app.domain.ids import HoldId, InfractionId, Login, new_uuid
from app.domain.infraction import (
    Case,
    InfractionKind,
    InfractionState,
    RejectReason,
    Review,
    Verdict,
)
from app.domain.summary import PeriodSummary
from app.evidence.codec import infraction_from_json
from db.faults import translated
from db.store.figures import read_summary
from db.tables import camera, case_hold, infraction, notice, review, review_undo

MAX_PAGE = 1000
_DECIDE = text("SELECT atalaya.decide(:id, :case, :verdict, :reason, :comment, :plate)")
_UNDO = text("SELECT atalaya.undo(:case)")
_ISSUE = text("SELECT atalaya.issue_notice(:case)")
_CASES = (
    select(
        infraction.c.id,
        infraction.c.document,
        infraction.c.state,
        infraction.c.erased_at,
        camera.c.name,
        camera.c.location,
        notice.c.number,
    )
    .join_from(infraction, camera)
    .outerjoin(notice, notice.c.infraction_id == infraction.c.id)
)
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
_STANDING_REVIEWS = (
    select(review)
    .outerjoin(review_undo, review_undo.c.review_id == review.c.id)
    .where(
        review_undo.c.review_id.is_(None),
        review.c.infraction_id.in_(bindparam("cases", expanding=True)),
    )
    .order_by(review.c.decided_at, review.c.id)
)


class PostgresCaseStore:
    """`app.ports.CaseStore` on the tables of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def cases(
        self,
        *,
        states: Sequence[InfractionState] = (),
        kinds: Sequence[InfractionKind] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        plate: str | None = None,
        after: InfractionId | None = None,
        limit: int = 100,
    ) -> list[Case]:
        """Return cases newest first; `plate` matches any part of the plate in force."""
        query = _CASES.where(infraction.c.erased_at.is_(None))
        if states:
            query = query.where(infraction.c.state.in_([s.value for s in states]))
        if kinds:
            query = query.where(infraction.c.kind.in_([k.value for k in kinds]))
        if since is not None:
            query = query.where(infraction.c.occurred_at >= since)
        if until is not None:
            query = query.where(infraction.c.occurred_at < until)
        if plate:
            query = query.where(infraction.c.plate_in_force.op("~")(_pattern(plate)))
        return self._read(_page(query, after, limit))

    def case(self, infraction_id: InfractionId) -> Case:
        """Return one case; KeyError when there is none that this person may see."""
        found = self._read(_CASES.where(infraction.c.id == infraction_id))
        if not found:
            raise KeyError(infraction_id)
        return found[0]

    def decide(self, review: Review) -> Case:
        """Record a decision in the name of whoever is logged in.

        The server's clock says when. StateConflict when somebody else was first,
        NotPermitted for another role, KeyError for no such case.
        """
        values = {
            "id": new_uuid(),
            "case": review.infraction_id,
            "verdict": review.verdict.value,
            "reason": None if review.reason is None else review.reason.value,
            "comment": review.comment,
            "plate": review.plate_text,
        }
        with translated(), self._engine.begin() as connection:
            connection.execute(_DECIDE, values)
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

    def _read(self, query: Select[Any]) -> list[Case]:
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
            keys = [row.id for row in rows]
            reviews = connection.execute(_STANDING_REVIEWS, {"cases": keys}).all()
            held = connection.execute(_HOLDS_OF, {"cases": keys}).all()
        holds: dict[object, list[Hold]] = {}
        for row in held:
            holds.setdefault(row.infraction_id, []).append(_hold(row))
        by_case: dict[object, list[Review]] = {}
        for row in reviews:
            by_case.setdefault(row.infraction_id, []).append(_review(row))
        return [
            Case(
                infraction=infraction_from_json(row.document),
                camera_name=row.name,
                location=row.location,
                state=InfractionState(row.state),
                reviews=tuple(by_case.get(row.id, ())),
                notice_number=row.number,
                holds=tuple(holds.get(row.id, ())),
                erased=row.erased_at is not None,
            )
            for row in rows
        ]


def _page(query: Select[Any], after: InfractionId | None, limit: int) -> Select[Any]:
    key = tuple_(infraction.c.occurred_at, infraction.c.id)
    if after is not None:
        last = infraction.alias("last")
        start = select(last.c.occurred_at, last.c.id).where(last.c.id == after)
        query = query.where(key < start.scalar_subquery())
    newest = (infraction.c.occurred_at.desc(), infraction.c.id.desc())
    return query.order_by(*newest).limit(max(1, min(limit, MAX_PAGE)))


def _pattern(plate: str) -> str:
    """Match letters and digits only, with or without hyphens in between."""
    letters = re.sub(r"[^A-Z0-9]", "", plate.upper())
    return "[ -]*".join(letters) if letters else "^$"


def _review(row: Any) -> Review:
    return Review(
        infraction_id=InfractionId(row.infraction_id),
        reviewer=Login(row.reviewer),
        verdict=Verdict(row.verdict),
        reason=None if row.reason is None else RejectReason(row.reason),
        comment=row.comment,
        plate_text=row.plate_text,
        decided_at=row.decided_at,
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
