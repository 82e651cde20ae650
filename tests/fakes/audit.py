"""A trail in memory: same contract suite as PostgreSQL's."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.audit import AuditEntry, AuditPage, AuditQuery, ChainFault, ChainHead
from app.domain.clock import Clock
from app.domain.errors import NotPermitted
from app.domain.ids import Sha256
from app.domain.person import Person, Right, Role


@dataclass(slots=True)
class AuditBook:
    """What the server holds of the trail; `fault` is what a walk finds."""

    clock: Clock
    entries: list[AuditEntry] = field(default_factory=list)
    fault: ChainFault | None = None

    def record(
        self, person: Person, action: str, subject: str, detail: Mapping[str, object]
    ) -> None:
        """Add an act."""
        sequence = len(self.entries) + 1
        self.entries.append(
            AuditEntry(
                sequence=sequence,
                at=self.clock.now(),
                login=person.login,
                workstation="127.0.0.1 atalaya",
                action=action,
                subject=subject,
                detail=json.dumps(dict(detail), ensure_ascii=False),
                sha256=Sha256(hashlib.sha256(str(sequence).encode()).hexdigest()),
            )
        )


class InMemoryAuditTrail:
    """Implements `app.ports.AuditTrail`."""

    def __init__(self, book: AuditBook, person: Person) -> None:
        """Read in the name of `person`."""
        self._book = book
        self._person = person

    def entries(
        self, query: AuditQuery, *, after: int | None = None, limit: int = 100
    ) -> AuditPage:
        """Return entries newest first."""
        self._require()
        found = [
            entry
            for entry in reversed(self._book.entries)
            if (after is None or entry.sequence < after) and _fits(entry, query)
        ][:limit]
        return AuditPage(entries=tuple(found), more=len(found) == limit)

    def first_fault(self) -> ChainFault | None:
        """Return what a test has set."""
        self._require()
        return self._book.fault

    def head(self) -> ChainHead:
        """Return the hash of the last entry."""
        makers = {Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR}
        if not self._person.roles & makers:
            raise NotPermitted("The server does not allow this to your role.")
        last = self._book.entries[-1].sha256 if self._book.entries else "0" * 64
        return ChainHead(
            database="1/memory",
            sequence=len(self._book.entries),
            sha256=Sha256(last),
        )

    def _require(self) -> None:
        if not self._person.may(Right.READ_AUDIT):
            raise NotPermitted("The server does not allow this to your role.")


def _fits(entry: AuditEntry, query: AuditQuery) -> bool:
    places = (entry.subject, entry.workstation, entry.detail)
    return (
        query.login in ("", entry.login)
        and query.action in ("", entry.action)
        and (query.since is None or entry.at >= query.since)
        and (query.until is None or entry.at < query.until)
        and any(query.text.lower() in place.lower() for place in places)
    )
