"""What refused acts leave in the server's log: who, from where, what; and no secret."""

import re
from collections.abc import Callable

import psycopg
import pytest

from tests.fixtures_db import password_of
from tests.integration.rights.scene import Scene
from tests.integration.rights.trace import Trace, line

_Read = Callable[[], str]


@pytest.fixture
def log(scene: Scene) -> _Read:
    """Give what the server logs from now on."""
    return Trace(scene).read


def _tried(scene: Scene, login: str, sql: str, values: tuple[object, ...] = ()) -> None:
    with scene.connect(login) as hostile, pytest.raises(psycopg.Error):
        hostile.execute(sql.encode(), values)


def test_a_refused_statement_is_logged_with_its_author(
    scene: Scene, log: _Read
) -> None:
    act = "UPDATE atalaya.infraction SET speed_kmh = 1"
    _tried(scene, "ana", act)
    said = log()
    assert line("42501", "ana", scene, "ERROR:  permission denied").search(said)
    assert line("42501", "ana", scene, f"STATEMENT:  {act}").search(said)


def test_an_act_that_a_function_refuses_is_logged_too(scene: Scene, log: _Read) -> None:
    act = f"SELECT atalaya.issue_notice('{scene.pending}')"
    _tried(scene, "sofia", act)
    said = log()
    assert line("AT001", "sofia", scene, "ERROR:  Only a confirmed").search(said)
    assert str(scene.pending) in said


def test_a_wrong_password_is_logged_and_not_repeated(scene: Scene, log: _Read) -> None:
    address = scene.database.host.dsn("ana", "open-wide", scene.database.name)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    said = log()
    assert line("28P01", "ana", scene, "FATAL:  password").search(said)
    assert "open-wide" not in said
    assert password_of("ana") not in said


def test_no_client_keeps_itself_out_of_the_log(scene: Scene, log: _Read) -> None:
    for setting in (
        "SET log_min_messages = panic",
        "SET log_min_error_statement = panic",
        "SET log_error_verbosity = terse",
    ):
        _tried(scene, "teo", setting)
        assert line("42501", "teo", scene, f"STATEMENT:  {setting}").search(log())


def test_no_client_forges_aline(scene: Scene, log: _Read) -> None:
    forged = "2026-01-01 00:00:00.000 UTC [1] 42501 sofia@x 127.0.0.1 ERROR:  forged"
    with psycopg.connect(
        scene.database.dsn("ana"), application_name=f"x\n{forged}", autocommit=True
    ) as hostile:
        for act in (f"SELECT 1 /\n{forged}", f"SELECT '\r\n{forged}'::integer"):
            with pytest.raises(psycopg.Error):
                hostile.execute(act.encode())
    said = log()
    assert "forged" in said
    assert not re.search("^2026-01-01", said, re.MULTILINE)


def test_what_was_bound_stays_out_of_the_log(scene: Scene, log: _Read) -> None:
    _tried(
        scene,
        "ana",
        "SELECT atalaya.decide(gen_random_uuid(), %s, 'reject', 'test', %s, NULL)",
        (scene.notified, "a comment about somebody"),
    )
    assert "AT001 ana@" in log()
    assert "about somebody" not in log()
