"""Keeps the tables of months in order: made ahead, sorted, taken out by their rules.

What is done and what is kept is decided by the server (`keep_months`); here it is only
asked for, a step at a time, so that no lock is held for long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from db import address
from db.faults import translated

AHEAD = 3
"""Months that are made before they begin."""
_STEP = "SELECT atalaya.keep_months(%s)"
_STUDY = "SELECT atalaya.study_months()"
_MONTHS = """
    SELECT m.part, m.ends, m.rows, r.act, r.why FROM atalaya.months() AS m
    LEFT JOIN atalaya.retirable_months() AS r ON r.part = m.part
    ORDER BY m.table_name, m.ends NULLS LAST
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A part of a table: which rows it holds, and what a pass would do with it.

    `ends` is None for the rest, which holds what no month was made for. `rows` is the
    server's estimate. `act` is `drop` or `archive`; None when it stays, and `why` then
    says for what.
    """

    part: str
    ends: datetime | None
    rows: int
    act: str | None
    why: str


class MonthKeeping:
    """One pass: each step is one month, in a transaction of its own."""

    def __init__(self, dsn: str, ahead: int = AHEAD) -> None:
        """Connect with each step, as superuser or administrator."""
        self._dsn = dsn
        self._ahead = ahead
        self.done: list[str] = []
        """What was done, step by step."""

    def step(self) -> bool:
        """Do one thing; return whether there may be more.

        Raises DatabaseUnavailable when the server is away, or busy for five seconds
        with what must be locked; then nothing of the step is done.
        """
        with translated(), _connect(self._dsn) as connection:
            # Looking through a large table takes its time.
            connection.execute("SET statement_timeout = 0")
            row = connection.execute(_STEP, (self._ahead,)).fetchone()
            said = None if row is None else row[0]
            if said is None:
                connection.execute(_STUDY)
        if said is not None:
            self.done.append(str(said))
        return said is not None

    def finish(self) -> None:
        """Take all steps that are left."""
        while self.step():
            pass

    def __str__(self) -> str:
        """Say what was done."""
        return "; ".join(self.done) or "the months are in order"


def months(dsn: str) -> Iterator[Month]:
    """Yield all parts, and what a pass would do now; `dsn` as for `MonthKeeping`."""
    with translated(), _connect(dsn) as connection:
        connection.execute("SET statement_timeout = 0")
        for part, ends, rows, act, why in connection.execute(_MONTHS).fetchall():
            yield Month(part=part, ends=ends, rows=rows, act=act, why=why or "")


def set_trail_term(dsn: str, days: int | None) -> None:
    """Set aside what is older; None for never. `dsn` is an administrator's.

    NotPermitted for another role or for a term that is none.
    """
    with translated(), _connect(dsn) as connection:
        connection.execute("SELECT atalaya.set_trail_term(%s)", (days,))


def _connect(dsn: str) -> address.Connection:
    return address.connect(address.parse(dsn) | {"application_name": "atalaya keeper"})
