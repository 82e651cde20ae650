"""A built-in database that dies comes back at its address."""

import contextlib
import threading
from pathlib import Path

import psutil
import psycopg

from db.embedded import EmbeddedServer
from db.keeper import Keeper

_BACK_WITHIN_S = 30


def test_a_killed_server_is_started_again_at_its_port(tmp_path: Path) -> None:
    server = EmbeddedServer.start(tmp_path / "database")
    keeper = Keeper(server)
    try:
        _kill_postmaster(server)
        assert _answers(server)
    finally:
        keeper.close()
        server.stop()


def _kill_postmaster(server: EmbeddedServer) -> None:
    pid_file = server.data_dir / "cluster" / "postmaster.pid"
    postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
    postmaster.kill()
    with contextlib.suppress(psutil.NoSuchProcess):
        postmaster.wait(10)


def _answers(server: EmbeddedServer) -> bool:
    dsn = server.dsn("postgres", server._password, "postgres")
    patience = threading.Event()
    for _ in range(_BACK_WITHIN_S * 4):
        try:
            with psycopg.connect(dsn, connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            patience.wait(0.25)
        else:
            return True
    return False
