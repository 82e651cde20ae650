"""What the engine found and PostgreSQL does not have yet; it survives any crash.

`Spool` keeps infractions on this disk, `Forwarder` hands them to the sink. Each arrives
exactly once: it is marked only after the sink has it, and the sink ignores repeats.
Forwarded rows stay a week, to be forwarded again after a failover or a restore.
"""

import json
import logging
import random
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.clock import Clock
from app.domain.errors import DatabaseUnavailable, StorageFull
from app.domain.ids import InfractionId
from app.domain.infraction import Infraction
from app.domain.pulse import Pulse
from app.domain.trace import tracing
from app.domain.units import ns_from_seconds
from app.evidence.ballast import Ballast
from app.evidence.codec import infraction_from_json, infraction_to_json
from app.evidence.sqlite_file import open_or_begin
from app.ports import InfractionSink

_log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
_BALLAST_BYTES = 16 << 20
_BATCH = 50
_LONGEST_REASON = 300
_PRUNE_EVERY_NS = ns_from_seconds(3600)
_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS spooled (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        spooled_us INTEGER NOT NULL,
        forwarded_us INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE INDEX IF NOT EXISTS spooled_pending
        ON spooled (attempts, seq) WHERE forwarded_us IS NULL
    """,
    # Beside the queue, which the release before knows as it is.
    """
    CREATE TABLE IF NOT EXISTS refusal (
        id TEXT PRIMARY KEY, why TEXT NOT NULL, refused_us INTEGER NOT NULL
    ) STRICT
    """,
    # Another version of the program may read what the last one could not.
    "UPDATE spooled SET attempts = 0 WHERE attempts = -1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A finding that others go ahead of: refused `attempts` times, or not readable.

    Moments are in UTC; `refused` and `why` are of the last time, None and empty where
    the release before refused it, which noted neither.
    """

    id: str
    spooled: datetime
    attempts: int
    refused: datetime | None
    why: str


class Spool:
    """A durable queue at `path`; any thread may call it.

    Raises AlreadyRunning when another process has it open. A file that is damaged is
    set aside under another name, and a new one begun.
    """

    def __init__(
        self, path: Path, clock: Clock, *, ballast_bytes: int = _BALLAST_BYTES
    ) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._ballast = Ballast(path.with_suffix(".ballast"), ballast_bytes)
        self._database = open_or_begin(path, _SCHEMA)
        self.arrived = threading.Event()
        """Set by each `add`; whoever forwards clears it."""
        if not self._ballast.take():
            _log.warning("no room for the spool's ballast beside %s", path)

    def add(self, infraction: Infraction) -> None:
        """Keep an infraction; when this returns it survives a power cut.

        The same one again changes nothing. Raises StorageFull when even the ballast
        did not make room.
        """
        body = json.dumps(infraction_to_json(infraction), separators=(",", ":"))
        self._write(
            "INSERT INTO spooled (id, body, spooled_us) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO NOTHING",
            (str(infraction.id), body, self._now_us()),
        )
        _log.info("spooled")
        self.arrived.set()

    def pending(self, limit: int = _BATCH) -> list[Infraction]:
        """Return what is to be forwarded, oldest first, the refused ones last."""
        rows = self._read(
            "SELECT id, body FROM spooled WHERE forwarded_us IS NULL"
            " AND attempts >= 0 ORDER BY attempts, seq LIMIT ?",
            (limit,),
        )
        found = [self._restored(*row) for row in rows]
        return [infraction for infraction in found if infraction is not None]

    def mark_forwarded(self, infraction_id: InfractionId) -> None:
        """Note that the sink has it."""
        self._write(
            "UPDATE spooled SET forwarded_us = ? WHERE id = ?",
            (self._now_us(), str(infraction_id)),
        )

    def defer(self, infraction_id: InfractionId, why: str = "") -> None:
        """Let all others go first: the sink refused this one."""
        self._note(str(infraction_id), why)
        self._write(
            "UPDATE spooled SET attempts = attempts + 1 WHERE id = ?",
            (str(infraction_id),),
        )

    def set_aside(self) -> list[SetAside]:
        """Return what was refused or cannot be read, and waits; the oldest first."""
        rows = self._read(
            "SELECT s.id, s.spooled_us, s.attempts, r.refused_us, r.why"
            " FROM spooled AS s LEFT JOIN refusal AS r ON r.id = s.id"
            " WHERE s.forwarded_us IS NULL AND (s.attempts <> 0 OR r.id IS NOT NULL)"
            " ORDER BY s.seq",
            (),
        )
        return [
            SetAside(
                id=key,
                spooled=_moment(spooled_us),
                attempts=attempts,
                refused=None if refused_us is None else _moment(refused_us),
                why=why or "",
            )
            for key, spooled_us, attempts, refused_us, why in rows
        ]

    def retry(self) -> int:
        """Let what was set aside be tried in its old turn; return how many."""
        with self._lock:
            number = len(self.set_aside())
            # The reason first: one that is refused meanwhile is listed all the same.
            self._write("DELETE FROM refusal", ())
            self._write(
                "UPDATE spooled SET attempts = 0 WHERE forwarded_us IS NULL", ()
            )
        self.arrived.set()
        return number

    def forward_again(self) -> int:
        """Put all that is still kept back in the queue; return how many were.

        For after a failover or a restore, when the sink may have lost some.
        """
        changed = self._write(
            "UPDATE spooled SET forwarded_us = NULL, attempts = 0"
            " WHERE forwarded_us IS NOT NULL",
            (),
        )
        self.arrived.set()
        return changed

    def count(self) -> int:
        """Return how many wait to be forwarded."""
        rows = self._read("SELECT count(*) FROM spooled WHERE forwarded_us IS NULL", ())
        return int(rows[0][0])

    def prune(self) -> int:
        """Forget what was forwarded more than a week ago; return how many."""
        oldest_us = self._now_us() - KEPT // timedelta(microseconds=1)
        forgotten = self._write(
            "DELETE FROM spooled WHERE forwarded_us < ?", (oldest_us,)
        )
        self._write(
            "DELETE FROM refusal WHERE id NOT IN"
            " (SELECT id FROM spooled WHERE forwarded_us IS NULL)",
            (),
        )
        self._ballast.take()
        return forgotten

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._database.close()

    def _now_us(self) -> int:
        return round(self._clock.now().timestamp() * 1_000_000)

    def _restored(self, row_id: str, body: str) -> Infraction | None:
        try:
            return infraction_from_json(json.loads(body))
        except ValueError as error:
            _log.exception("spooled infraction %s cannot be read; it is kept", row_id)
            self._note(row_id, f"it cannot be read: {_brief(error)}")
            self._write("UPDATE spooled SET attempts = -1 WHERE id = ?", (row_id,))
            return None

    def _note(self, row_id: str, why: str) -> None:
        self._write(
            "INSERT OR REPLACE INTO refusal (id, why, refused_us) VALUES (?, ?, ?)",
            (row_id, why, self._now_us()),
        )

    def _read(self, sql: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    def _write(self, sql: str, values: Sequence[Any]) -> int:
        """Run one statement durably; on a full disk give up the ballast and retry."""
        with self._lock:
            try:
                return self._database.execute(sql, values).rowcount
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                    raise
            if self._ballast.release():
                _log.error("the disk is full; the spool lives on its ballast")
            return self._last_try(sql, values)

    def _last_try(self, sql: str, values: Sequence[Any]) -> int:
        try:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return self._database.execute(sql, values).rowcount
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise StorageFull(
                "The disk of the engine's spool is full and infractions cannot be "
                "kept. Free space on that disk."
            ) from error


class Forwarder:
    """A thread that hands the spool to the sink, and waits while that is away.

    It tries again after `first_delay_s`, twice as long each time up to
    `longest_delay_s`, spread at random so that engines do not come back in step.
    `probe`, if given, is called when there is nothing to forward, and raises
    DatabaseUnavailable when the sink is away.
    """

    def __init__(
        self,
        spool: Spool,
        sink: InfractionSink,
        clock: Clock,
        *,
        probe: Callable[[], None] | None = None,
        first_delay_s: float = 0.5,
        longest_delay_s: float = 10.0,
        idle_s: float = 5.0,
        pulse: Pulse | None = None,
    ) -> None:
        self._pulse = pulse or Pulse(clock)
        self._spool = spool
        self._sink = sink
        self._clock = clock
        self._probe = probe
        self._delays_s = (first_delay_s, longest_delay_s)
        self._idle_s = idle_s
        self._online = False
        self._failures = 0
        self._pruned_ns: int | None = None
        self._jitter = random.Random()  # noqa: S311
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)

    @property
    def online(self) -> bool:
        """Whether the sink took, or answered, the last time it was asked."""
        return self._online

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Finish the infraction in hand, no more, and end the thread."""
        self._stopping.set()
        self._spool.arrived.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._spool.arrived.clear()
            try:
                with self._pulse.working():
                    delay_s = self._step()
            except Exception:  # noqa: BLE001 - one bug must not stop the others
                _log.exception("forwarding failed; it goes on")
                delay_s = self._back_off_s()
            self._pause(delay_s)

    def _pause(self, delay_s: float) -> None:
        """Wait; a new infraction ends the wait only while the sink answers."""
        if self._online and not self._stopping.is_set():
            self._spool.arrived.wait(delay_s)
        else:
            self._stopping.wait(delay_s)

    def _step(self) -> float:
        """Forward one batch; return how long to wait before the next, in seconds."""
        batch = self._spool.pending(_BATCH)
        try:
            forwarded = sum(self._forward(infraction) for infraction in batch)
            if not batch:
                self._idle()
        except DatabaseUnavailable as error:
            if self._online or not self._failures:
                _log.warning("infractions wait in the spool: %s", error)
            self._online = False
            return self._back_off_s()
        if batch and not forwarded:
            return self._back_off_s()
        self._failures = 0
        return 0.0 if batch else self._idle_s

    def _forward(self, infraction: Infraction) -> bool:
        if self._stopping.is_set():
            return False
        identity, camera = str(infraction.id), str(infraction.camera_id)
        with tracing(identity, camera=camera):
            return self._hand_on(infraction)

    def _hand_on(self, infraction: Infraction) -> bool:
        try:
            self._sink.add(infraction)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one bug must not stop the others
            _log.exception("infraction %s was refused; kept", infraction.id)
            self._spool.defer(infraction.id, _brief(error))
            return False
        self._online = True
        self._pulse.beat()
        self._spool.mark_forwarded(infraction.id)
        _log.info("forwarded: its row is in the database")
        return True

    def _idle(self) -> None:
        if self._probe is not None:
            self._probe()
            self._online = True
        now_ns = self._clock.monotonic_ns()
        if self._pruned_ns is None or now_ns - self._pruned_ns > _PRUNE_EVERY_NS:
            self._pruned_ns = now_ns
            self._spool.prune()

    def _back_off_s(self) -> float:
        first_s, longest_s = self._delays_s
        delay_s = min(first_s * 2.0 ** min(self._failures, 16), longest_s)
        self._failures += 1
        return delay_s * self._jitter.uniform(0.8, 1.0)


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC)


def _brief(error: BaseException) -> str:
    """Return what kind of error it was and its first line, on one line."""
    said = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {said}"[:_LONGEST_REASON]
