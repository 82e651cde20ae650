"""Who fails to log in to a shared server is locked out by what its installer starts."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.domain.ids import Login
from app.domain.person import Role
from db.people import create_person, lift_lockout
from installer.server.account import Account
from installer.server.guard import can_reach, guard_command, guard_unit_text
from tests.fixtures_db import password_of
from tests.fixtures_tls import TlsServer

_LOGIN = "tamara"
_LOOKS_WITHIN_S = 30.0


@pytest.fixture
def guarded(server: TlsServer) -> Iterator[TlsServer]:
    """Run the guard as the service does, and put in somebody who can be locked out."""
    with psycopg.connect(server.superuser_dsn) as superuser:
        create_person(
            superuser, Login(_LOGIN), "Tamara", Role.OPERATOR, password_of(_LOGIN)
        )
    with subprocess.Popen(
        guard_command(server.site), stderr=subprocess.DEVNULL
    ) as guard:
        yield server
        guard.terminate()
        assert guard.wait(30) == 0


def _said(server: TlsServer, password: str) -> str:
    try:
        psycopg.connect(server.dsn(_LOGIN, password, "atalaya")).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def _in_time(ask: Callable[[], bool]) -> bool:
    """Ask until it is so: the guard looks each second, and then the server reloads."""
    deadline, patience = time.monotonic() + _LOOKS_WITHIN_S, threading.Event()
    while not (answer := ask()) and time.monotonic() < deadline:
        patience.wait(0.05)
    return answer


def test_the_right_password_is_refused_after_wrong_ones(guarded: TlsServer) -> None:
    # The guard counts from when it has begun to look.
    assert _in_time(lambda: "rejects connection" in _said(guarded, "wrong"))
    assert "rejects connection" in _said(guarded, password_of(_LOGIN))
    with psycopg.connect(guarded.superuser_dsn) as superuser:
        locked = superuser.execute("SELECT login, address FROM atalaya.lockout")
        assert locked.fetchall() == [(_LOGIN, "127.0.0.1")]
        lift_lockout(superuser, Login(_LOGIN))
    assert _in_time(lambda: _said(guarded, password_of(_LOGIN)) == "")


def test_its_service_runs_as_the_server_and_writes_what_it_must(
    server: TlsServer,
) -> None:
    text = guard_unit_text(server.site, server.cluster.account)
    assert f"User={server.cluster.account.name}\n" in text
    assert f"ReadWritePaths={server.site.cluster}\n" in text
    assert all(f'"{each}"' in text for each in guard_command(server.site))


def test_a_folder_that_the_account_cannot_pass_is_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    script = tmp_path / "main.py"
    owner = tmp_path.stat().st_uid
    assert not can_reach(Account("somebody", owner + 1, 1), script)
    assert can_reach(Account("root", 0, 0), Path("/usr/bin/env"))
