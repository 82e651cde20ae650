"""The engine is killed, the database goes away: the room goes on, nothing is lost."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from app.bootstrap.database import ENGINE_SECRET, Database
from app.bootstrap.engine import engine_command
from app.config.paths import PROJECT, Paths
from app.config.secret_store import open_secret_store
from app.demo.stage import StageChoices, add_cameras, stage, with_password
from app.demo.virtual_site import Outage, virtual_site
from app.domain.ids import Login
from app.evidence.manifest import read_manifest
from app.evidence.open_store import open_evidence
from app.ports import Session
from app.runtime.link import ProcessEngineLink
from db.embedded import EmbeddedServer
from db.people import random_password
from db.provision import DEMO_PEOPLE, ENGINE_LOGIN, provision
from db.server import PostgresServer
from widgets.application import Desktop
from widgets.tour import Tour

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(420)]

_NO_OUTAGE = Outage(key="avenue-plate", after_s=1e6, lasting_s=1)
_DATABASE_AWAY_S = 30.0


def test_a_killed_engine_comes_back_and_the_desktop_says_so(tmp_path: Path) -> None:
    with (
        stage(Paths(tmp_path), StageChoices(language="en")) as demo,
        Desktop(demo.services) as desktop,
        ExitStack() as stack,
    ):
        tour = stack.enter_context(closing(Tour(desktop, tmp_path / "pictures")))
        engine, cameras = demo.services.engine, tuple(demo.cameras.values())
        assert isinstance(engine, ProcessEngineLink)
        assert desktop.login("ana", demo.passwords["ana"])

        def pictures() -> bool:
            return all(engine.frame(camera.id) is not None for camera in cameras)

        assert tour.until(pictures, 90)
        killed = engine.engine_pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        assert tour.until(lambda: engine.status() is None, 20)
        assert "restarting" in engine.message()
        assert desktop.window.isVisible()
        assert tour.until(lambda: engine.engine_pid not in (None, killed), 60)
        assert tour.until(pictures, 90)
        assert tour.until(lambda: engine.message() == "", 20)


def until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Wait for a condition with bounded patience; tell whether it came to be."""
    patience = threading.Event()
    for _ in range(round(timeout_s * 4)):
        if condition():
            return True
        patience.wait(0.25)
    return False


@contextmanager
def _engine(paths: Paths, address: str) -> Iterator[None]:
    process = subprocess.Popen(
        engine_command(paths, address), cwd=PROJECT, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_nothing_is_lost_or_doubled_while_the_database_is_away(
    tmp_path: Path,
) -> None:
    paths = Paths(tmp_path)
    secrets = open_secret_store(paths)
    people = tuple(with_password(person, secrets) for person in DEMO_PEOPLE)
    passwords = {str(person.login): person.password or "" for person in people}
    server = EmbeddedServer.start(paths.database)
    password = random_password()
    secrets.put(ENGINE_SECRET, ENGINE_LOGIN, password)
    try:
        provision(server.superuser_dsn, people, engine_password=password)
        with virtual_site(paths, _NO_OUTAGE) as site:
            add_cameras(Database(address=server.address), passwords, site)
            with _engine(paths, server.address):
                assert until(lambda: len(_manifests(paths)) >= 2, 150)
                port = server.port
                server.stop()
                before = len(_manifests(paths))
                until(lambda: False, _DATABASE_AWAY_S)
                assert len(_manifests(paths)) > before, "nothing happened meanwhile"
                server = EmbeddedServer.start(paths.database, port)
                until(lambda: False, 15.0)
            with closing(_login(server, passwords)) as session:
                stored = [
                    str(case.infraction.id)
                    for case in session.case_store.cases(limit=1000)
                ]
    finally:
        server.stop()
    assert len(stored) == len(set(stored))
    assert set(stored) == _manifests(paths)


def _login(server: EmbeddedServer, passwords: dict[str, str]) -> Session:
    return PostgresServer(server.address).login(Login("ana"), passwords["ana"])


def _manifests(paths: Paths) -> set[str]:
    """Return the ids of all infractions whose evidence was sealed here."""
    store = open_evidence(paths, open_secret_store(paths)).store
    found = set()
    for name in store.names():
        with store.open(name) as file:
            try:
                found.add(str(read_manifest(file).infraction.id))
            except ValueError:
                continue
    return found
