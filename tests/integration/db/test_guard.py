"""Failed logins on a real server: who is locked out, from where, and for how long."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.domain.ids import Login
from app.domain.person import Role
from db.guard import Guard
from db.lockout_policy import FAILURES
from db.people import change_password, create_person, lift_lockout
from tests.fakes.manual_clock import ManualClock
from tests.fixtures_db import Database, Host, new_database, password_of

_ELSEWHERE = "127.0.0.5"
_MOST_TRIES = 500


@pytest.fixture(scope="module")
def database(database_host: Host) -> Iterator[Database]:
    """Give one database for all these tests: each begins without a lock."""
    with new_database(database_host) as made:
        yield made


@pytest.fixture
def clock() -> ManualClock:
    """Give the guard's clock."""
    return ManualClock()


def _guard_of(database: Database, clock: ManualClock) -> Guard:
    host = database.host
    return Guard(database.superuser_dsn, clock, log=host.log, hba=host.hba)


@pytest.fixture
def guard(database: Database, clock: ManualClock) -> Iterator[Guard]:
    """Give the guard of the test's server, for one of its databases."""
    with database.connect() as superuser:
        # People are of the whole server: other tests may have set their passwords anew,
        # past this database. Unknown, they are learnt with the first look.
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM atalaya.known_password")
    with closing(_guard_of(database, clock)) as made:
        made.look()
        yield made
        database.connect().execute("DELETE FROM atalaya.lockout")
        made.look()
    for login in ("ana", "admin"):
        _tried_until(partial(_enters, database.dsn(login)))


def _enters(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def _fail(dsn: str, times: int = FAILURES) -> None:
    for _ in range(times):
        assert not _enters(make_conninfo(dsn, password="wrong"))


def _tried_until(ask: Callable[[], bool]) -> None:
    """The server reads its rules again when it comes to it; each try is a login."""
    assert any(ask() for _ in range(_MOST_TRIES))


@contextmanager
def _from_elsewhere(database: Database, login: str) -> Iterator[str]:
    """Give an address of the server by which one comes from another computer."""
    hba = database.host.hba
    before = hba.read_text()
    hba.write_text(f"{before}host all all {_ELSEWHERE}/32 scram-sha-256\n")
    database.connect().execute("SELECT pg_reload_conf()")
    listener = socket.create_server(("127.0.0.1", 0))
    work = threading.Thread(target=_forward, args=(listener, database.host.port))
    work.start()
    try:
        yield make_conninfo(database.dsn(login), port=listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        work.join()
        listener.close()
        hba.write_text(before)
        database.connect().execute("SELECT pg_reload_conf()")


def _forward(listener: socket.socket, port: int) -> None:
    pumps: list[threading.Thread] = []
    ends: list[socket.socket] = []
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            break
        server = socket.create_connection(
            ("127.0.0.1", port), source_address=(_ELSEWHERE, 0)
        )
        ends += (client, server)
        for one, other in ((client, server), (server, client)):
            pumps.append(threading.Thread(target=_pump, args=(one, other)))
            pumps[-1].start()
    for pump in pumps:
        pump.join()
    for end in ends:
        end.close()


def _pump(one: socket.socket, other: socket.socket) -> None:
    try:
        while part := one.recv(65536):
            other.sendall(part)
    except OSError:
        pass
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _acts(database: Database, action: str) -> list[tuple[str, str, object]]:
    rows = database.connect().execute(
        "SELECT login, subject, detail ->> 'address' FROM atalaya.audit"
        " WHERE action = %s ORDER BY sequence",
        (action,),
    )
    return [(str(row[0]), str(row[1]), row[2]) for row in rows]


def test_the_right_password_is_refused_too_until_somebody_lifts_it(
    database: Database, guard: Guard
) -> None:
    dsn = database.dsn("ana")
    _fail(dsn, FAILURES - 1)
    guard.look()
    assert _enters(dsn)
    _fail(dsn)
    guard.look()
    _tried_until(lambda: not _enters(dsn))
    assert _enters(database.dsn("sofia"))
    assert ("postgres", "ana", "127.0.0.1") in _acts(database, "lock_out")
    with closing(database.connect("admin")) as admin:
        row = admin.execute(
            "SELECT locked_until FROM atalaya.people() WHERE login = 'ana'"
        )
        assert row.fetchone() != (None,)
        assert lift_lockout(admin, Login("ana")) == 1
    guard.look()
    _tried_until(lambda: _enters(dsn))
    assert _acts(database, "lift_lockout") == [("admin", "ana", None)]


def test_a_lock_runs_out(database: Database, guard: Guard) -> None:
    dsn = database.dsn("ana")
    _fail(dsn)
    guard.look()
    _tried_until(lambda: not _enters(dsn))
    database.connect().execute("UPDATE atalaya.lockout SET locked_until = now()")
    guard.look()
    _tried_until(lambda: _enters(dsn))


def test_what_a_guard_before_locked_is_over_in_time(
    database: Database, guard: Guard
) -> None:
    dsn = database.dsn("ana")
    _fail(dsn)
    guard.look()
    _tried_until(lambda: not _enters(dsn))
    guard.close()
    assert not _enters(dsn)
    database.connect().execute("UPDATE atalaya.lockout SET locked_until = now()")
    with closing(_guard_of(database, ManualClock())) as later:
        _tried_until(lambda: _looked(later) and _enters(dsn))


def _looked(guard: Guard) -> bool:
    guard.look()
    return True


def test_who_fails_elsewhere_locks_nobody_out_here(
    database: Database, guard: Guard
) -> None:
    with _from_elsewhere(database, "admin") as dsn:
        _tried_until(lambda: _enters(dsn))
        _fail(dsn)
        guard.look()
        _tried_until(lambda: not _enters(dsn))
        assert _enters(database.dsn("admin"))
        locked = database.connect().execute(
            "SELECT login, address FROM atalaya.lockout"
        )
        assert locked.fetchall() == [("admin", _ELSEWHERE)]


def test_only_people_are_locked_out(database: Database, guard: Guard) -> None:
    for dsn in (database.engine_dsn, database.superuser_dsn, database.dsn("nobody")):
        _fail(dsn, FAILURES + 1)
    guard.look()
    locked = database.connect().execute("SELECT * FROM atalaya.lockout")
    assert locked.fetchall() == []


def test_a_forged_line_locks_nobody_out(database: Database, guard: Guard) -> None:
    forged = make_conninfo(
        database.dsn("x"),
        user="x\n2026-11-30 21:00:00.000 UTC [7] 28P01 ana",
        dbname='y 1.1.1.1 FATAL:  password authentication failed for user "ana"',
    )
    _fail(forged, 3 * FAILURES)
    guard.look()
    locked = database.connect().execute("SELECT * FROM atalaya.lockout")
    assert locked.fetchall() == []


def test_of_two_guards_one_works(database: Database, guard: Guard) -> None:
    with closing(_guard_of(database, ManualClock())) as other:
        other.look()
        _fail(database.dsn("ana"))
        for each in (guard, other):
            each.look()
    times = database.connect().execute("SELECT times FROM atalaya.lockout")
    assert times.fetchall() == [(1,)]


def test_what_failed_before_a_lift_does_not_undo_it(
    database: Database, guard: Guard
) -> None:
    """It may be read from the log a moment after the administrator's word."""
    _fail(database.dsn("ana"))
    with database.connect() as superuser:
        superuser.execute("SELECT atalaya.lock_out('ana', '127.0.0.1', 5, 30)")
        assert lift_lockout(superuser, Login("ana")) == 1
        guard.look()
        times = superuser.execute("SELECT times FROM atalaya.lockout")
        assert times.fetchall() == [(1,)]
    assert _enters(database.dsn("ana"))


@pytest.fixture
def eva(database: Database) -> Iterator[str]:
    """Give somebody whose password may change."""
    with database.connect() as superuser:
        create_person(
            superuser, Login("eva"), "Eva Salas", Role.OPERATOR, password_of("eva")
        )
        yield "eva"
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM atalaya.known_password WHERE login = 'eva'")
        superuser.execute("DELETE FROM atalaya.person WHERE login = 'eva'")
        superuser.execute("DROP ROLE eva")


def test_a_password_set_past_the_functions_is_found_and_serves_for_nothing(
    database: Database, guard: Guard, clock: ManualClock, eva: str
) -> None:
    with closing(database.connect(eva)) as own:
        own.execute("ALTER ROLE eva PASSWORD 'x'")
        clock.advance(timedelta(seconds=11))
        guard.look()
        assert _acts(database, "found_password") == [("postgres", eva, None)]
        search = (
            "SELECT atalaya.search_plates(gen_random_uuid(), 'ABC123', false, NULL,"
            " NULL, 'somebody asked')"
        )
        with pytest.raises(psycopg.Error, match="must be changed"):
            own.execute(search)
        change_password(own, Login(eva), password_of(eva))
        own.execute(search)
    clock.advance(timedelta(seconds=11))
    guard.look()
    assert len(_acts(database, "found_password")) == 1
    assert _enters(database.dsn(eva))


def test_old_passwords_must_be_changed(
    database: Database, guard: Guard, clock: ManualClock, eva: str
) -> None:
    superuser = database.connect()
    superuser.execute("SELECT atalaya.set_password_age(30)")
    superuser.execute(
        "UPDATE atalaya.known_password SET set_at = now() - interval '31 days'"
        " WHERE login = 'eva'"
    )
    clock.advance(timedelta(seconds=11))
    guard.look()
    must = superuser.execute(
        "SELECT login FROM atalaya.person WHERE must_change_password"
    )
    assert must.fetchall() == [(eva,)]
    superuser.execute("SELECT atalaya.set_password_age(NULL)")
