"""Passwords: the own one by a function, another's by two."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from app.domain.errors import StateConflict, WeakPassword
from app.domain.ids import Login, new_uuid
from app.domain.person import Role
from db.address import Connection
from db.people import (
    ask_password_reset,
    change_password,
    create_person,
    end_password_reset,
)
from tests.fixtures_db import password_of
from tests.integration.rights.matrix import ADMINISTRATOR, OPERATOR
from tests.integration.rights.scene import Scene

_DENIED, _NO_ROW, _WRONG_STATE, _BAD = "42501", "AT002", "AT001", "AT003"
_EVA, _SECOND = Login("eva"), Login("elvira")
_VERIFIER = f"SCRAM-SHA-256$4096:{'A' * 22}==${'A' * 43}=:{'B' * 43}="
_ASK = "SELECT atalaya.ask_password_reset(%s, %s, %s, %s)"
_END = "SELECT atalaya.end_password_reset(%s, %s)"


def _refusal(connection: Connection, sql: str, *values: Any) -> str | None:
    try:
        connection.execute(sql.encode(), values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.fixture
def scene(own_scene: Scene) -> Iterator[Scene]:
    """Give an operator and a second administrator whose passwords may change."""
    superuser = own_scene.watcher
    for login, role in ((_EVA, Role.OPERATOR), (_SECOND, Role.ADMINISTRATOR)):
        create_person(superuser, login, "Eva", role, password_of(login))
    yield own_scene
    for login in (_EVA, _SECOND):
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
            (login,),
        )
        superuser.execute(f"DROP ROLE {login}".encode())


def _enters(scene: Scene, password: str) -> Connection:
    host, name = scene.database.host, scene.database.name
    return psycopg.connect(host.dsn(_EVA, password, name), autocommit=True)


def test_the_own_password_is_changed_with_a_trace(scene: Scene) -> None:
    with scene.connect(_EVA) as eva:
        change_password(eva, _EVA, "four words in a row")
    with pytest.raises(psycopg.OperationalError):
        scene.connect(_EVA)
    _enters(scene, "four words in a row").close()
    rows = scene.watcher.execute(
        "SELECT login, subject, detail FROM atalaya.audit"
        " WHERE action = 'change_password'"
    )
    assert rows.fetchall() == [(_EVA, _EVA, {})]


@pytest.mark.parametrize("password", ["short", "eva-eva-eva-eva", "a" * 20, "x" * 129])
def test_a_weak_password_is_refused_at_the_desk(scene: Scene, password: str) -> None:
    with scene.connect(_EVA) as eva, pytest.raises(WeakPassword):
        change_password(eva, _EVA, password)


_WEAK = (
    None,
    "",
    "a password in clear",
    "md5" + "0" * 32,
    _VERIFIER.replace("4096", "4095"),
    _VERIFIER.replace("4096", "1"),
    _VERIFIER.replace("4096", "99999999"),
    _VERIFIER + "x",
    "SCRAM-SHA-256$4096:x$y:z",
    _VERIFIER.replace("A" * 43, "A" * 42),
)


def test_the_server_refuses_what_is_no_good_verifier(scene: Scene) -> None:
    with scene.connect(_EVA) as eva, scene.connect(ADMINISTRATOR) as admin:
        # It counts by its own number, whatever the client sets.
        for connection in (eva, admin):
            connection.execute("SET scram_iterations = 1")
        for bad in _WEAK:
            change = "SELECT atalaya.change_password(%s)"
            assert (bad, _refusal(eva, change, bad)) == (bad, _BAD)
            ask = (new_uuid(), _EVA, bad, "forgot it")
            assert (bad, _refusal(admin, _ASK, *ask)) == (bad, _BAD)


def test_two_reset_a_password_which_then_serves_once(scene: Scene) -> None:
    with scene.connect(ADMINISTRATOR) as admin, scene.connect(_SECOND) as second:
        open_before = scene.connect(_EVA)
        password = ask_password_reset(admin, _EVA, "forgot it on leave")
        scene.connect(_EVA).close()
        end_password_reset(second, _EVA, approve=True)
        assert _refusal(open_before, "SELECT 1") is not None
    with pytest.raises(psycopg.OperationalError):
        scene.connect(_EVA)
    with _enters(scene, password) as eva:
        acts = {
            "SELECT count(*) FROM atalaya.infraction WHERE false": None,
            "SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false, NULL,"
            " NULL, 'somebody asked')": _WRONG_STATE,
            f"SELECT atalaya.claim_case('{scene.pending}', 60)": _NO_ROW,
            f"SELECT atalaya.issue_notice('{scene.confirmed}')": _NO_ROW,
        }
        assert {act: _refusal(eva, act) for act in acts} == acts
        change_password(eva, _EVA, "a password of my own")
        assert (
            _refusal(eva, f"SELECT atalaya.claim_case('{scene.pending}', 60)") is None
        )
    rows = scene.watcher.execute(
        "SELECT login, action FROM atalaya.audit WHERE subject = 'eva'"
        " ORDER BY sequence"
    )
    assert rows.fetchall() == [
        ("postgres", "create_person"),
        (ADMINISTRATOR, "ask_password_reset"),
        (_SECOND, "end_password_reset"),
        (_SECOND, "end_sessions"),
        (_EVA, "change_password"),
    ]


def test_resets_that_are_none(scene: Scene) -> None:
    with (
        scene.connect(ADMINISTRATOR) as admin,
        scene.connect(_SECOND) as second,
        scene.connect(OPERATOR) as ana,
    ):
        waiting, own = new_uuid(), new_uuid()
        admin.execute(_ASK, (waiting, _EVA, _VERIFIER, "forgot it"))
        admin.execute(_ASK, (own, _SECOND, _VERIFIER, "forgot it"))
        tried: list[tuple[Connection, str, tuple[Any, ...], str]] = [
            (
                admin,
                _ASK,
                (new_uuid(), ADMINISTRATOR, _VERIFIER, "for me"),
                _WRONG_STATE,
            ),
            (admin, _ASK, (new_uuid(), "engine", _VERIFIER, "for it"), _NO_ROW),
            (admin, _ASK, (new_uuid(), "postgres", _VERIFIER, "for it"), _NO_ROW),
            (admin, _ASK, (new_uuid(), _EVA, _VERIFIER, "no"), _BAD),
            (ana, _ASK, (new_uuid(), _EVA, _VERIFIER, "forgot it"), _DENIED),
            # Whoever asked, and whoever it is for, approves nothing.
            (admin, _END, (waiting, True), _WRONG_STATE),
            (second, _END, (own, True), _WRONG_STATE),
            (ana, _END, (waiting, True), _DENIED),
            (second, _END, (new_uuid(), True), _NO_ROW),
            (second, _END, (waiting, None), _NO_ROW),
        ]
        assert [_refusal(who, sql, *values) for who, sql, values, _ in tried] == [
            state for *_, state in tried
        ]
        scene.connect(_EVA).close()


def test_a_reset_ends_by_itself_and_only_once(scene: Scene) -> None:
    superuser = scene.connect()
    with scene.connect(ADMINISTRATOR) as admin, scene.connect(_SECOND) as second:
        late, early = new_uuid(), new_uuid()
        admin.execute(_ASK, (late, _EVA, _VERIFIER, "forgot it"))
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE atalaya.password_reset SET asked_at = now() - interval '61 minutes'"
        )
        assert _refusal(second, _END, late, True) == _WRONG_STATE
        with pytest.raises(KeyError):
            end_password_reset(second, _EVA, approve=True)
        # One that is asked again takes the place of the one before.
        admin.execute(_ASK, (early, _EVA, _VERIFIER, "forgot it"))
        ask_password_reset(second, _EVA, "forgot it again")
        assert _refusal(second, _END, early, True) == _WRONG_STATE
        end_password_reset(admin, _EVA, approve=False)
        with pytest.raises(KeyError):
            end_password_reset(admin, _EVA, approve=True)
    # What was never approved leaves no verifier behind.
    kept = superuser.execute(
        "SELECT DISTINCT verifier FROM atalaya.password_reset"
        " WHERE ended_at IS NOT NULL"
    )
    assert kept.fetchall() == [("",)]
    scene.connect(_EVA).close()


def test_nobody_resets_and_approves_by_turns_oneself(scene: Scene) -> None:
    with scene.connect(ADMINISTRATOR) as admin:
        ask_password_reset(admin, _EVA, "forgot it on leave")
        with pytest.raises(StateConflict):
            end_password_reset(admin, _EVA, approve=True)
