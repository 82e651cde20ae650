"""What a page of cases and its count take with many cases, from the person's side.

Run: python -m tests.bench.case_pages [--rows N] [--months N] [--repeats N]
     [--folder DIR] [--json FILE]

A throwaway embedded server with its usual settings is filled with N cases of the last
months: one in fifty waits, the others are decided. Each figure is the wall time of a
call of `CaseStore` by an operator over a connection that is open already. With
`--folder` the server stays there and is asked again without being filled anew.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from app.domain.case_query import CaseQuery
from app.domain.errors import EnvironmentFault
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, InfractionId, Sha256, new_uuid
from app.domain.infraction import InfractionKind, InfractionState
from db.address import Connection
from db.document import canonical_document
from db.embedded import EmbeddedServer
from db.provision import DEMO_PEOPLE, provision
from db.server import PostgresServer, PostgresSession
from tests.builders.infractions import speeding
from tests.builders.site import installed_camera

GOAL_MS = 50.0
_CAMERAS = 12
_PAGE = 100
_END = datetime(2026, 12, 1, tzinfo=UTC)
_FAST = """
    SET session_replication_role = replica;
    SET maintenance_work_mem = '512MB';
    SET synchronous_commit = off;
    SET statement_timeout = 0;
    SET lock_timeout = 0
"""
# Identities as engines make them: UUIDv7 of the moment. Two of a hundred wait.
_CASES = """
    INSERT INTO atalaya.infraction (id, kind, camera_id, configuration_id, engine_id,
        track_id, occurred_at, time_bucket, vehicle_class, plate_text, plate_confidence,
        speed_kmh, limit_kmh, document, document_sha256, recorded_at, state,
        plate_in_force)
    SELECT g.id, 'speeding', g.camera_id, g.configuration_id,
        '01980000-0000-7000-8000-00000000000c', g.n, g.at,
        floor(extract(epoch FROM g.at)),
        'car', g.plate, 0.93, 83.4, 60,
        %(like)s::jsonb || jsonb_build_object('id', g.id, 'track_id', g.n,
            'camera_id', g.camera_id, 'occurred', %(like)s::jsonb -> 'occurred'
                || jsonb_build_object('wall', to_char(g.at AT TIME ZONE 'UTC',
                    'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))),
        repeat('ab', 32), g.at + interval '2 s', g.state, g.plate
    FROM (
        SELECT s.n, s.at, c.id AS camera_id, c.configuration_id,
            (lpad(to_hex(floor(extract(epoch FROM s.at) * 1000)::bigint), 12, '0')
                || '7' || lpad(to_hex(s.n %% 4096), 3, '0') || '8'
                || lpad(to_hex(s.n), 15, '0'))::uuid AS id,
            CASE WHEN s.n %% 50 = 0 THEN 'pending' WHEN s.n %% 10 < 3 THEN 'rejected'
                WHEN s.n %% 10 = 3 THEN 'confirmed' ELSE 'notified' END AS state,
            chr(65 + (s.n %% 23)::int) || chr(65 + (s.n / 7 %% 26)::int)
                || chr(65 + (s.n / 11 %% 26)::int)
                || lpad((s.n * 7919 %% 1000)::text, 3, '0') AS plate
        FROM (
            SELECT n, date_trunc('milliseconds', %(end)s::timestamptz
                - %(span)s::interval * (1 - n::double precision / %(rows)s))
                + interval '1 us' AS at
            FROM generate_series(%(first)s::bigint, %(last)s) AS n
        ) AS s JOIN (
            SELECT v.camera_id AS id, v.id AS configuration_id,
                row_number() OVER () - 1 AS place
            FROM atalaya.camera_configuration AS v
        ) AS c ON c.place = s.n %% %(cameras)s
    ) AS g
"""
_REST = (
    """INSERT INTO atalaya.review (id, infraction_id, reviewer, verdict, reason,
        comment, plate_text, decided_at)
    SELECT gen_random_uuid(), id, 'ana',
        CASE state WHEN 'rejected' THEN 'reject' ELSE 'confirm' END,
        CASE state WHEN 'rejected' THEN 'plate_unreadable' END, '', plate_text,
        recorded_at + interval '1 hour'
    FROM atalaya.infraction WHERE state <> 'pending'""",
    """INSERT INTO atalaya.notice (infraction_id, number, issued_by, issued_at)
    SELECT id, 'PE-' || track_id, 'ana', recorded_at + interval '1 day'
    FROM atalaya.infraction WHERE state = 'notified'""",
    """INSERT INTO atalaya.evidence (id, infraction_id, kind, sha256, media_type,
        size_bytes, captured_at)
    SELECT gen_random_uuid(), id, 'clip', md5(id::text) || md5(track_id::text),
        'video/mp4', 1000000, occurred_at
    FROM atalaya.infraction""",
)
# As if the months had been made all along, instead of one first part for all of them.
_MONTHS = """
    DO $$
    DECLARE
        v_begin timestamp := date_trunc('month', timestamp '{end}'
            - interval '{months} months');
        v_end timestamp := (atalaya.months_begin('infraction') AT TIME ZONE 'UTC')
            - interval '1 month';
    BEGIN
        SET LOCAL ROLE atalaya_owner;
        ALTER TABLE atalaya.infraction DETACH PARTITION atalaya_months.infraction_first;
        EXECUTE format('ALTER TABLE atalaya.infraction
            ATTACH PARTITION atalaya_months.infraction_first
            FOR VALUES FROM (MINVALUE) TO (%L)',
            atalaya.border_at(true, v_begin AT TIME ZONE 'UTC'));
        PERFORM atalaya.make_month('infraction', m AT TIME ZONE 'UTC', NULL)
            FROM generate_series(v_begin, v_end, interval '1 month') AS m;
    END
    $$
"""
_BATCH = 500_000


def fill(connection: Connection, rows: int, months: int, like: str) -> None:
    """Put cases with their reviews, notices and one file each into the tables."""
    for statement in _FAST.split(";"):
        connection.execute(statement.encode())
    whole = _MONTHS.format(end=f"{_END:%Y-%m-%d}", months=months)
    connection.execute(whole.encode())
    values = {
        "like": like,
        "end": _END,
        "span": timedelta(days=30.4 * months),
        "rows": rows,
        "cameras": _CAMERAS,
    }
    with _without_indexes(connection):
        for first in range(1, rows + 1, _BATCH):
            part = {"first": first, "last": min(first + _BATCH - 1, rows)}
            connection.execute(_CASES.encode(), values | part)
        print(f"  cases at {time.strftime('%H:%M:%S')}", flush=True)
    for statement in _REST:
        connection.execute(statement.encode())
        print(f"  {statement.split()[2]} at {time.strftime('%H:%M:%S')}", flush=True)
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Take the indexes of the cases away and make them again at the end."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text,"
        " replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index"
        " WHERE indrelid = 'atalaya.infraction'::regclass AND NOT indisunique"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}".encode())
    yield
    for name, definition in found:
        connection.execute(definition.encode())
        print(f"  {name} at {time.strftime('%H:%M:%S')}", flush=True)


Ask = Callable[[PostgresSession], object]


def questions(plates: list[str], middle: InfractionId) -> dict[str, Ask]:
    """Return what the windows ask, by name."""
    pending = (InfractionState.PENDING,)
    rejected = (InfractionState.REJECTED,)
    chance = random.Random(3)  # noqa: S311

    def cases(after: InfractionId | None = None, **asked: Any) -> Ask:
        wanted = CaseQuery(**asked)
        return lambda one: one.case_store.cases(wanted, after=after, limit=_PAGE)

    return {
        "queue: those that wait": cases(states=pending),
        "its count": lambda one: one.case_store.count(CaseQuery(states=pending)),
        "the count of all": lambda one: one.case_store.count(),
        "the count of a day": lambda one: one.case_store.count(
            CaseQuery(
                since=_END - timedelta(days=31), until=_END - timedelta(days=30.5)
            )
        ),
        "queue, the oldest first": cases(states=pending, oldest_first=True),
        "history: all": cases(),
        "history: rejected": cases(states=rejected),
        "history: after one in the middle": cases(after=middle),
        "rejected, after one in the middle": cases(states=rejected, after=middle),
        "a week a year ago": cases(
            since=_END - timedelta(days=372), until=_END - timedelta(days=365)
        ),
        "red light, of which there is none": cases(kinds=(InfractionKind.RED_LIGHT,)),
        "a whole plate": lambda one: one.case_store.cases(
            CaseQuery(plate=chance.choice(plates)), limit=_PAGE
        ),
        "part of a plate": lambda one: one.case_store.cases(
            CaseQuery(plate=chance.choice(plates)[1:5]), limit=_PAGE
        ),
        "no such plate": cases(plate="0000"),
        "figures of a day": lambda one: one.case_store.summary(
            _END - timedelta(days=31), _END - timedelta(days=30)
        ),
        "figures of a month": lambda one: one.case_store.summary(
            _END - timedelta(days=60), _END - timedelta(days=30)
        ),
    }


def measure(session: PostgresSession, ask: Ask, repeats: int) -> dict[str, float]:
    """Return median and 95th percentile in ms; slow ones are asked less often."""
    times_ms: list[float] = []
    while len(times_ms) < repeats and (len(times_ms) < 3 or sum(times_ms) < 10_000):
        began = time.perf_counter()
        try:
            ask(session)
        except EnvironmentFault as fault:
            print(f"  {fault}")
            return {}
        times_ms.append((time.perf_counter() - began) * 1e3)
    cuts = statistics.quantiles(times_ms, n=20)
    return {
        "median_ms": round(statistics.median(times_ms), 2),
        "p95_ms": round(cuts[-1], 2),
        "asked": len(times_ms),
    }


def run(folder: Path, rows: int, months: int, repeats: int) -> dict[str, object]:
    """Fill a server in `folder` if it is empty, ask it, and return the figures."""
    server = EmbeddedServer.start(folder)
    try:
        people = [replace(p, password=f"{p.login}-opens-sesame") for p in DEMO_PEOPLE]
        provision(server.superuser_dsn, people)
        with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
            if _one(connection, "SELECT NOT EXISTS (SELECT FROM atalaya.infraction)"):
                fill(connection, rows, months, _like(server))
            return _asked(server, connection, repeats)
    finally:
        server.stop()


def _like(server: EmbeddedServer) -> str:
    teo = DEMO_PEOPLE[2].login
    site = PostgresServer(server.address).login(teo, "teo-opens-sesame")
    for _ in range(_CAMERAS):
        installed_camera(site.site)
    site.close()
    items = tuple(
        EvidenceItem(
            id=EvidenceId(new_uuid()),
            kind=kind,
            sha256=Sha256("ab" * 32),
            media_type="image/jpeg",
            size_bytes=123_456,
            captured_at=_END,
        )
        for kind in (EvidenceKind.STILL_DECISIVE, EvidenceKind.CLIP)
    )
    return canonical_document(speeding(evidence=items))


def _one(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _asked(
    server: EmbeddedServer, connection: Connection, repeats: int
) -> dict[str, object]:
    middle = _one(
        connection,
        "SELECT id FROM atalaya.infraction WHERE occurred_at > '2026-01-01'"
        " ORDER BY occurred_at, id LIMIT 1",
    )
    plates = [
        str(row[0])
        for row in connection.execute(
            "SELECT plate_in_force FROM atalaya.infraction"
            " TABLESAMPLE system (1) WHERE plate_in_force IS NOT NULL LIMIT 200"
        )
    ]
    size = _one(connection, "SELECT pg_size_pretty(pg_database_size('atalaya'))")
    figures: dict[str, object] = {"size": size}
    ana = DEMO_PEOPLE[0].login
    session = PostgresServer(server.address).login(ana, "ana-opens-sesame")
    try:
        for name, ask in questions(plates, InfractionId(middle)).items():
            figures[name] = measure(session, ask, repeats)
            print(f"{name:36} {figures[name]}", flush=True)
    finally:
        session.close()
    return figures


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description="What a page of cases takes.")
    options.add_argument("--rows", type=int, default=200_000, metavar="N")
    options.add_argument("--months", type=int, default=24, metavar="N")
    options.add_argument("--repeats", type=int, default=60, metavar="N")
    options.add_argument("--folder", type=Path, metavar="DIR")
    options.add_argument("--json", type=Path, metavar="FILE")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as folder:
        place = chosen.folder or Path(folder)
        result = run(place, chosen.rows, chosen.months, chosen.repeats)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
