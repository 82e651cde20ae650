"""Compares what the rows name with what the store holds, both in one order.

Neither list is held in memory: the names of the rows are sorted in the server and read
in pages, the store yields its own in the same order.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.errors import EvidenceDamaged
from app.domain.ids import Sha256
from app.ports import EvidenceStore, Progress
from db.address import Connection
from db.check_finding import CheckFinding, Trouble

YOUNG = timedelta(days=8)
"""A spool may hold the row of a file that is not older."""
_PAGE = 1000
_SHOWN_EVERY = 200
_NAMES = """
    CREATE TEMP TABLE named AS
    SELECT sha256 FROM atalaya.evidence WHERE sha256 >= %(since)s
    UNION
    SELECT f.item ->> 'sha256' FROM atalaya.infraction_twin AS t,
        jsonb_array_elements(t.document -> 'evidence') AS f(item)
    WHERE f.item ->> 'sha256' >= %(since)s
"""
_PAGE_OF = """
    SELECT sha256 FROM pg_temp.named WHERE sha256 > %s ORDER BY sha256 LIMIT %s
"""
_NEEDED = """
    SELECT EXISTS (SELECT FROM atalaya.evidence AS e WHERE e.sha256 = %(name)s)
        OR EXISTS (SELECT FROM atalaya.infraction_twin AS t
            WHERE atalaya.evidence_names(t.document) @> ARRAY[%(name)s::text])
"""
_ERASED = """
    SELECT EXISTS (SELECT FROM atalaya.erasure_object AS o
        WHERE o.sha256 = %(name)s AND o.outcome <> 'shared')
"""


class StoredNames(Protocol):
    """What a store holds, as its owner sees it."""

    def names(self, since: str = "") -> Iterator[Sha256]:
        """Yield all names from `since` on, sound or not, in ascending order."""
        ...

    def stored_at(self, sha256: Sha256) -> datetime:
        """Return when a file was put there; KeyError without one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What may be done about faults, and with what.

    Files without a case go to `aside`. `put_back` looks for a lost file elsewhere and
    stores it again when its hash is right; True when it did.
    """

    aside: EvidenceStore
    put_back: Callable[[Sha256], bool]
    now: datetime


def check_objects(
    connection: Connection,
    store: EvidenceStore,
    stored: StoredNames,
    mending: Mending | None,
    progress: Progress,
    since: str = "",
) -> Iterator[CheckFinding]:
    """Hash every file again and yield what is wrong, from the name `since` on.

    `connection` is in autocommit: hashing takes hours, and no transaction lasts them.
    """
    walk = _Walk(connection, store, stored, mending)
    both = _merged(walk.named(since), stored.names(since))
    for number, (name, is_named, is_stored) in enumerate(both, 1):
        yield from walk.look(name, is_named=is_named, is_stored=is_stored)
        if number % _SHOWN_EVERY == 0:
            progress(f"files up to {name[:8]}", int(name[:8], 16) / (1 << 32))


def _merged(
    named: Iterable[str], stored: Iterable[str]
) -> Iterator[tuple[Sha256, bool, bool]]:
    """Yield each name once, with whether it is in the one and in the other."""
    left, right = iter(named), iter(stored)
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        name = min(each for each in (a, b) if each is not None)
        yield Sha256(name), a == name, b == name
        if a == name:
            a = next(left, None)
        if b == name:
            b = next(right, None)


class _Walk:
    """The questions that are asked of each file."""

    def __init__(
        self,
        connection: Connection,
        store: EvidenceStore,
        stored: StoredNames,
        mending: Mending | None,
    ) -> None:
        self._connection = connection
        self._store = store
        self._stored = stored
        self._mending = mending

    def named(self, since: str) -> Iterator[str]:
        """Yield what rows name, page by page from a table of this session."""
        self._connection.execute("SET statement_timeout = 0")
        self._connection.execute("DROP TABLE IF EXISTS pg_temp.named")
        self._connection.execute(_NAMES, {"since": since})
        self._connection.execute("CREATE UNIQUE INDEX ON pg_temp.named (sha256)")
        last = ""
        while page := self._connection.execute(_PAGE_OF, (last, _PAGE)).fetchall():
            yield from (name for (name,) in page)
            last = page[-1][0]

    def look(
        self, name: Sha256, *, is_named: bool, is_stored: bool
    ) -> Iterator[CheckFinding]:
        if is_named:
            yield from self._look_at_named(name, is_stored)
        elif not self._ask(_NEEDED, name):
            yield from self._look_at_orphan(name)

    def _look_at_named(self, name: Sha256, is_stored: bool) -> Iterator[CheckFinding]:
        try:
            self._store.open(name).close()
        except EvidenceDamaged as error:
            # It may have been erased since the names were read.
            if self._ask(_NEEDED, name):
                trouble = (
                    Trouble.OBJECT_DAMAGED if is_stored else Trouble.OBJECT_MISSING
                )
                back = self._mending is not None and self._mending.put_back(name)
                done = "put back from a copy" if back else ""
                yield CheckFinding(trouble, name, str(error), done)

    def _look_at_orphan(self, name: Sha256) -> Iterator[CheckFinding]:
        if self._ask(_ERASED, name):
            said = "its erasure is certified, but the file is there"
            done = ""
            if self._mending is not None and self._store.delete(name):
                done = "deleted again"
            yield CheckFinding(Trouble.ERASED_OBJECT_IS_THERE, name, said, done)
            return
        done = self._set_aside(name) if self._mending is not None else ""
        said = "no case names this file"
        yield CheckFinding(Trouble.OBJECT_WITHOUT_ROW, name, said, done)

    def _set_aside(self, name: Sha256) -> str:
        mending = self._mending
        if mending is None or self._is_young(name, mending.now):
            return ""
        try:
            mending.aside.put(self._store.local_path(name))
        except EvidenceDamaged:
            return ""
        self._store.delete(name)
        return "set aside"

    def _is_young(self, name: Sha256, now: datetime) -> bool:
        try:
            return now - self._stored.stored_at(name) < YOUNG
        except KeyError:
            return True

    def _ask(self, query: str, name: Sha256) -> bool:
        row = self._connection.execute(query.encode(), {"name": name}).fetchone()
        return bool(row and row[0])
