"""Moving a furnished database to a shared server: all of it, once, or not at all."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from db.embedded import EmbeddedServer
from db.move import Moved, move
from db.move_tables import Digest
from db.people import set_active
from db.provision import DEMO_PEOPLE, provision
from db.server import PostgresServer
from main import EXIT_FAULT, main
from tests.contract.test_case_store import confirmation
from tests.fixtures_db import make_fast, new_database, password_of
from tests.fixtures_tls import TlsServer
from tests.integration.rights.conftest import pattern
from tests.integration.rights.scene import Scene, state_of

__all__ = ["pattern"]
_numbers = itertools.count(1)
_PEOPLE = ("ana", "sofia", "teo", "admin", "aurora")
_CLOSED = "SELECT datconnlimit FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Target:
    """A database of the shared server."""

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


@pytest.fixture(scope="module")
def empty(tls_host: TlsServer) -> Target:
    """Make a database with tables and nobody, for others to be copies of."""
    made = Target(tls_host, "site_of_nobody")
    provision(made.dsn)
    return made


@pytest.fixture
def target(empty: Target) -> Iterator[Target]:
    """Give an empty database, and take away at the end what came with it."""
    tls_host = empty.server
    made = Target(tls_host, f"site_{next(_numbers)}")
    with psycopg.connect(tls_host.superuser_dsn, autocommit=True) as connection:
        copy = f"CREATE DATABASE {made.name} TEMPLATE {empty.name}"
        connection.execute(copy.encode())
    with _dropped(made):
        yield made


@contextmanager
def _dropped(target: Target) -> Iterator[None]:
    """Take away at the end what came with a move: roles are the server's."""
    try:
        yield
    finally:
        with psycopg.connect(
            target.server.superuser_dsn, autocommit=True
        ) as connection:
            drop = f"DROP DATABASE IF EXISTS {target.name} (FORCE)"
            connection.execute(drop.encode())
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A move that went well: what was logged of it, and the source around it."""

    source: Scene
    target: Target
    moved: Moved
    before: dict[str, str | None]
    log: str


@pytest.fixture(scope="class")
def done(pattern: Scene, empty: Target) -> Iterator[Done]:
    """Move a furnished site once, with a server that logs every statement."""
    target = Target(empty.server, "site_moved")
    host, name = pattern.database.host, pattern.database.name
    with (
        new_database(host, name) as made,
        _dropped(target),
        psycopg.connect(empty.server.superuser_dsn, autocommit=True) as connection,
    ):
        source = replace(pattern, database=made)
        before = state_of(source)
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        moved = _moved(source, target)
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")
        log = "".join(each.read_text() for each in empty.server.log.iterdir())
        yield Done(source=source, target=target, moved=moved, before=before, log=log)


def _seen_by(scene: Scene, connection: psycopg.Connection[tuple[object, ...]]) -> Scene:
    fresh = replace(scene)
    fresh.__dict__["watcher"] = connection
    return fresh


class TestAMoveThatWentWell:
    """What one move did; its people are gone from the server afterwards."""

    def test_everything_arrives(self, done: Done) -> None:
        moved = done.moved
        assert not moved.before
        assert moved.rows > 30
        assert set(moved.people) == set(_PEOPLE)
        assert moved.tables["infraction"].rows == 5
        report = verify_audit(done.target.dsn)
        assert report.findings == ()
        assert report.entries == moved.audit_sequence + 1

    def test_its_trail_tells_where_it_came_from(self, done: Done) -> None:
        moved = done.moved
        with done.target.connect() as connection:
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

    def test_the_source_stays_as_it_was_and_lets_nobody_in(self, done: Done) -> None:
        database = done.source.database
        with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
            assert connection.execute(_CLOSED).fetchone() == (0,)
            assert state_of(_seen_by(done.source, connection)) == done.before
        with pytest.raises(DatabaseUnavailable, match="no free connection"):
            PostgresServer(database.address).login(Login("ana"), password_of("ana"))

    def test_no_verifier_comes_into_the_log(self, done: Done) -> None:
        assert "CREATE DATABASE" in done.log
        assert "SCRAM-SHA-256$" not in done.log

    def test_a_target_with_rows_is_refused(self, source: Scene, done: Done) -> None:
        with psycopg.connect(source.database.superuser_dsn) as changed:
            changed.execute("INSERT INTO atalaya.plate (text) VALUES ('OTHER1')")
        with pytest.raises(StateConflict, match="not empty: there are rows in"):
            _moved(source, done.target)

    def test_people_work_on_there(self, done: Done) -> None:
        source, target = done.source, done.target
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

    def test_counters_go_on_where_they_were(self, done: Done) -> None:
        with done.target.connect() as connection:
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


def test_whoever_works_there_still_stops_it(source: Scene, target: Target) -> None:
    source.database.stack.close()
    with source.connect("sofia"), pytest.raises(StateConflict, match="sofia"):
        move(source.database.superuser_dsn, target.dsn, lambda: None)
    assert _is_empty(target)


def test_a_difference_moves_nothing_and_it_can_be_repeated(
    source: Scene,
    target: Target,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk of the server that loses a row, say."""
    real: Callable[..., Digest] = move_tables.digest_of

    def losing(connection: object, read: object, *take: object) -> Digest:
        made = real(connection, read, *take)
        lost = not take and getattr(read, "name", "") == "audit"
        return replace(made, rows=made.rows - 1) if lost else made

    monkeypatch.setattr(moving, "digest_of", losing)
    with pytest.raises(StateConflict, match="arrived in audit is not what was sent"):
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


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paths]:
    """Give a workstation with a built-in database, which runs already."""
    paths = Paths(tmp_path_factory.mktemp("home"))
    server = EmbeddedServer.start(paths.database)
    try:
        make_fast(server)
        admin = next(p for p in DEMO_PEOPLE if p.login == "admin")
        person = replace(admin, password=password_of("admin"))
        provision(server.superuser_dsn, (person,))
        yield paths
    finally:
        server.stop()


def test_as_it_is_typed(
    target: Target, home: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a workstation's own database to its shared server."""
    where = ["--home", str(home.root)]
    move_it = ["db", "move", "--to", target.dsn]
    empty_home = ["--home", str(home.root / "another")]
    assert main([*move_it, *empty_home]) == EXIT_FAULT
    assert "no built-in database here" in capsys.readouterr().err
    report = home.root / "report.json"
    assert main([*move_it, *where, "--json", str(report)]) == 0
    said = capsys.readouterr().out
    assert "People keep their passwords: admin" in said
    assert json.loads(report.read_text())["people"] == ["admin"]
    PostgresServer(target.address).login(Login("admin"), password_of("admin")).close()
    assert main(["db", "check", *where]) == EXIT_FAULT
    assert "was moved to" in capsys.readouterr().err
    assert main([*move_it, *where]) == EXIT_FAULT
