"""How long a batch of forgotten plates holds its locks.

Run: python -m tests.bench.plate_retention [--rows N] [--plates N] [--steps N]

A throwaway embedded server is filled as for `tests.bench.plate_search`. A step is one
transaction of `Forgetting`, with its connection and its audit entry; no lock of it is
held for longer.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psycopg

from db.embedded import EmbeddedServer
from db.plate_retention import Forgetting, forgettable
from db.provision import DEMO_PEOPLE, provision
from db.server import PostgresServer
from tests.bench.plate_search import fill
from tests.builders.site import camera

_BATCHES = (500, 1000, 5000)
# All of them old, so that a pass has as much as can be to do.
_AGE = "UPDATE atalaya.plate_read SET seen_at = seen_at - interval '2 years'"


def measure(server: EmbeddedServer, steps: int) -> None:
    """Print the figures of each size of batch."""
    began = time.perf_counter()
    would = forgettable(server.superuser_dsn)
    print(f"look: {would.reads} reads, {time.perf_counter() - began:.2f} s")
    for batch in _BATCHES:
        times_ms = []
        one = Forgetting(server.superuser_dsn, batch)
        for _ in range(steps):
            began = time.perf_counter()
            one.step()
            times_ms.append((time.perf_counter() - began) * 1e3)
        cuts = statistics.quantiles(times_ms, n=20)
        print(
            f"batch of {batch}: median {statistics.median(times_ms):.0f} ms, "
            f"95 % {cuts[-1]:.0f} ms, longest {max(times_ms):.0f} ms; "
            f"{one.reads} reads and {one.plates} plates",
            flush=True,
        )


def run(folder: Path, rows: int, plates: int, steps: int) -> None:
    """Fill a server in `folder` and measure."""
    server = EmbeddedServer.start(folder)
    try:
        teo = DEMO_PEOPLE[2]
        provision(server.superuser_dsn, DEMO_PEOPLE)
        with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
            connection.execute("ALTER ROLE teo PASSWORD 'teo-opens-sesame'")
            site = PostgresServer(server.address).login(teo.login, "teo-opens-sesame")
            site.site.save_camera(camera())
            site.close()
            fill(connection, rows, plates)
            connection.execute(_AGE)
            connection.execute("VACUUM (ANALYZE) atalaya.plate_read")
        measure(server, steps)
    finally:
        server.stop()


def main() -> None:
    """Read the options and measure in a folder that goes away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--plates", type=int, default=60_000)
    parser.add_argument("--steps", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as folder:
        run(Path(folder), options.rows, options.plates, options.steps)


if __name__ == "__main__":
    main()
