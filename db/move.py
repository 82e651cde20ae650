"""Moves a whole database to another server, and shows that all of it arrived.

One transaction there holds everything: rows, sequences, roles, the comparison and the
entry of the trail that tells of it. A failure anywhere leaves an empty target, and the
command is simply given again. The source is locked against writers until the end, and
nobody logs in to it afterwards.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.conninfo import make_conninfo

from app.domain.errors import DatabaseUnavailable, StateConflict
from db import address
from db.audit_check import chain_faults, database_of
from db.faults import translated
from db.migrate import HEAD, schema_version
from db.move_people import MovedLogin, logins_of, make_logins, without_role
from db.move_tables import (
    Digest,
    MovedTable,
    digest_of,
    prepare,
    sequences_of,
    tables_of,
    total_of,
)
from db.provision import provision
from db.shared_server import look_at

_OF_ANOTHER_RELEASE = "The two databases are of different releases. Upgrade both first."
_HEAD = "SELECT sequence, sha256 FROM atalaya.audit_head"
_OTHERS = """
    SELECT DISTINCT usename::text FROM pg_catalog.pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' ORDER BY 1
"""
_END_OTHERS = """
    SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
    WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)
        AND backend_type = 'client backend'
"""
_MOVED_BEFORE = """
    SELECT EXISTS (SELECT FROM atalaya.audit WHERE action = 'move_database'
        AND login = session_user AND detail ->> 'sha256' = %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did: rows and hash of each table, the same on both sides.

    `audit_sequence` and `audit_sha256` are where the trail ended when it moved;
    `before` when an earlier run had moved it all, and only the mark was missing.
    """

    source: str
    target: str
    tables: dict[str, Digest]
    sha256: str
    people: tuple[str, ...]
    people_without_login: tuple[str, ...]
    audit_sequence: int
    audit_sha256: str
    before: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(each.rows for each in self.tables.values())


def move(
    source_dsn: str,
    target_dsn: str,
    mark: Callable[[], object],
    say: Callable[[str], object] = lambda _: None,
) -> Moved:
    """Move everything; both addresses are superusers'.

    `mark` is called at the end, while the source is locked still: from then on nobody
    shall use it. Raises StateConflict when somebody is connected to the source, the
    target holds anything, or the two differ afterwards; DatabaseUnavailable when one of
    them goes away.
    """
    _make_ready(target_dsn)
    source_name, target_name = database_of(source_dsn), database_of(target_dsn)
    if source_name == target_name:
        raise StateConflict("Both addresses lead to the same database.")
    with (
        translated(),
        address.connect(address.parse(source_dsn)) as source,
        address.connect(address.parse(target_dsn)) as target,
    ):
        _begin(source)
        tables = _same_tables(source, target)
        _lock(source, tables)
        made = _Move(source, target, tables, source_name, target_name, say)
        moved = made.finished_before() or made.run()
        target.commit()
        mark()
        _close(source_dsn, source)
    return moved


def _make_ready(target_dsn: str) -> None:
    """Make the tables there; a site of another release is not upgraded in passing."""
    name = address.parse(target_dsn).get("dbname") or "atalaya"
    state = look_at(make_conninfo(target_dsn, dbname="postgres"), name)
    if state.version is not None and not state.current:
        raise DatabaseUnavailable(_OF_ANOTHER_RELEASE)
    provision(make_conninfo(target_dsn, dbname=name))


def _begin(source: address.Connection) -> None:
    others = [row[0] or "?" for row in source.execute(_OTHERS.encode())]
    source.rollback()
    if others:
        raise StateConflict(
            f"These are connected to the database still: {', '.join(others)}. Close "
            "every control room and engine, and try again."
        )


def _same_tables(
    source: address.Connection, target: address.Connection
) -> list[MovedTable]:
    for connection in (source, target):
        prepare(connection)
        if schema_version(connection) != HEAD:
            raise DatabaseUnavailable(_OF_ANOTHER_RELEASE)
    ours, theirs = tables_of(source), tables_of(target)
    if {each.name: each for each in ours} != {each.name: each for each in theirs}:
        raise StateConflict("The two databases have different tables.")
    # What was set for the session stands; what was read must not begin a snapshot.
    source.commit()
    target.commit()
    return ours


def _lock(source: address.Connection, tables: list[MovedTable]) -> None:
    """Let others read only; then see all rows as of one moment."""
    source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    names = sql.SQL(", ").join(each.qualified for each in tables)
    source.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(names))


def _close(source_dsn: str, locking: address.Connection) -> None:
    """Let nobody log in, and end who came meanwhile; `locking` keeps them from writing.

    On another connection: what `locking` holds is let go only after this is in force.
    """
    name = sql.Identifier(locking.info.dbname)
    parameters = address.parse(source_dsn)
    with address.connect(parameters, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 0").format(name))
        connection.execute(_END_OTHERS.encode(), (locking.info.backend_pid,))


class _Move:
    """One run, on two connections in a transaction each."""

    def __init__(
        self,
        source: address.Connection,
        target: address.Connection,
        tables: list[MovedTable],
        source_name: str,
        target_name: str,
        say: Callable[[str], object],
    ) -> None:
        self._source, self._target = source, target
        self._tables = tables
        self._names = (source_name, target_name)
        self._say = say

    def finished_before(self) -> Moved | None:
        """Return what was moved when the target has it already; None when it is empty.

        Raises StateConflict when the target holds something else.
        """
        used = self._used()
        if not used:
            return None
        digests = {each.name: digest_of(self._source, each) for each in self._tables}
        total = total_of(digests, sequences_of(self._source))
        row = self._target.execute(_MOVED_BEFORE.encode(), (total,)).fetchone()
        if row != (True,):
            raise StateConflict(
                f"The server is not empty: there are rows in {', '.join(used)}. Move to"
                " one that nobody uses yet (installer: --no-administrator), or to a"
                " database of another name."
            )
        self._say("everything had been moved before")
        return self._moved(digests, total, logins_of(self._source), before=True)

    def _used(self) -> list[str]:
        found = []
        for table in self._tables:
            if table.furnished:
                continue
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table.qualified)
            if self._target.execute(query).fetchone() == (True,):
                found.append(table.name)
        return found

    def run(self) -> Moved:
        """Copy, compare, tell; the caller commits."""
        target = self._target
        # Triggers would refuse to empty a table, and chain the trail anew.
        target.execute("SET LOCAL session_replication_role = replica")
        names = sql.SQL(", ").join(each.qualified for each in self._tables)
        target.execute(sql.SQL("TRUNCATE {}").format(names))
        logins = logins_of(self._source)
        make_logins(target, logins)
        sent = {each.name: self._copied(each) for each in self._tables}
        self._set_sequences()
        total = self._compare(sent)
        target.execute("SET LOCAL session_replication_role = origin")
        moved = self._moved(sent, total, logins)
        self._tell(moved)
        return moved

    def _copied(self, table: MovedTable) -> Digest:
        with (
            self._target.cursor() as cursor,
            cursor.copy(table.writing()) as copy,
        ):
            digest = digest_of(self._source, table, copy.write)
        self._say(f"{table.name}: {digest.rows} rows")
        return digest

    def _set_sequences(self) -> None:
        for name, value in sequences_of(self._source).items():
            if value:
                place = sql.Identifier("atalaya", name).as_string(self._target)
                self._target.execute("SELECT pg_catalog.setval(%s, %s)", (place, value))

    def _compare(self, sent: dict[str, Digest]) -> str:
        """Read everything back; return the hash of all, StateConflict if it differs."""
        for table in self._tables:
            if digest_of(self._target, table) != sent[table.name]:
                raise StateConflict(
                    f"What arrived in {table.name} is not what was sent; nothing was "
                    "moved. Check the disk of the server, and try again."
                )
        ours, theirs = sequences_of(self._source), sequences_of(self._target)
        broken = next(chain_faults(self._target), None)
        if ours != theirs or logins_of(self._source) != logins_of(self._target):
            raise StateConflict(
                "Not all counters or logins arrived; nothing was moved."
            )
        if broken is not None:
            raise StateConflict(
                f"The trail is broken at entry {broken.sequence}; nothing was moved. "
                "Run: python main.py db verify-audit"
            )
        return total_of(sent, ours)

    def _tell(self, moved: Moved) -> None:
        """Add to the trail there: where it came from, and how far it went by then."""
        detail: dict[str, Any] = {
            "from": moved.source,
            "rows": moved.rows,
            "sha256": moved.sha256,
            "audit_sequence": moved.audit_sequence,
            "audit_sha256": moved.audit_sha256,
        }
        self._target.execute(
            "SELECT atalaya.record('move_database', %s, %s)",
            (moved.target, json.dumps(detail)),
        )

    def _moved(
        self,
        digests: dict[str, Digest],
        total: str,
        logins: list[MovedLogin],
        *,
        before: bool = False,
    ) -> Moved:
        head = self._source.execute(_HEAD).fetchone() or (0, "")
        return Moved(
            source=self._names[0],
            target=self._names[1],
            tables=digests,
            sha256=total,
            people=tuple(each.name for each in logins),
            people_without_login=tuple(without_role(self._source)),
            audit_sequence=head[0],
            audit_sha256=head[1],
            before=before,
        )
