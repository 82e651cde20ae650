"""An administrator sees who is there, ends sessions and puts people out."""

from pathlib import Path

import psycopg
import pytest

from app.domain.errors import StateConflict
from app.domain.ids import Login
from db.address import Connection
from db.people import end_sessions, sessions, set_active
from main import EXIT_FAULT, main
from tests.integration.rights.matrix import ADMINISTRATOR, OPERATOR, SUPERVISOR
from tests.integration.rights.scene import Scene

_SEARCH = """
    SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false, NULL, NULL,
        'somebody asked')
"""
_ANA = Login(OPERATOR)


def _is_gone(connection: Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def test_who_is_there(own_scene: Scene) -> None:
    ana, admin = own_scene.connect(OPERATOR), own_scene.connect(ADMINISTRATOR)
    ana.execute("BEGIN")
    ana.execute("SELECT 1")
    own_scene.connect("engine")
    found = {each.login: each for each in sessions(admin)}
    assert set(found) == {OPERATOR, ADMINISTRATOR}
    assert found[_ANA].address == "127.0.0.1"
    assert found[_ANA].in_transaction_since is not None
    assert found[Login(ADMINISTRATOR)].since > found[_ANA].since


def test_what_a_person_holds_is_freed(own_scene: Scene) -> None:
    """Nobody can keep the head of the trail, and with it all others, for ever."""
    ana, sofia = own_scene.connect(OPERATOR), own_scene.connect(SUPERVISOR)
    admin = own_scene.connect(ADMINISTRATOR)
    ana.execute("BEGIN")
    ana.execute("SET CONSTRAINTS ALL IMMEDIATE")
    ana.execute(_SEARCH.encode())
    sofia.execute("SET lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        sofia.execute(_SEARCH.encode())
    assert end_sessions(admin, _ANA) == 1
    assert _is_gone(ana)
    sofia.execute(_SEARCH.encode())
    row = own_scene.watcher.execute(
        "SELECT login, subject, detail FROM atalaya.audit WHERE action = 'end_sessions'"
    )
    assert row.fetchone() == (ADMINISTRATOR, OPERATOR, {"ended": 1})


@pytest.mark.parametrize("login", ["postgres", "engine", "nobody", ""])
def test_only_people_are_ended_or_put_out(scene: Scene, login: str) -> None:
    with scene.connect(ADMINISTRATOR) as admin:
        with pytest.raises(KeyError):
            end_sessions(admin, Login(login))
        with pytest.raises(KeyError):
            set_active(admin, Login(login), active=False)
    assert not _is_gone(scene.watcher)


def test_nobody_puts_out_oneself(scene: Scene) -> None:
    with scene.connect(ADMINISTRATOR) as admin, pytest.raises(StateConflict):
        set_active(admin, Login(ADMINISTRATOR), active=False)


def test_whoever_is_put_out_is_gone_and_may_come_back(own_scene: Scene) -> None:
    ana, admin = own_scene.connect(OPERATOR), own_scene.connect(ADMINISTRATOR)
    try:
        set_active(admin, _ANA, active=False)
        assert _is_gone(ana)
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            own_scene.connect(OPERATOR)
    finally:
        set_active(admin, _ANA, active=True)
    assert not _is_gone(own_scene.connect(OPERATOR))
    rows = own_scene.watcher.execute(
        "SELECT detail ->> 'active' FROM atalaya.audit WHERE action = 'set_active'"
        " ORDER BY sequence"
    )
    assert rows.fetchall() == [("false",), ("true",)]


def test_the_commands(
    own_scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ana = own_scene.connect(OPERATOR)
    dsn = ["--superuser-dsn", own_scene.database.dsn(ADMINISTRATOR)]
    home = ["--home", str(tmp_path)]
    assert main(["db", "sessions", *dsn, *home]) == 0
    assert "ana from 127.0.0.1" in capsys.readouterr().out
    assert main(["db", "end-sessions", "ana", *dsn, *home]) == 0
    assert _is_gone(ana)
    assert main(["db", "put-out", "ana", *dsn, *home]) == 0
    assert main(["db", "let-in", "ana", *dsn, *home]) == 0
    assert not _is_gone(own_scene.connect(OPERATOR))
    assert main(["db", "put-out", "nobody", *dsn, *home]) == EXIT_FAULT
    assert "Nobody here has this login" in capsys.readouterr().err
