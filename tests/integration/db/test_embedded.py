"""The embedded server: starts alone, survives accidents, leaves nothing behind."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.domain.errors import DatabaseUnavailable
from db.embedded import EmbeddedServer


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that the database's own user may pass through."""
    with tempfile.TemporaryDirectory(prefix="atalaya-db-") as name, ExitStack() as end:
        data_dir = Path(name) / "database"
        end.callback(_stop_any, data_dir)
        yield data_dir


def _stop_any(data_dir: Path) -> None:
    if (data_dir / "cluster" / "postmaster.pid").exists():
        EmbeddedServer.start(data_dir).stop()


def _query(server: EmbeddedServer, query: str) -> object:
    dsn = make_conninfo(server.superuser_dsn, dbname="postgres")
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def _make_table(server: EmbeddedServer) -> None:
    dsn = make_conninfo(server.superuser_dsn, dbname="postgres")
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def _postmaster(data_dir: Path) -> psutil.Process:
    lines = (data_dir / "cluster" / "postmaster.pid").read_text().splitlines()
    return psutil.Process(int(lines[0]))


def _servers_of(data_dir: Path) -> list[psutil.Process]:
    cluster = str(data_dir / "cluster")
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if cluster in (process.info["cmdline"] or [])
    ]


def test_first_start_reuse_stop_and_start_again(folder: Path) -> None:
    first = EmbeddedServer.start(folder)
    second = EmbeddedServer.start(folder)
    assert (first.started_here, second.started_here) == (True, False)
    assert first.port == second.port
    _make_table(first)
    first.stop()
    first.stop()
    assert _servers_of(folder) == []
    assert not (folder / "cluster" / "postmaster.pid").exists()
    again = EmbeddedServer.start(folder)
    assert again.port == first.port
    assert _query(again, "SELECT answer FROM kept") == 42


def test_safe_by_default(folder: Path) -> None:
    server = EmbeddedServer.start(folder)
    assert _query(server, "SHOW fsync") == "on"
    assert _query(server, "SHOW listen_addresses") == "127.0.0.1"
    methods = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
    assert _query(server, methods) == "scram-sha-256"
    secret = (folder / "superuser.secret").stat()
    assert stat.S_IMODE(secret.st_mode) == 0o600
    assert secret.st_uid == os.geteuid()
    password = (folder / "superuser.secret").read_text()
    assert password not in repr(server)
    wrong = server.dsn("postgres", "wrong", "postgres")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)


def test_a_killed_server_comes_back_with_its_data(folder: Path) -> None:
    server = EmbeddedServer.start(folder)
    _make_table(server)
    dsn = make_conninfo(server.superuser_dsn, dbname="postgres")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO kept VALUES (43)")
    postmaster = _postmaster(folder)
    postmaster.send_signal(signal.SIGKILL)
    postmaster.wait(10)
    again = EmbeddedServer.start(folder)
    assert again.started_here
    assert _query(again, "SELECT sum(answer) FROM kept") == 85


def test_a_pid_that_now_belongs_to_another_program(folder: Path) -> None:
    server = EmbeddedServer.start(folder)
    server.stop()
    stale = f"{os.getpid()}\n{folder / 'cluster'}\n1\n{server.port}\n\n127.0.0.1\n0 0\n"
    (folder / "cluster" / "postmaster.pid").write_text(stale)
    assert EmbeddedServer.start(folder).started_here


def test_many_starts_at_once(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: EmbeddedServer.start(folder), range(4)))
    assert len({server.port for server in servers}) == 1
    assert [server.started_here for server in servers].count(True) == 1


def test_starts_of_two_processes_at_once(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from db.embedded import EmbeddedServer;"
        "print(EmbeddedServer.start(Path(sys.argv[1])).port)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    ports = {process.communicate(timeout=60)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(ports) == 1


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "cluster.new" / "base").mkdir(parents=True)
    assert _query(EmbeddedServer.start(folder), "SELECT 1") == 1


def test_a_taken_port_is_told(folder: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DatabaseUnavailable, match="port"):
            EmbeddedServer.start(folder, port)
        assert EmbeddedServer.start(folder).port != port


def test_damaged_data_is_told(folder: Path) -> None:
    EmbeddedServer.start(folder).stop()
    (folder / "cluster" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(DatabaseUnavailable, match="damaged") as caught:
        EmbeddedServer.start(folder)
    assert str(folder) in str(caught.value)


def test_a_folder_that_cannot_be_made(folder: Path) -> None:
    folder.parent.joinpath("file").write_text("")
    with pytest.raises(DatabaseUnavailable, match="cannot be used"):
        EmbeddedServer.start(folder.parent / "file" / "database")
