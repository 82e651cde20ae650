"""How long a check takes and how much it holds, and how long erasing locks a case.

Run: python -m tests.bench.case_life [--cases N] [--files N]

A throwaway embedded server is filled with cases of some small files each, straight into
the folder of the store. All are then past their term. Memory is what the peak of this
process grew by, the store's and the server's own apart.
"""

import argparse
import hashlib
import resource
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg

from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, InfractionId, Sha256, TrackId, new_uuid
from app.domain.infraction import Infraction
from app.evidence.store import LocalEvidenceStore
from db.case_erasure import Erasing, overdue_cases
from db.check import check
from db.document import canonical_document
from db.embedded import EmbeddedServer
from db.provision import DEMO_PEOPLE, provision
from db.server import PostgresServer
from tests.builders.infractions import OCCURRED
from tests.builders.site import finding, installed_camera

_AGE = """
    SET session_replication_role = replica;
    UPDATE atalaya.infraction SET recorded_at = recorded_at - interval '9 years';
    UPDATE atalaya.case_retention SET changed_at = changed_at - interval '9 years'
"""
_MIB_KIB = 1024


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB_KIB


def _file(root: Path, number: int) -> EvidenceItem:
    content = b"%d " % number * 100
    name = hashlib.sha256(content).hexdigest()
    place = root / name[:2] / name[2:4] / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return EvidenceItem(
        id=EvidenceId(new_uuid()),
        kind=EvidenceKind.STILL_DECISIVE,
        sha256=Sha256(name),
        media_type="image/jpeg",
        size_bytes=len(content),
        captured_at=OCCURRED.wall,
    )


def fill(
    connection: psycopg.Connection[tuple[object, ...]],
    root: Path,
    like: Infraction,
    cases: int,
    files: int,
) -> None:
    """Store cases a minute apart, years ago, with files of their own."""
    first = OCCURRED.wall - timedelta(days=3650)
    add = "SELECT atalaya.add_infraction(%s)"
    for number in range(cases):
        items = tuple(_file(root, number * files + n) for n in range(files))
        wall = first + timedelta(minutes=number)
        made = replace(
            like,
            id=InfractionId(new_uuid()),
            track_id=TrackId(number + 1),
            occurred=replace(OCCURRED, wall=wall),
            evidence=items,
        )
        connection.execute(add, (canonical_document(made),))


def measure(server: EmbeddedServer, store: LocalEvidenceStore) -> None:
    """Print the figures."""
    dsn = server.superuser_dsn
    peak_mib = _peak_mib()
    began = time.perf_counter()
    found = sum(1 for _ in check(dsn, store, store))
    took_s = time.perf_counter() - began
    grew_mib = _peak_mib() - peak_mib
    print(f"check: {took_s:.1f} s, {found} findings, memory +{grew_mib:.0f} MiB")
    began = time.perf_counter()
    due = sum(1 for _ in overdue_cases(dsn, OCCURRED.wall + timedelta(days=3650)))
    print(f"dry run: {due} cases, {time.perf_counter() - began:.2f} s")
    done, times_ms = Erasing(dsn, store), []
    began = more = time.perf_counter()
    while more:
        step = time.perf_counter()
        more = done.step()
        times_ms.append((time.perf_counter() - step) * 1e3)
    took_s = time.perf_counter() - began
    cuts = statistics.quantiles(times_ms, n=20)
    print(f"{done}, {took_s:.1f} s: {done.begun / took_s:.0f} cases a second")
    print(f"a step: median {cuts[9]:.0f} ms, 95 % {cuts[-1]:.0f} ms")


def run(folder: Path, cases: int, files: int) -> None:
    """Fill a server in `folder` and measure."""
    server = EmbeddedServer.start(folder / "database")
    store = LocalEvidenceStore(folder / "evidence", floor_bytes=0)
    try:
        teo = DEMO_PEOPLE[2]
        provision(server.superuser_dsn, DEMO_PEOPLE)
        with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
            connection.execute("ALTER ROLE teo PASSWORD 'teo-opens-sesame'")
            session = PostgresServer(server.address).login(
                teo.login, "teo-opens-sesame"
            )
            like = finding(installed_camera(session.site))
            session.close()
            fill(connection, folder / "evidence", like, cases, files)
            connection.execute(_AGE.encode())
            connection.execute("VACUUM (ANALYZE)")
        measure(server, store)
    finally:
        server.stop()


def main() -> None:
    """Read the options and measure in a folder that goes away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as folder:
        run(Path(folder), options.cases, options.files)


if __name__ == "__main__":
    main()
