"""A small durable SQLite file of one process; what is damaged is set aside."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import AlreadyRunning
from app.domain.ids import new_uuid

_log = logging.getLogger(__name__)
_NOT_A_DATABASE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# One connection that keeps the file to itself: SQLite before 3.51.3 can corrupt a WAL
# that two connections share.
_PRAGMAS = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    # A short WAL, because on a full disk it lives in the ballast.
    "PRAGMA wal_autocheckpoint=64",
)


def open_or_begin(path: Path, schema: Sequence[str]) -> sqlite3.Connection:
    """Open the file at `path` for this process alone, with these statements run.

    A file that is no sound database is set aside and a new one begun. Raises
    AlreadyRunning when another process has it open.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _open(path, schema)
    except sqlite3.DatabaseError as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            raise AlreadyRunning(
                "Another engine on this computer holds the spool. Stop it first."
            ) from error
        if code not in _NOT_A_DATABASE:
            raise
        _set_aside(path)
        return _open(path, schema)


def _open(path: Path, schema: Sequence[str]) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=0.5, isolation_level=None, check_same_thread=False
    )
    try:
        for statement in (*_PRAGMAS, *schema):
            database.execute(statement)
        _check(database)
    except BaseException:
        database.close()
        raise
    path.chmod(0o600)
    return database


def _check(database: sqlite3.Connection) -> None:
    if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
        error = sqlite3.DatabaseError("the spool is damaged")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _set_aside(path: Path) -> None:
    suffix = f".damaged-{new_uuid()}"
    for part in (path, path.with_name(path.name + "-wal")):
        if part.exists():
            part.rename(part.with_name(part.name + suffix))
    _log.error("the spool %s was damaged; set aside as *%s", path, suffix)
