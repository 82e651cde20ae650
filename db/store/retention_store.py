"""The terms of cases as an administrator sees and changes them."""

from datetime import datetime

from sqlalchemy import Engine, text

from app.domain.infraction import InfractionKind, InfractionState
from app.domain.retention import DueTotal, RetentionRule
from db.faults import translated

_RULES = text(
    "SELECT kind, state, keep_days, changed_at FROM atalaya.case_retention"
    " ORDER BY kind, state"
)
_SET = text("SELECT atalaya.set_case_retention(:kind, :state, :days)")
_DUE = text("""
    SELECT kind, state, count(*) AS cases, count(*) FILTER (WHERE held) AS held,
        coalesce(sum(objects) FILTER (WHERE NOT held), 0) AS files,
        coalesce(sum(size_bytes) FILTER (WHERE NOT held), 0) AS size_bytes
    FROM atalaya.overdue_cases(:on, NULL, NULL)
    GROUP BY kind, state ORDER BY kind, state
""")
# A large backlog is counted longer than what a window asks for otherwise.
_PATIENCE = text("SET LOCAL statement_timeout = '60s'")


class PostgresRetention:
    """`app.ports.Retention` on the functions of the server."""

    def __init__(self, engine: Engine) -> None:
        """Use the connections of one person."""
        self._engine = engine

    def rules(self) -> list[RetentionRule]:
        """Return the term of each type and state."""
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(_RULES).all()
        return [
            RetentionRule(
                kind=InfractionKind(row.kind),
                state=InfractionState(row.state),
                keep_days=row.keep_days,
                changed_at=row.changed_at,
            )
            for row in rows
        ]

    def set_days(self, kind: InfractionKind, state: InfractionState, days: int) -> None:
        """Change a term; what was begun with the term before ends with it."""
        given = {"kind": kind.value, "state": state.value, "days": days}
        with translated(), self._engine.begin() as connection:
            connection.execute(_SET, given)

    def due(self, on: datetime) -> list[DueTotal]:
        """Count what is over its term at the moment `on`."""
        with translated(), self._engine.begin() as connection:
            connection.execute(_PATIENCE)
            rows = connection.execute(_DUE, {"on": on}).all()
        return [
            DueTotal(
                kind=InfractionKind(row.kind),
                state=InfractionState(row.state),
                case_count=row.cases,
                held_count=row.held,
                file_count=int(row.files),
                size_bytes=int(row.size_bytes),
            )
            for row in rows
        ]
