"""What the rights in the server cost: pages and counts by site, and decisions.

Run: python -m tests.bench.cases [--rows N] [--repeats N] [--decisions N] [--plans]
     [--json FILE]

A throwaway embedded server with its usual settings is filled with N cases of four
sites. A page is the keys of the newest 100 pending cases, a count is of all that are
pending: each is asked in turns with the policies and without, in which case the
superuser has switched row-level security off for a moment. "read" is what the desktop
does for such a page: keys, trace and documents. Decisions are `atalaya.decide` over
eight connections of an operator and a supervisor, each in its own transaction, with
claim, audit and change notice; each is over when it is on disk.
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from app.commands.common import add_json, write_json
from app.domain.case_query import CaseQuery
from app.domain.ids import Login, new_uuid
from app.domain.infraction import InfractionState
from app.ports import SiteStore
from db.address import Connection
from db.embedded import EmbeddedServer
from db.engine_gateway import EngineGateway
from db.provision import DEMO_PEOPLE, ENGINE_LOGIN, provision
from db.server import PostgresServer
from tests.builders.site import finding, installed_camera

_CONNECTIONS = 8
_SITES = 4
_FILL = """
    INSERT INTO atalaya.infraction (id, kind, camera_id, configuration_id, engine_id,
        track_id, occurred_at, time_bucket, vehicle_class, plate_text, plate_in_force,
        plate_confidence, speed_kmh, limit_kmh, red_for_ns, document, document_sha256,
        state, site_id)
    SELECT k.id, i.kind, i.camera_id, i.configuration_id, i.engine_id, n + 1000,
        i.occurred_at + n * interval '1 s', i.time_bucket + n, i.vehicle_class,
        i.plate_text, i.plate_in_force, i.plate_confidence, i.speed_kmh, i.limit_kmh,
        i.red_for_ns, i.document || jsonb_build_object('id', k.id), i.document_sha256,
        CASE WHEN n %% 10 = 0 THEN 'pending' ELSE 'rejected' END, 1 + n / 10 %% %s
    FROM atalaya.infraction AS i, generate_series(1, %s) AS n,
        LATERAL (SELECT gen_random_uuid() AS id WHERE n IS NOT NULL) AS k
    WHERE i.track_id < 1000
"""
_PAGE = """
    SELECT id FROM atalaya.infraction WHERE state = 'pending'
    ORDER BY occurred_at DESC, id DESC LIMIT 100
"""
_COUNT = "SELECT count(*) FROM atalaya.infraction WHERE state = 'pending'"
_ALL = "SELECT count(*) FROM atalaya.infraction"
_QUERIES = {"page": _PAGE, "count of pending": _COUNT, "count of all": _ALL}
_WHO = {"all sites": "ana", "one site of four": "sofia"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What the rights in the server cost.")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--decisions", type=int, default=4000)
    parser.add_argument("--plans", action="store_true", help="print EXPLAIN ANALYZE")
    add_json(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as folder:
        server = EmbeddedServer.start(Path(folder) / "database")
        try:
            write_json(options.json, _measured(server, options))
        finally:
            server.stop()


def _measured(server: EmbeddedServer, options: argparse.Namespace) -> dict[str, object]:
    made = provision(server.superuser_dsn, DEMO_PEOPLE)
    passwords = made.passwords
    desk = PostgresServer(server.address)
    version = installed_camera(_site_of(desk, passwords))
    gateway = EngineGateway(
        server.dsn(ENGINE_LOGIN, passwords[ENGINE_LOGIN], "atalaya")
    )
    gateway.add(finding(version, 0))
    gateway.close()
    superuser: Connection = psycopg.connect(server.superuser_dsn, autocommit=True)
    with superuser:
        _fill(superuser, options.rows)
        people = {
            name: psycopg.connect(
                server.dsn(login, passwords[Login(login)]), autocommit=True
            )
            for name, login in _WHO.items()
        }
        report: dict[str, object] = {"rows": options.rows}
        report |= _queries(superuser, people, options)
        session = desk.login(Login("ana"), passwords[Login("ana")])
        report["read, ms"] = _median_ms(
            lambda: session.case_store.cases(
                CaseQuery(states=(InfractionState.PENDING,))
            ),
            options.repeats,
        )
        print(f"read: {report['read, ms']:.2f} ms", flush=True)
        session.close()
        for connection in people.values():
            connection.close()
        report |= _decisions(server, superuser, passwords, options.decisions)
    return report


def _site_of(desk: PostgresServer, passwords: dict[Login, str]) -> SiteStore:
    return desk.login(Login("teo"), passwords[Login("teo")]).site


def _fill(superuser: Connection, rows: int) -> None:
    for place in range(2, _SITES + 1):
        superuser.execute(
            "SELECT atalaya.add_site(%s, 'UTC', %s)", (f"Site {place}", f"S{place}")
        )
    superuser.execute("SELECT atalaya.set_sites('sofia', '{2}')")
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("SET statement_timeout = 0")
    superuser.execute(_FILL.encode(), (_SITES, rows))
    superuser.execute("SET session_replication_role = origin")
    superuser.execute("VACUUM (ANALYZE) atalaya.infraction")


def _queries(
    superuser: Connection,
    people: dict[str, Connection],
    options: argparse.Namespace,
) -> dict[str, object]:
    report: dict[str, object] = {}
    for who, connection in people.items():
        for name, query in _QUERIES.items():
            taken: dict[str, list[float]] = {"with": [], "without": []}
            for _ in range(options.repeats):
                for leg, switch in (("with", "ENABLE"), ("without", "DISABLE")):
                    _switch(superuser, switch)
                    connection.execute(query.encode())
                    taken[leg].append(_ms(lambda: connection.execute(query.encode())))  # noqa: B023
            _switch(superuser, "ENABLE")
            medians = {leg: statistics.median(each) for leg, each in taken.items()}
            report[f"{name}, {who}, ms"] = medians
            print(f"{name}, {who}: {medians}", flush=True)
            if options.plans:
                plan = connection.execute(
                    f"EXPLAIN (ANALYZE, BUFFERS) {query}".encode()
                )
                print("\n".join(f"    {row[0]}" for row in plan))
    return report


def _switch(superuser: Connection, how: str) -> None:
    superuser.execute(
        f"ALTER TABLE atalaya.infraction {how} ROW LEVEL SECURITY".encode()
    )


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _median_ms(act: Callable[[], object], repeats: int) -> float:
    act()
    return statistics.median(_ms(act) for _ in range(repeats))


def _decisions(
    server: EmbeddedServer,
    superuser: Connection,
    passwords: dict[Login, str],
    count: int,
) -> dict[str, object]:
    found = superuser.execute(
        "SELECT id FROM atalaya.infraction WHERE state = 'pending' AND site_id = 2"
        " LIMIT %s",
        (count,),
    )
    keys = [row[0] for row in found]
    taken: list[float] = []
    began = time.perf_counter()
    workers = [
        threading.Thread(
            target=_decide_all,
            args=(
                server.dsn(login, passwords[Login(login)]),
                keys[place::_CONNECTIONS],
                taken,
            ),
        )
        for place in range(_CONNECTIONS)
        for login in (("ana", "sofia")[place % 2],)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    p99 = statistics.quantiles(taken, n=100)[98]
    print(f"decisions: {len(taken) / seconds:.0f}/s, p99 {p99:.1f} ms", flush=True)
    return {
        "decisions": len(taken),
        "decisions a second": len(taken) / seconds,
        "decision p50, ms": statistics.median(taken),
        "decision p99, ms": p99,
    }


def _decide_all(dsn: str, keys: list[object], taken: list[float]) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for key in keys:
            values = (new_uuid(), key)
            taken.append(
                _ms(
                    lambda: _decide(connection, values)  # noqa: B023
                )
            )


def _decide(connection: Connection, values: tuple[object, ...]) -> None:
    """As the desktop does: let it commit, and wait for the disk with the others."""
    connection.execute(
        "SELECT set_config('synchronous_commit', 'off', true),"
        " atalaya.decide(%s, %s, 'reject', 'test', '', NULL)",
        values,
    )
    connection.execute("SELECT atalaya.await_kept()")


if __name__ == "__main__":
    main()
