"""Moving a furnished database to a shared server: all of it, once, or not at all."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.commands.shared_server import with_password
from app.config.paths import Paths
from app.config.server_bundle import mark_moved, require_not_moved
from app.domain.errors import (
    ConfigurationInvalid,
    DatabaseUnavailable,
    LoginRefused,
    NotPermitted,
    StateConflict,
)
from app.domain.ids import Login
from app.domain.infraction import InfractionState
from db import move as moving
from db import move_tables
from db.audit_check import verify_audit
from db.move import Moved, move
from db.move_tables import Digest
from db.people import set_active
from db.server import PostgresServer
from main import EXIT_FAULT, main
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import new_database, password_of
from tests.fixtures_tls import TlsServer
from tests.integration.rights.conftest import pattern
from tests.integration.rights.scene import Scene, state_of

__all__ = ["pattern"]
_numbers = itertools.count(1)
_PEOPLE = ("ana", "sofia", "teo", "admin", "aurora")
_CLOSED = "SELECT datconnlimit FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Target:
    """A database of the shared server that is not there yet."""

    server: TlsServer
    name: str

    @property
    def dsn(self) -> str:
        """The superuser's address."""
        return make_conninfo(self.server.superuser_dsn, dbname=self.name)

    @property
    def address(self) -> str:
        """Where people log in."""
        return self.server.address_of(self.name)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the superuser."""
        return psycopg.connect(self.dsn, autocommit=True)


@pytest.fixture
def target(tls_host: TlsServer) -> Iterator[Target]:
    """Name an empty database, and take away at the end what came with it."""
    made = Target(tls_host, f"site_{next(_numbers)}")
    yield made
    with psycopg.connect(tls_host.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {made.name} (FORCE)".encode())
        for login in _PEOPLE:
            connection.execute(f"DROP ROLE IF EXISTS {login}".encode())


@pytest.fixture
def source(pattern: Scene) -> Iterator[Scene]:
    """Give a site that nobody is logged in to."""
    with new_database(pattern.database.host, pattern.database.name) as made:
        yield replace(pattern, database=made)


def _moved(source: Scene, target: Target) -> Moved:
    source.database.stack.close()
    return move(source.database.superuser_dsn, target.dsn, lambda: None)


def _is_empty(target: Target) -> bool:
    with target.connect() as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM atalaya.audit)"
            " + (SELECT count(*) FROM atalaya.person)"
            " + (SELECT count(*) FROM pg_roles WHERE rolname = ANY (%s))",
            (list(_PEOPLE),),
        ).fetchone()
    return row == (0,)


def test_everything_arrives_and_works_there(source: Scene, target: Target) -> None:
    moved = _moved(source, target)
    assert not moved.before
    assert moved.rows > 30
    assert set(moved.people) == set(_PEOPLE)
    assert moved.tables["infraction"].rows == 4
    report = verify_audit(target.dsn)
    assert report.findings == ()
    assert report.entries == moved.audit_sequence + 1
    ana = PostgresServer(target.address).login(Login("ana"), password_of("ana"))
    try:
        case = ana.case_store.decide(
            confirmation(ana.case_store.case(source.pending).infraction)
        )
        assert case.state is InfractionState.CONFIRMED
        with pytest.raises(NotPermitted):
            ana.site.remove_camera(ana.site.cameras()[0].id)
    finally:
        ana.close()
    assert verify_audit(target.dsn).findings == ()


def test_its_trail_tells_where_it_came_from(source: Scene, target: Target) -> None:
    moved = _moved(source, target)
    with target.connect() as connection:
        entry = connection.execute(
            "SELECT login, subject, detail FROM atalaya.audit"
            " WHERE action = 'move_database'"
        ).fetchall()
    [(login, subject, detail)] = entry
    assert (login, subject) == ("postgres", moved.target)
    assert isinstance(detail, dict)
    assert detail["from"] == moved.source
    assert detail["audit_sha256"] == moved.audit_sha256
    assert detail["sha256"] == moved.sha256


def test_the_source_stays_as_it_was_and_lets_nobody_in(
    source: Scene, target: Target
) -> None:
    before = state_of(source)
    marked: list[bool] = []
    source.database.stack.close()
    dsn = source.database.superuser_dsn
    move(dsn, target.dsn, lambda: marked.append(True))
    assert marked == [True]
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute(_CLOSED).fetchone() == (0,)
        after = state_of(_seen_by(source, connection))
    assert after == before
    with pytest.raises(DatabaseUnavailable, match="no free connection"):
        PostgresServer(source.database.address).login(Login("ana"), password_of("ana"))


def _seen_by(scene: Scene, connection: psycopg.Connection[tuple[object, ...]]) -> Scene:
    fresh = replace(scene)
    fresh.__dict__["watcher"] = connection
    return fresh


def test_counters_go_on_where_they_were(source: Scene, target: Target) -> None:
    _moved(source, target)
    with target.connect() as connection:
        row = connection.execute(
            "INSERT INTO atalaya.plate (text) VALUES ('NEW999') RETURNING id > ("
            " SELECT max(id) FROM atalaya.plate)"
        ).fetchone()
    assert row == (True,)


def test_who_was_put_out_stays_out_and_can_be_let_in(
    source: Scene, target: Target
) -> None:
    admin = source.connect("admin")
    set_active(admin, Login("ana"), active=False)
    try:
        _moved(source, target)
    finally:
        with psycopg.connect(source.database.superuser_dsn) as connection:
            connection.execute("ALTER ROLE ana LOGIN")
    with pytest.raises(LoginRefused):
        PostgresServer(target.address).login(Login("ana"), password_of("ana"))
    with psycopg.connect(
        target.server.dsn("admin", password_of("admin"), target.name), autocommit=True
    ) as there:
        set_active(there, Login("ana"), active=True)
    PostgresServer(target.address).login(Login("ana"), password_of("ana")).close()


def test_a_target_with_rows_is_refused(source: Scene, target: Target) -> None:
    _moved(source, target)
    with target.connect() as connection:
        connection.execute("INSERT INTO atalaya.plate (text) VALUES ('NEW999')")
        connection.execute(
            "SELECT atalaya.record('move_database', 'x', '{\"sha256\": \"0\"}')"
        )
    with psycopg.connect(source.database.superuser_dsn) as changed:
        changed.execute("INSERT INTO atalaya.plate (text) VALUES ('OTHER1')")
    with pytest.raises(StateConflict, match="not empty: there are rows in"):
        _moved(source, target)


def test_whoever_works_there_still_stops_it(source: Scene, target: Target) -> None:
    source.database.stack.close()
    with source.connect("sofia"), pytest.raises(StateConflict, match="sofia"):
        move(source.database.superuser_dsn, target.dsn, lambda: None)
    assert _is_empty(target)


@pytest.mark.parametrize("table", ["infraction", "audit"])
def test_a_difference_moves_nothing_and_it_can_be_repeated(
    source: Scene,
    target: Target,
    table: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk of the server that loses a row, say."""
    real: Callable[..., Digest] = move_tables.digest_of

    def losing(connection: object, read: object, *take: object) -> Digest:
        made = real(connection, read, *take)
        lost = not take and getattr(read, "name", "") == table
        return replace(made, rows=made.rows - 1) if lost else made

    monkeypatch.setattr(moving, "digest_of", losing)
    with pytest.raises(StateConflict, match=f"arrived in {table} is not what was sent"):
        _moved(source, target)
    assert _is_empty(target)
    monkeypatch.undo()
    with psycopg.connect(source.database.superuser_dsn) as connection:
        assert connection.execute(_CLOSED).fetchone() == (-1,)
    assert not _moved(source, target).before


def test_an_end_before_the_mark_is_mended_by_doing_it_again(
    source: Scene, target: Target
) -> None:
    def cut() -> None:
        raise KeyboardInterrupt

    source.database.stack.close()
    with pytest.raises(KeyboardInterrupt):
        move(source.database.superuser_dsn, target.dsn, cut)
    again = _moved(source, target)
    assert again.before
    with psycopg.connect(source.database.superuser_dsn) as connection:
        assert connection.execute(_CLOSED).fetchone() == (0,)


def test_a_login_of_the_server_is_not_taken_over(source: Scene, target: Target) -> None:
    with psycopg.connect(target.server.superuser_dsn, autocommit=True) as connection:
        connection.execute("CREATE ROLE sofia LOGIN")
    with pytest.raises(StateConflict, match="has these logins already: sofia"):
        _moved(source, target)


def test_no_verifier_comes_into_the_log(source: Scene, target: Target) -> None:
    with psycopg.connect(target.server.superuser_dsn, autocommit=True) as connection:
        connection.execute("CREATE ROLE zoe LOGIN")
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            _moved(source, target)
        finally:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP ROLE zoe")
    said = target.server.log.read_text()
    assert "CREATE DATABASE" in said
    assert "SCRAM-SHA-256$" not in said


def test_a_database_is_not_moved_to_itself(source: Scene) -> None:
    source.database.stack.close()
    dsn = source.database.superuser_dsn
    with pytest.raises(StateConflict, match="the same database"):
        move(dsn, dsn, lambda: None)


def test_a_workstation_whose_data_moved_says_so(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    require_not_moved(paths)
    mark_moved(paths, "db.example.org:5432")
    with pytest.raises(DatabaseUnavailable, match=r"moved to db\.example\.org:5432"):
        require_not_moved(paths)


def test_no_password_stands_in_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: "typed")
    assert with_password("host=/run/x user=postgres") == "host=/run/x user=postgres"
    assert "typed" in with_password("postgresql://postgres@127.0.0.1/atalaya")
    with pytest.raises(ConfigurationInvalid, match="seen by others"):
        with_password("postgresql://postgres:open@127.0.0.1/atalaya")


def test_as_it_is_typed(
    target: Target,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From a workstation's first day to its shared server."""
    folder = tmp_path_factory.mktemp("home")
    home = ["--home", str(folder)]
    to = ["--to", target.dsn]
    assert main(["db", "move", *to, *home]) == EXIT_FAULT
    assert "no built-in database here" in capsys.readouterr().err
    monkeypatch.setattr("getpass.getpass", lambda _: "open-sesame")
    assert main(["db", "setup", *home]) == 0
    report = folder / "moved.json"
    assert main(["db", "move", *to, *home, "--json", str(report)]) == 0
    said = capsys.readouterr().out
    assert "People keep their passwords: admin" in said
    assert json.loads(report.read_text())["people"] == ["admin"]
    PostgresServer(target.address).login(Login("admin"), "open-sesame").close()
    assert main(["db", "check", *home]) == EXIT_FAULT
    assert "was moved to" in capsys.readouterr().err
    assert main(["db", "move", *to, *home]) == EXIT_FAULT
