"""What a plate search takes, from the person's side: question, trace and first page.

Run: python -m tests.bench.plate_search [--rows N] [--plates N] [--repeats N] [--json F]

A throwaway embedded server with its usual settings is filled with N reads of fewer
distinct plates: some pass often, most seldom. Each figure is the wall time of
`PlateRegister.search` with a page of 100, which is two transactions with an audit entry
each, over a connection that is open already. On Linux the mean CPU time of the server's
process is told beside it, which another load on the computer does not change.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg

from app.domain.ids import CameraId, EngineId, new_uuid
from app.domain.plate_search import PlateQuery
from app.ports import PlateRegister
from db.address import Connection
from db.embedded import EmbeddedServer
from db.engine_gateway import EngineGateway
from db.provision import DEMO_PEOPLE, ENGINE_LOGIN, provision
from db.server import PostgresServer
from tests.builders.plates import REASON, sighting
from tests.builders.site import camera

GOAL_MS = 50.0
_CAMERAS = 12
_INDEXES = ("plate_near", "plate_pairs", "plate_reversed", "plate_read_plate")
_MOMENTS = """
    SET session_replication_role = replica;
    SET maintenance_work_mem = '512MB';
    SET statement_timeout = 0;
    SET lock_timeout = 0;
    SELECT setseed(0.42)
"""
# The usual form, LAA-NNN, each text once.
_PLATES = """
    INSERT INTO atalaya.plate (text)
    SELECT DISTINCT substr('ABCDFMPTVXZ', 1 + (random() * 10)::int, 1)
        || substr(s.signs, 1 + (random() * 35)::int, 1)
        || substr(s.signs, 1 + (random() * 35)::int, 1)
        || lpad((random() * 999)::int::text, 3, '0')
    FROM generate_series(1, %s), (VALUES ('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'))
        AS s(signs)
"""
# The square makes few plates frequent: those of who drives past every day.
_READS = """
    INSERT INTO atalaya.plate_read (id, plate_id, published, confidence, read_count,
        camera_id, engine_id, track_id, vehicle_class, seen_at)
    SELECT ('01980000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        p.first + floor(random() * random() * p.count)::bigint, true, 0.9, 3,
        c.ids[1 + (n %% cardinality(c.ids))], gen_random_uuid(), n, 'car',
        timestamptz '2026-01-01' + n::double precision / %s * interval '365 days'
    FROM generate_series(1, %s) AS n,
        (SELECT min(id) AS first, count(*) AS count FROM atalaya.plate) AS p,
        (SELECT array_agg(id) AS ids FROM atalaya.camera) AS c
"""


def fill(connection: Connection, reads: int, plates: int) -> None:
    """Put plates and reads into the tables; the indexes are made afterwards."""
    for statement in _MOMENTS.split(";"):
        connection.execute(statement.encode())
    made = [_definition(connection, index) for index in _INDEXES]
    for index in _INDEXES:
        connection.execute(f"DROP INDEX atalaya.{index}".encode())
    _timed("plates", lambda: connection.execute(_PLATES, (plates,)))
    _timed("reads", lambda: connection.execute(_READS, (reads, reads)))
    for index, definition in zip(_INDEXES, made, strict=True):
        _timed(index, partial(connection.execute, definition.encode()))
    _timed("vacuum", lambda: connection.execute("VACUUM (ANALYZE)"))
    connection.execute("CHECKPOINT")


def _definition(connection: Connection, index: str) -> str:
    row = connection.execute(
        "SELECT pg_get_indexdef(%s::regclass)", (f"atalaya.{index}",)
    )
    # Of all months, not of the whole alone.
    return str(row.fetchone()[0]).replace(" ON ONLY ", " ON ")  # type: ignore[index]


def _timed(name: str, act: Callable[[], object]) -> None:
    began = time.perf_counter()
    act()
    print(f"  {name}: {time.perf_counter() - began:.1f} s", flush=True)


def questions(texts: Sequence[str]) -> dict[str, list[PlateQuery]]:
    """Return what is asked about some plates that are there, by kind."""

    def ask(pattern: str, *, alike: bool = False) -> PlateQuery:
        return PlateQuery(pattern=pattern, look_alikes=alike, reason=REASON)

    return {
        "exact": [ask(t) for t in texts],
        "start known: ABC*": [ask(f"{t[:3]}*") for t in texts],
        "end known: *123": [ask(f"*{t[3:]}") for t in texts],
        "middle known: ?BC1*": [ask(f"?{t[1:4]}*") for t in texts],
        "apart: A*1*3": [ask(f"{t[0]}*{t[3]}*{t[5]}") for t in texts],
        "look-alikes": [ask(t, alike=True) for t in texts],
        "part of it: ABC12": [ask(t[:5], alike=True) for t in texts],
    }


def cpu_ms(connection: Connection, login: str) -> float:
    """Return the CPU time of a login's server processes, in ms; 0 where unknown."""
    rows = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE usename = %s", (login,)
    )
    files = [Path("/proc", str(row[0]), "schedstat") for row in rows]
    return sum(int(f.read_text().split()[0]) for f in files if f.exists()) / 1e6


def measure(
    register: PlateRegister, asked: Sequence[PlateQuery], cpu: Callable[[], float]
) -> dict[str, float]:
    """Return median and 95th percentile in ms, and the median number of hits."""
    times_ms, hits = [], []
    cpu_before_ms = cpu()
    for query in asked:
        began = time.perf_counter()
        try:
            found = len(register.search(query).hits)
        except Exception as error:  # noqa: BLE001 - a refusal is an answer too
            print(f"  {query.pattern}: {error}")
            continue
        times_ms.append((time.perf_counter() - began) * 1e3)
        hits.append(found)
    cuts = statistics.quantiles(times_ms, n=20)
    return {
        "cpu_ms": round((cpu() - cpu_before_ms) / len(asked), 2),
        "median_ms": round(statistics.median(times_ms), 2),
        "p95_ms": round(cuts[-1], 2),
        "hits": statistics.median(hits),
        "answered": len(times_ms),
    }


def measure_adding(gateway: EngineGateway, camera_id: CameraId) -> dict[str, float]:
    """Return what a batch of 100 new plates takes an engine, in ms."""
    sink, chance = gateway.plate_sink(EngineId(new_uuid())), random.Random(7)  # noqa: S311
    times_ms = []
    for _ in range(20):
        texts = [f"Q{chance.randrange(10**6):06d}" for _ in range(100)]
        batch = [sighting(camera_id, text, n) for n, text in enumerate(texts)]
        began = time.perf_counter()
        sink.add(batch)
        times_ms.append((time.perf_counter() - began) * 1e3)
    cuts = statistics.quantiles(times_ms, n=20)
    return {
        "median_ms": round(statistics.median(times_ms), 1),
        "p95_ms": round(cuts[-1], 1),
    }


def run(folder: Path, reads: int, plates: int, repeats: int) -> dict[str, object]:
    """Fill a server in `folder`, ask it, and return the figures."""
    server = EmbeddedServer.start(folder)
    try:
        people = [replace(p, password=f"{p.login}-opens-sesame") for p in DEMO_PEOPLE]
        provision(server.superuser_dsn, people, engine_password="engine-sesame")
        return _measured(server, reads, plates, repeats)
    finally:
        server.stop()


def _measured(
    server: EmbeddedServer, reads: int, plates: int, repeats: int
) -> dict[str, object]:
    site = PostgresServer(server.address).login(
        DEMO_PEOPLE[2].login, "teo-opens-sesame"
    )
    cameras = [camera(f"Camera {n}") for n in range(_CAMERAS)]
    for each in cameras:
        site.site.save_camera(each)
    site.close()
    with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
        fill(connection, reads, plates)
        rows = connection.execute(
            "SELECT text FROM atalaya.plate TABLESAMPLE bernoulli (%s) REPEATABLE (1)"
            " ORDER BY random() LIMIT %s",
            (min(100.0, 4000.0 * repeats / plates), repeats),
        )
        texts = [str(row[0]) for row in rows]
        sizes = _sizes(connection)
        figures = _asked(server, connection, texts)
    figures["100 new plates, added"] = _added(server, cameras[0].id)
    return {"reads": reads, "sizes": sizes, "figures": figures}


def _asked(
    server: EmbeddedServer, connection: Connection, texts: Sequence[str]
) -> dict[str, dict[str, float]]:
    login = DEMO_PEOPLE[0].login
    session = PostgresServer(server.address).login(login, "ana-opens-sesame")
    cpu = partial(cpu_ms, connection, login)
    try:
        asked = questions(texts)
        measure(session.plates, asked["exact"][:10], cpu)
        return {kind: measure(session.plates, asked[kind], cpu) for kind in asked}
    finally:
        session.close()


def _added(server: EmbeddedServer, camera_id: CameraId) -> dict[str, float]:
    gateway = EngineGateway(server.dsn(ENGINE_LOGIN, "engine-sesame"))
    try:
        return measure_adding(gateway, camera_id)
    finally:
        gateway.close()


def _sizes(connection: Connection) -> dict[str, object]:
    row = connection.execute(
        "SELECT (SELECT count(*) FROM atalaya.plate),"
        " pg_total_relation_size('atalaya.plate') >> 20,"
        " pg_relation_size('atalaya.plate_near') >> 20,"
        " pg_relation_size('atalaya.plate_pairs') >> 20,"
        " (SELECT sum(pg_total_relation_size(relid))::bigint >> 20"
        " FROM pg_partition_tree('atalaya.plate_read'))"
    ).fetchone()
    names = ("plates", "plate_mb", "plate_near_mb", "plate_pairs_mb", "plate_read_mb")
    return dict(zip(names, row or (), strict=True))


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description="What a plate search takes.")
    options.add_argument("--rows", type=int, default=200_000, metavar="N")
    options.add_argument("--plates", type=int, default=0, metavar="N")
    options.add_argument("--repeats", type=int, default=100, metavar="N")
    options.add_argument("--json", type=Path, metavar="FILE")
    chosen = options.parse_args()
    plates = chosen.plates or max(1, chosen.rows // 5)
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as folder:
        result = run(Path(folder), chosen.rows, plates, chosen.repeats)
    print(json.dumps(result["sizes"]))
    figures = result["figures"]
    if isinstance(figures, dict):
        for kind, figure in figures.items():
            print(f"{kind:24} {figure}")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
