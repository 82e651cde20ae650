"""Forgets the plates of vehicles without a case once their days are over.

What stays and what goes is decided by the server (`forget_plate_reads`); here it is
only asked for, a batch at a time, so that no lock is held for long.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db import address
from db.faults import translated

BATCH = 1000
_FORGET = "SELECT * FROM atalaya.forget_plate_reads(%s, %s, %s)"
_WOULD = "SELECT * FROM atalaya.forgettable_plate_reads()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgettable:
    """What a pass would forget now, and what it would keep although it is old.

    `oldest` is when the first of the `reads` to be forgotten was seen.
    """

    keep_days: int
    reads: int
    oldest: datetime | None
    kept_by_watch: int
    kept_by_case: int


def forgettable(dsn: str) -> Forgettable:
    """Look without forgetting anything; `dsn` is a superuser's or an administrator's.

    Reads every old row: with millions it takes a while, but it locks nothing.
    """
    with translated(), _connect(dsn) as connection:
        connection.execute("SET statement_timeout = 0")
        row = connection.execute(_WOULD).fetchone()
    if row is None:
        raise TypeError("an aggregate gives one row")
    days, reads, oldest, kept_by_watch, kept_by_case = row
    return Forgettable(
        keep_days=days,
        reads=reads,
        oldest=oldest,
        kept_by_watch=kept_by_watch,
        kept_by_case=kept_by_case,
    )


class Forgetting:
    """One pass over all that is old, the oldest first."""

    def __init__(self, dsn: str, batch: int = BATCH) -> None:
        """Connect with each step, as superuser or administrator."""
        self._dsn = dsn
        self._batch = batch
        self._after: tuple[Any, Any] = (None, None)
        self.reads = 0
        """Reads forgotten so far."""
        self.plates = 0
        """Plates of which no read was left."""

    def step(self) -> bool:
        """Forget what a batch holds of it; return whether there may be more.

        The last one finds no read and forgets plates that were held before.

        Raises DatabaseUnavailable or StateConflict; then nothing of the batch is
        forgotten, and the next step tries it again.
        """
        with translated(), _connect(self._dsn) as connection:
            row = connection.execute(_FORGET, (*self._after, self._batch)).fetchone()
        if row is None:
            raise TypeError("the function gives one row")
        looked_at, reads, plates, *after = row
        self.reads += reads
        self.plates += plates
        self._after = (after[0], after[1])
        return bool(looked_at > 0)

    def finish(self) -> None:
        """Take all steps that are left."""
        while self.step():
            pass

    def __str__(self) -> str:
        """Say what was done."""
        return f"forgot {self.reads} reads and {self.plates} plates"


def _connect(dsn: str) -> address.Connection:
    return address.connect(address.parse(dsn) | {"application_name": "atalaya keeper"})
