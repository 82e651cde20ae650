"""Seals that want a time-stamp; the queue survives any crash, and is bounded.

A request is asked, gets its response, and is handed on to the server; in each state it
may wait for days. What is done stays a week, to be handed on again after a restore.
"""

import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.clock import Clock
from app.domain.ids import InfractionId, Sha256
from app.evidence.sqlite_file import open_or_begin

_log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
MOST = 20_000
_MICROSECOND = timedelta(microseconds=1)
_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS wanted (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        seal TEXT NOT NULL,
        response BLOB,
        due_us INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        done_us INTEGER
    ) STRICT
    """,
    "CREATE INDEX IF NOT EXISTS wanted_due ON wanted (due_us) WHERE done_us IS NULL",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampRequest:
    """A seal; `response` is None until the authority gave one."""

    infraction_id: InfractionId
    seal_sha256: Sha256
    response: bytes | None
    attempts: int


class StampQueue:
    """Implements `app.ports.StampRequests` on the file `path`; for any thread."""

    def __init__(self, path: Path, clock: Clock, *, most: int = MOST) -> None:
        """Open the file; AlreadyRunning when another process has it."""
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._database = open_or_begin(path, _SCHEMA)
        self.arrived = threading.Event()
        """Set by each `ask`; whoever stamps clears it."""

    def ask(self, infraction_id: InfractionId, seal_sha256: Sha256) -> None:
        """Note that a stamp is wanted, in place of one for an earlier seal.

        Where that cannot be noted, the log says so and the case stays without one: it
        must not wait for this.
        """
        try:
            if self.count() >= self._most:
                _log.error("no time-stamp is asked for: %d wait already", self._most)
                return
            self._write(
                "INSERT INTO wanted (id, seal, due_us) VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET seal = excluded.seal,"
                " response = NULL, due_us = excluded.due_us, attempts = 0,"
                " done_us = NULL WHERE seal <> excluded.seal",
                (str(infraction_id), seal_sha256, self._now_us()),
            )
        except sqlite3.Error:
            _log.exception("a time-stamp could not be asked for; the case goes on")
            return
        self.arrived.set()

    def due(self, *, answered: bool, limit: int = 20) -> list[StampRequest]:
        """Return what is to be worked on now, with or without a response.

        The longest due comes first.
        """
        rows = self._read(
            "SELECT id, seal, response, attempts FROM wanted"
            " WHERE done_us IS NULL AND (response IS NOT NULL) = ? AND due_us <= ?"
            " ORDER BY due_us, seq LIMIT ?",
            (answered, self._now_us(), limit),
        )
        return [
            StampRequest(
                infraction_id=InfractionId(UUID(row[0])),
                seal_sha256=Sha256(row[1]),
                response=row[2],
                attempts=row[3],
            )
            for row in rows
        ]

    def keep(self, request: StampRequest, response: bytes) -> None:
        """Keep what the authority gave."""
        self._change(request, "response = ?, attempts = 0", (response,))

    def later(self, request: StampRequest, delay: timedelta) -> None:
        """Let it wait, and others go first."""
        due_us = self._now_us() + delay // _MICROSECOND
        self._change(request, "due_us = ?, attempts = attempts + 1", (due_us,))

    def done(self, request: StampRequest) -> None:
        """Note that nothing is left to do for it."""
        self._change(request, "done_us = ?", (self._now_us(),))

    def hand_on_again(self) -> int:
        """Hand on again what is still kept, after a restore; return how many."""
        changed = self._write(
            "UPDATE wanted SET done_us = NULL, due_us = ?, attempts = 0"
            " WHERE done_us IS NOT NULL AND response IS NOT NULL",
            (self._now_us(),),
        )
        self.arrived.set()
        return changed

    def count(self) -> int:
        """Return how many wait."""
        rows = self._read("SELECT count(*) FROM wanted WHERE done_us IS NULL", ())
        return int(rows[0][0])

    def prune(self) -> int:
        """Forget what was done more than a week ago; return how many."""
        oldest_us = self._now_us() - KEPT // _MICROSECOND
        return self._write("DELETE FROM wanted WHERE done_us < ?", (oldest_us,))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._database.close()

    def _now_us(self) -> int:
        return round(self._clock.now().timestamp() * 1_000_000)

    def _change(self, request: StampRequest, what: str, values: Sequence[Any]) -> None:
        # Only of that seal: another one may have been asked for meanwhile.
        self._write(
            f"UPDATE wanted SET {what} WHERE id = ? AND seal = ?",  # noqa: S608
            (*values, str(request.infraction_id), request.seal_sha256),
        )

    def _read(self, sql: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    def _write(self, sql: str, values: Sequence[Any]) -> int:
        with self._lock:
            return self._database.execute(sql, values).rowcount
