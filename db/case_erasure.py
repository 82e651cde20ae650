"""Erases cases whose term is over: the row first, then its files, then a certificate.

The server decides what goes and writes the certificate; only files are deleted from
here. Whatever is interrupted is taken up again by the next pass, wherever it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.errors import EnvironmentFault
from app.domain.ids import InfractionId, Sha256
from app.domain.infraction import InfractionKind, InfractionState
from app.domain.retention import RetentionRule
from app.ports import EvidenceEraser
from db import address
from db.faults import translated

BATCH = 20
_FILES = 200
_OVERDUE = """
    SELECT o.infraction_id, o.kind, o.state, coalesce(c.name, o.camera_id::text),
        o.occurred_at, o.due_at, o.held,
        o.objects, o.size_bytes
    FROM atalaya.overdue_cases(%s, NULL, NULL) AS o
    LEFT JOIN atalaya.camera AS c ON c.id = o.camera_id
"""
# A camera that has moved to a site which the caller does not see has no name.
_RULES = """
    SELECT kind, state, keep_days, changed_at FROM atalaya.case_retention ORDER BY 1, 2
"""
_SET_RULE = "SELECT atalaya.set_case_retention(%s, %s, %s)"
_BEGIN = "SELECT atalaya.begin_erasures(%s)"
_OPEN = "SELECT * FROM atalaya.open_erasures(%s)"
_GONE = "SELECT atalaya.object_gone(%s, %s, %s)"
_FINISH = "SELECT atalaya.finish_erasures(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueCase:
    """A case whose term is over; one that is held stays."""

    id: InfractionId
    kind: str
    state: str
    camera: str
    occurred_at: datetime
    due_at: datetime
    held: bool
    files: int
    size_bytes: int


def retention_rules(dsn: str) -> list[RetentionRule]:
    """Return the term of each type and state; `dsn` may be anybody's."""
    with translated(), _connect(dsn) as connection:
        return [
            RetentionRule(
                kind=InfractionKind(kind),
                state=InfractionState(state),
                keep_days=days,
                changed_at=changed,
            )
            for kind, state, days, changed in connection.execute(_RULES)
        ]


def set_retention(dsn: str, kind: str, state: str, days: int) -> None:
    """Change a term, as administrator of all sites; it erases nothing for seven days.

    Raises KeyError for no such type and state, NotPermitted for too few or many days.
    """
    with translated(), _connect(dsn) as connection:
        connection.execute(_SET_RULE, (kind, state, days))


def overdue_cases(dsn: str, on: datetime) -> Iterator[OverdueCase]:
    """Yield what a pass at the moment `on` would find, as administrator.

    Of the sites that this one sees. Nothing is changed. However many there are, few are
    held in memory.
    """
    with translated(), _connect(dsn) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        with connection.cursor(name="overdue_cases") as cursor:
            cursor.execute(_OVERDUE, (on,))
            for row in cursor:
                yield _overdue(row)


def _overdue(row: tuple[Any, ...]) -> OverdueCase:
    key, kind, state, camera, occurred, due, held, files, size_bytes = row
    return OverdueCase(
        id=InfractionId(key),
        kind=kind,
        state=state,
        camera=camera,
        occurred_at=occurred,
        due_at=due,
        held=held,
        files=files,
        size_bytes=size_bytes,
    )


class Erasing:
    """One pass over all that is due, and over what an earlier one left open."""

    def __init__(self, dsn: str, store: EvidenceEraser, batch: int = BATCH) -> None:
        """Connect with each step, as superuser or administrator of all sites."""
        self._dsn = dsn
        self._store = store
        self._batch = batch
        self.begun = 0
        """Cases of which nobody is named any more."""
        self.files = 0
        """Files deleted so far."""
        self.certified = 0
        """Certificates written so far."""
        self.trouble: EnvironmentFault | None = None
        """Why a file is left for another day; the others went."""
        self._stuck: set[str] = set()

    def step(self) -> bool:
        """Take a batch; return whether there may be more.

        Raises DatabaseUnavailable or StateConflict; the next step goes on from there.
        """
        with translated(), _connect(self._dsn, autocommit=True) as connection:
            # A busy server may need more than the usual ten seconds for a batch.
            connection.execute("SET statement_timeout = '1min'")
            # Those that are stuck must not fill the batch, or the others never go.
            wanted = (_FILES + len(self._stuck),)
            rows = connection.execute(_OPEN, wanted).fetchall()
            named = [row for row in rows if row[1] not in self._stuck]
            if named:
                self._delete(connection, named)
                return True
            certified = _number(connection, _FINISH, self._batch)
            self.certified += certified
            begun = _number(connection, _BEGIN, self._batch)
            self.begun += begun
        return begun + certified > 0

    def finish(self) -> None:
        """Take all steps that are left."""
        while self.step():
            pass

    def _delete(
        self, connection: address.Connection, named: list[tuple[UUID, str, bool]]
    ) -> None:
        """Delete file by file, then tell of all in one commit, cut off or not."""
        told: list[tuple[UUID, str, str]] = []
        try:
            for erasure, name, needed in named:
                try:
                    outcome = "shared" if needed else self._deleted(Sha256(name))
                except EnvironmentFault as fault:
                    self._stuck.add(name)
                    self.trouble = self.trouble or fault
                    continue
                told.append((erasure, name, outcome))
        finally:
            with translated(), connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_GONE, told)

    def _deleted(self, name: Sha256) -> str:
        there = self._store.delete(name)
        self.files += there
        return "deleted" if there else "absent"

    def __str__(self) -> str:
        """Say what was done."""
        return (
            f"{self.begun} cases erased, {self.files} files deleted, "
            f"{self.certified} certificates written"
            + (f"; {self.trouble}" if self.trouble else "")
        )


def _number(connection: address.Connection, query: str, batch: int) -> int:
    row = connection.execute(query.encode(), (batch,)).fetchone()
    return 0 if row is None else int(row[0])


def _connect(dsn: str, *, autocommit: bool = False) -> address.Connection:
    parameters = address.parse(dsn) | {"application_name": "atalaya keeper"}
    return address.connect(parameters, autocommit=autocommit)
