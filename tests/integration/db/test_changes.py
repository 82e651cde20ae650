"""A change at one workstation reaches the others, through lost connections too."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from app.ports import Change, Session
from db.changes import TOPICS
from tests.builders.site import camera, finding, installed_camera
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import Database

_LISTENER = """
import sys, time
from app.domain.ids import Login
from db.server import PostgresServer
session = PostgresServer(sys.argv[1]).login(Login(sys.argv[2]), sys.argv[3])
def tell(change):
    print(time.time(), change.topic, change.row_id, flush=True)
session.changes.listen(tell)
print("ready", flush=True)
sys.stdin.read()
session.close()
"""


@dataclass(slots=True)
class Heard:
    """Collects changes and lets a test wait for one."""

    changes: list[tuple[str, UUID | None]] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, change: Change) -> None:
        """Take a change."""
        with self._news:
            self.changes.append((change.topic, change.row_id))
            self._news.notify_all()

    def wait(self, topic: str, row_id: UUID | None, timeout_s: float = 10) -> bool:
        """Wait for one change; tell whether it came."""
        with self._news:
            return self._news.wait_for(
                lambda: (topic, row_id) in self.changes, timeout_s
            )


@contextmanager
def _other_workstation(
    database: Database, login: str
) -> Iterator[subprocess.Popen[str]]:
    from tests.fixtures_db import password_of

    command = [sys.executable, "-c", _LISTENER, database.address, login]
    with subprocess.Popen(
        [*command, password_of(login)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.stdin is not None:
            process.stdin.close()
        assert process.wait(20) == 0


def test_a_decision_shows_at_another_workstation_within_a_second(
    database: Database,
) -> None:
    made = finding(installed_camera(database.login("teo").site))
    database.gateway().add(made)
    ana = database.login("ana")
    # What was told of the making of the case must not pass for the decision.
    database.connect().execute("DELETE FROM atalaya.outbox")
    with _other_workstation(database, "sofia") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        decided_at = time.time()
        ana.case_store.decide(confirmation(made))
        heard = other.stdout.readline().split()
    assert heard[1:] == ["infraction", str(made.id)]
    assert float(heard[0]) - decided_at < 1.0


def test_topics_and_rows(database: Database) -> None:
    heard = Heard()
    teo = database.login("teo")
    database.login("aurora").changes.listen(heard)
    version = installed_camera(teo.site)
    camera_id = UUID(version.camera_id)
    made = finding(version)
    database.gateway().add(made)
    assert heard.wait("camera", camera_id)
    assert heard.wait("configuration", camera_id)
    assert heard.wait("infraction", made.id)


def test_many_rows_are_told_as_many(database: Database) -> None:
    heard = Heard()
    database.login("aurora").changes.listen(heard)
    database.connect().execute(
        "INSERT INTO atalaya.outbox (topic, row_id)"
        " SELECT 'infraction', gen_random_uuid() FROM generate_series(1, 500)"
    )
    assert heard.wait("infraction", None)
    assert len(heard.changes) == 1


def test_the_next_one_sends_when_the_sender_leaves(database: Database) -> None:
    heard = Heard()
    sender = database.login("sofia")
    sender.changes.listen(lambda _: None)
    database.login("aurora").changes.listen(heard)
    sender.close()
    made = camera()
    database.login("teo").site.save_camera(made)
    assert heard.wait("camera", made.id)


def test_a_lost_connection_is_made_again_and_told(database: Database) -> None:
    heard = Heard()
    database.login("aurora").changes.listen(heard)
    database.connect().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = 'aurora'"
    )
    for topic in TOPICS:
        assert heard.wait(topic, None)
    made = camera()
    database.login("teo").site.save_camera(made)
    assert heard.wait("camera", made.id)


def test_a_failing_listener_does_not_silence_the_next_change(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard()

    def fail_once(change: Change) -> None:
        heard(change)
        if len(heard.changes) == 1:
            raise RuntimeError("a bug of the page")

    database.login("aurora").changes.listen(fail_once)
    teo: Session = database.login("teo")
    first, second = camera("1"), camera("2")
    teo.site.save_camera(first)
    assert heard.wait("camera", first.id)
    teo.site.save_camera(second)
    assert heard.wait("camera", second.id)
    assert "a listener for camera failed" in caplog.text


def test_stopping_leaves_no_thread(database: Database) -> None:
    session = database.login("aurora")
    stop = session.changes.listen(lambda _: None)
    stop()
    stop()
    session.close()
    names = [thread.name for thread in threading.enumerate()]
    assert "database-changes" not in names
