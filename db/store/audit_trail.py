"""The trail, as the auditor reads it: the server shows the table to nobody else."""

from typing import Any

from sqlalchemy import Engine, Select, Text, cast, func, or_, select, text

from app.domain.audit import (
    AuditEntry,
    AuditPage,
    AuditQuery,
    AuditTrouble,
    ChainFault,
    ChainHead,
)
from app.domain.ids import Login, Sha256
from db.faults import translated
from db.tables import audit

MAX_PAGE = 500
_ESCAPE = "\\"
# As `atalaya.verify_audit` says it; what it says of entries outside holds their id.
_TROUBLES = {
    "the entry was altered": AuditTrouble.ALTERED,
    "entries before it are missing": AuditTrouble.MISSING_BEFORE,
    "entries after it are missing": AuditTrouble.MISSING_AFTER,
}
_HEAD = text("SELECT database, sequence, sha256 FROM atalaya.anchored_head()")
_FIRST_FAULT = text("SELECT sequence, fault FROM atalaya.verify_audit() LIMIT 1")


class PostgresAuditTrail:
    """`app.ports.AuditTrail` on the table of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def entries(
        self, query: AuditQuery, *, after: int | None = None, limit: int = 100
    ) -> AuditPage:
        """Return entries newest first, a page after the sequence `after`."""
        asked = max(1, min(limit, MAX_PAGE))
        wanted = _narrowed(query).order_by(audit.c.sequence.desc()).limit(asked)
        if after is not None:
            wanted = wanted.where(audit.c.sequence < after)
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return AuditPage(
            entries=tuple(_entry(row) for row in rows), more=len(rows) == asked
        )

    def first_fault(self) -> ChainFault | None:
        """Have the server walk the chain."""
        with translated(), self._engine.connect() as connection:
            row = connection.execute(_FIRST_FAULT).one_or_none()
        if row is None:
            return None
        trouble = _TROUBLES.get(row.fault, AuditTrouble.OUTSIDE_THE_CHAIN)
        return ChainFault(trouble=trouble, sequence=row.sequence)

    def head(self) -> ChainHead:
        """Return where the chain ends; NotPermitted to who makes no documents."""
        return read_head(self._engine)


def read_head(engine: Engine) -> ChainHead:
    """Return where the audit chain of the server ends."""
    with translated(), engine.connect() as connection:
        row = connection.execute(_HEAD).one()
    return ChainHead(
        database=row.database, sequence=row.sequence, sha256=Sha256(row.sha256)
    )


def _narrowed(query: AuditQuery) -> Select[Any]:
    wanted = select(
        audit.c.sequence,
        audit.c.at,
        audit.c.login,
        audit.c.workstation,
        audit.c.action,
        audit.c.subject,
        cast(audit.c.detail, Text).label("detail"),
        audit.c.sha256,
    ).where(audit.c.sequence.is_not(None))
    if query.login:
        wanted = wanted.where(audit.c.login == query.login)
    if query.action:
        wanted = wanted.where(audit.c.action == query.action)
    if query.since is not None:
        wanted = wanted.where(audit.c.at >= query.since)
    if query.until is not None:
        wanted = wanted.where(audit.c.at < query.until)
    return wanted.where(_holds(query.text)) if query.text else wanted


def _holds(words: str) -> Any:
    """Match the text as it is: % and _ in it are themselves."""
    like = func.lower(words)
    for sign in (_ESCAPE, "%", "_"):
        like = func.replace(like, sign, _ESCAPE + sign)
    pattern = func.concat("%", like, "%")
    places = (audit.c.subject, audit.c.workstation, cast(audit.c.detail, Text))
    return or_(*(func.lower(place).like(pattern, escape=_ESCAPE) for place in places))


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        sequence=row.sequence,
        at=row.at,
        login=Login(row.login),
        workstation=row.workstation,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
        sha256=Sha256(row.sha256),
    )
