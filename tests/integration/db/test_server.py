"""Logging in, and what is said when that does not work."""

import socket
import time
from collections.abc import Iterator

import pytest

from app.domain.errors import (
    DatabaseUnavailable,
    LoginRefused,
    NotPermitted,
    PasswordMustChange,
    StateConflict,
)
from app.domain.ids import Login
from app.domain.person import Right, Role
from db.people import create_person
from db.server import PostgresServer
from tests.fixtures_db import Database, password_of, passwords_as_before

_SECRET = "correct-horse"


@pytest.mark.parametrize(
    ("login", "role", "rights"),
    [
        ("ana", Role.OPERATOR, {Right.REVIEW, Right.SEARCH_PLATES}),
        (
            "sofia",
            Role.SUPERVISOR,
            {
                Right.REVIEW,
                Right.REPORT,
                Right.SEARCH_PLATES,
                Right.WATCH_PLATES,
                Right.HOLD_CASES,
            },
        ),
        ("teo", Role.TECHNICIAN, {Right.CALIBRATE, Right.MANAGE_CAMERAS}),
        (
            "admin",
            Role.ADMINISTRATOR,
            {Right.MANAGE_CAMERAS, Right.MANAGE_PEOPLE, Right.HOLD_CASES},
        ),
        ("aurora", Role.AUDITOR, {Right.READ_AUDIT}),
    ],
)
def test_the_server_states_the_rights(
    database: Database, login: str, role: Role, rights: set[Right]
) -> None:
    session = database.login(login)
    assert session.person.roles == {role}
    assert session.person.rights == rights
    assert session.person.full_name
    assert 0 < session.ping() < 5000


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ana", "wrong"),
        ("ana", ""),
        ("", ""),
        ("nobody", "x"),
        ("ana' --", "x"),
        ("a\0b", "x"),
        ("engine", password_of("engine")),
        ("atalaya_owner", "x"),
    ],
)
def test_refused_logins(database: Database, login: str, password: str) -> None:
    with pytest.raises(LoginRefused):
        PostgresServer(database.address).login(Login(login), password)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Give a port that accepts and then says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _fails_plainly(dsn: str) -> str:
    begun = time.monotonic()
    with pytest.raises(DatabaseUnavailable) as caught:
        PostgresServer(dsn).login(Login("ana"), _SECRET)
    assert time.monotonic() - begun < 4.5
    said = str(caught.value)
    assert _SECRET not in said
    assert "secret" not in said
    assert "Traceback" not in said
    assert said.endswith((".", "upgrade"))
    return said


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        "garbage",
        "mysql://127.0.0.1/atalaya",
        "http://u:secret@127.0.0.1/x?y=z",
        "postgresql://",
        "postgresql://ana:secret@127.0.0.1:1/atalaya",
        "postgresql://127.0.0.1:notaport/atalaya",
        "postgresql://127.0.0.1:99999999/atalaya",
        "postgresql://no-such-host.invalid/atalaya",
        "host=127.0.0.1 port=1 password=secret nonsense=1",
        "postgresql://[::1/atalaya",
        "postgresql://127.0.0.1/\0",
        "postgresql://127.0.0.1:5432/atalaya?sslmode=perhaps",
    ],
)
def test_a_wrong_address_gets_a_plain_sentence(dsn: str) -> None:
    _fails_plainly(dsn)


def test_a_silent_server_gets_a_plain_sentence(silent_port: int) -> None:
    said = _fails_plainly(f"postgresql://127.0.0.1:{silent_port}/atalaya")
    assert "does not answer" in said


def test_a_database_that_is_not_there(database: Database) -> None:
    dsn = database.host.address_of("nowhere")
    with pytest.raises(DatabaseUnavailable, match="no database of that name"):
        PostgresServer(dsn).login(Login("ana"), password_of("ana"))


def test_a_database_without_tables(database: Database) -> None:
    empty = f"{database.name}_empty"
    database.connect().execute(f"CREATE DATABASE {empty} TEMPLATE template0".encode())
    with pytest.raises(DatabaseUnavailable, match="upgrade"):
        PostgresServer(database.host.dsn("x", "x", empty)).login(
            Login("ana"), password_of("ana")
        )


def test_old_address_forms_work(database: Database) -> None:
    dsn = database.address.replace("postgresql://", "postgresql+psycopg://")
    PostgresServer(dsn).login(Login("ana"), password_of("ana")).close()
    words = database.host.dsn("nobody", "x", database.name)
    PostgresServer(words).login(Login("ana"), password_of("ana")).close()


def test_a_session_outlives_lost_connections(database: Database) -> None:
    session = database.login("ana")
    session.ping()
    database.connect().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ana'"
        " AND datname = current_database()"
    )
    assert session.ping() > 0


def test_the_administrator_makes_people(database: Database) -> None:
    login = Login(f"eva_{database.name}")
    administrator = database.connect("admin")
    create_person(administrator, login, "Eva", Role.OPERATOR, "her-password")
    session = PostgresServer(database.address).login(login, "her-password")
    assert session.person.rights == {Right.REVIEW, Right.SEARCH_PLATES}
    session.close()
    with pytest.raises(StateConflict):
        create_person(administrator, login, "Eva", Role.AUDITOR, "x")
    with pytest.raises(NotPermitted):
        create_person(database.connect("sofia"), Login("eve"), "E", Role.AUDITOR, "x")


@pytest.mark.parametrize("login", ["postgres", "pg_monitor", "atalaya_x", "A b", "é"])
def test_bad_logins_are_not_made(database: Database, login: str) -> None:
    with pytest.raises(NotPermitted):
        create_person(database.connect("admin"), Login(login), "E", Role.AUDITOR, "x")


def test_no_engine_is_made_as_a_person(database: Database) -> None:
    with pytest.raises(NotPermitted):
        create_person(database.connect("admin"), Login("eve"), "E", Role.ENGINE, "x")


def test_whoever_must_change_the_password_can_do_just_that(database: Database) -> None:
    ana, old = Login("ana"), password_of("ana")
    must = "UPDATE atalaya.person SET must_change_password = true WHERE login = 'ana'"
    with database.connect() as superuser:
        superuser.execute(must)
    server = PostgresServer(database.address)
    with pytest.raises(PasswordMustChange):
        server.login(ana, old)
    with pytest.raises(LoginRefused, match="is wrong"):
        server.login(ana, "a guess of somebody else")
    with passwords_as_before(database):
        server.change_password(ana, old, "several quiet words")
        server.login(ana, "several quiet words").close()
