"""Cases, reads and the trail in tables of months, made ahead and taken out."""

from db.migrations.partitioning import PARTS, Plan, divide
from db.migrations.scripts import connection, run_as_owner, run_script

revision = "0013"
down_revision = "0012"

_PLANS = (
    Plan(table="audit", key="at", primary_key=("id", "at")),
    Plan(table="infraction", key="id", primary_key=("id",)),
    Plan(
        table="plate_read",
        key="seen_at",
        primary_key=("id", "seen_at"),
        references={
            "watch_hit_read_id_fkey": (
                "FOREIGN KEY (read_id, read_seen_at)"
                " REFERENCES atalaya.plate_read (id, seen_at)"
            )
        },
    ),
)
_BORDER = """
    SELECT atalaya.border_at(d.by_identity,
        date_trunc('month', now(), 'UTC') + interval '1 month')
    FROM (SELECT %s::boolean AS by_identity) AS d
"""

_SORT = """
    SELECT atalaya.sort_rest(d.table_name,
        (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '4 months')
            AT TIME ZONE 'UTC')
    FROM atalaya.divided_tables() AS d
"""
_MAKE = """
    SELECT atalaya.make_month(d.table_name, m.month, NULL)
    FROM atalaya.divided_tables() AS d
    CROSS JOIN generate_series(1, 3) AS g(ahead)
    CROSS JOIN LATERAL (SELECT (date_trunc('month', now() AT TIME ZONE 'UTC')
        + make_interval(months => g.ahead)) AT TIME ZONE 'UTC' AS month) AS m
    WHERE to_regclass(format('atalaya_months.%I',
        atalaya.part_name(d.table_name, m.month))) IS NULL
"""


def upgrade() -> None:
    """Expand only: releases before ask the same names for the same columns."""
    run_script("0013/schemas.sql")
    with run_as_owner():
        for name in ("tables", "functions", "months"):
            run_script(f"0013/{name}.sql")
    raw = connection()
    raw.execute("SET LOCAL search_path = pg_catalog")
    raw.execute("SET LOCAL check_function_bodies = off")
    # Triggers of this very transaction may wait for its end; no table may change then.
    raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
    raw.execute("SET LOCAL timezone = 'UTC'")
    for plan in _PLANS:
        row = raw.execute(_BORDER.encode(), (plan.key == "id",)).fetchone()
        if row is None:
            raise TypeError("a query of one row gave none")
        divide(raw, plan, str(row[0]))
        for part in ("first", "rest"):
            raw.execute(
                "SELECT atalaya.guard_part(%s, %s)",
                (plan.table, f"{plan.table}_{part}"),
            )
    raw.execute(f"ALTER SCHEMA {PARTS} OWNER TO atalaya_owner".encode())
    with run_as_owner():
        for name in ("searching", "retiring", "rights"):
            run_script(f"0013/{name}.sql")
        _make_first_months()


def _make_first_months() -> None:
    # Without an entry in the trail: the tables are new, and nobody acts. What a wrong
    # clock dated into one of these months is in the rest by now, and would bar it.
    raw = connection()
    raw.execute(_SORT.encode())
    raw.execute(_MAKE.encode())
    raw.execute(b"SELECT atalaya.study_months()")
    raw.execute(b"ANALYZE atalaya.plate")
