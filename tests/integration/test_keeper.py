"""A built-in database that dies comes back at its address, and forgets old plates."""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import psycopg
import pytest

from app.domain.errors import StorageFull
from db.embedded import EmbeddedServer
from db.keeper import Keeper
from db.provision import provision
from tests.fakes.manual_clock import ManualClock

_BACK_WITHIN_S = 30


def test_a_killed_server_is_started_again_at_its_port(tmp_path: Path) -> None:
    server = EmbeddedServer.start(tmp_path / "database")
    keeper = Keeper(server, ManualClock())
    try:
        _kill_postmaster(server)
        assert _answers(server)
    finally:
        keeper.close()
        server.stop()


def test_old_plates_are_forgotten_each_day(tmp_path: Path) -> None:
    """And the next day again."""
    server = EmbeddedServer.start(tmp_path / "database")
    clock = ManualClock()
    keeper = Keeper(server, clock)
    try:
        assert _answers(server)
        provision(server.superuser_dsn)
        for day in range(2):
            _let_pass(server)
            clock.advance(timedelta(days=1))
            assert _forgotten(server), f"day {day}"
    finally:
        keeper.close()
        server.stop()


class _Chore:
    """A pass of two steps; where it is told to, the first one fails."""

    def __init__(self, steps: list[str], failing: bool) -> None:
        """Note each step in `steps`."""
        self._steps, self._failing = steps, failing

    def step(self) -> bool:
        """Take one."""
        self._steps.append("failed" if self._failing else "step")
        if self._failing:
            raise StorageFull("The disk is full. Free space.")
        return self._steps[-2:] != ["step", "step"]


def test_another_chore_is_done_daily_and_tried_again_when_it_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedServer.start(tmp_path / "database")
    clock, steps = ManualClock(), list[str]()
    provision(server.superuser_dsn)

    def begin(_dsn: str) -> _Chore:
        return _Chore(steps, failing=not steps)

    keeper = Keeper(server, clock, {"cases are not erased": begin})
    try:
        clock.advance(timedelta(minutes=2))
        assert _logged(caplog, "cases are not erased: The disk is full. Free space.")
        clock.advance(timedelta(hours=1))
        assert _within(lambda: steps == ["failed", "step", "step"])
        clock.advance(timedelta(days=1))
        assert _within(lambda: steps == ["failed", "step", "step", "step"])
    finally:
        keeper.close()
        server.stop()


def _within(holds: Callable[[], bool]) -> bool:
    patience = threading.Event()
    for _ in range(_BACK_WITHIN_S * 4):
        if holds():
            return True
        patience.wait(0.25)
    return False


def test_in_a_server_that_outlived_its_desktop_plates_are_forgotten(
    tmp_path: Path,
) -> None:
    """After a crash the next desktop finds it running, and nobody else looks after."""
    server = EmbeddedServer.start(tmp_path / "database")
    clock = ManualClock()
    provision(server.superuser_dsn)
    found = EmbeddedServer.start(tmp_path / "database")
    assert not found.started_here
    keeper = Keeper(found, clock)
    try:
        _let_pass(server)
        clock.advance(timedelta(days=1))
        assert _forgotten(server)
    finally:
        keeper.close()
        server.stop()


def test_a_bug_in_forgetting_is_logged_and_does_not_end_the_keeper(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedServer.start(tmp_path / "database")
    clock = ManualClock()
    keeper = Keeper(server, clock)
    try:
        provision(server.superuser_dsn)
        _let_pass(server)
        with _broken_forgetting(server):
            clock.advance(timedelta(days=1))
            assert _logged(caplog, "a bug: old plates are not forgotten")
        assert any(record.exc_info for record in caplog.records)
        clock.advance(timedelta(hours=1))
        assert _forgotten(server)
    finally:
        keeper.close()
        server.stop()


@contextlib.contextmanager
def _broken_forgetting(server: EmbeddedServer) -> Iterator[None]:
    """Let the server's function fail as only a bug does, until the end of the block."""
    with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE proname = 'forget_plate_reads'"
        ).fetchone()
        assert row is not None
        whole = str(row[0])
        begins = re.sub(
            r"\nBEGIN\n",
            "\nBEGIN\nRAISE EXCEPTION 'oh' USING ERRCODE = 'XX000';\n",
            whole,
            count=1,
        )
        assert begins != whole
        connection.execute(begins.encode())
        yield
        connection.execute(whole.encode())


def _logged(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    return _within(lambda: text in caplog.messages)


def _let_pass(server: EmbeddedServer) -> None:
    with psycopg.connect(server.superuser_dsn) as connection:
        connection.execute(
            "INSERT INTO atalaya.camera (id, name, location, url, enabled)"
            " VALUES (gen_random_uuid(), 'a', 'b', 'rtsp://c', true)"
        )
        connection.execute("INSERT INTO atalaya.plate (text) VALUES ('ABC123')")
        connection.execute(
            "INSERT INTO atalaya.plate_read SELECT gen_random_uuid(), p.id, true, 0.9,"
            " 1, c.id, gen_random_uuid(), 1, 'car', now() - interval '31 days'"
            " FROM atalaya.plate AS p, atalaya.camera AS c LIMIT 1"
        )


def _forgotten(server: EmbeddedServer) -> bool:
    patience = threading.Event()
    with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
        for _ in range(_BACK_WITHIN_S * 4):
            row = connection.execute("SELECT count(*) FROM atalaya.plate").fetchone()
            if row == (0,):
                return True
            patience.wait(0.25)
    return False


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
