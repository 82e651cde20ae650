"""Who is told that something was done is told so once it is on disk."""

from collections.abc import Callable, Iterator

import pytest

from app.domain.case_query import CaseQuery
from db.address import Connection
from tests.fixtures_db import Database

_ASK = (
    "SELECT set_config('synchronous_commit', 'off', true),"
    " atalaya.ask_reading('find', ARRAY[%s], NULL)"
)
_TRIES = 5


@pytest.fixture
def superuser(database: Database) -> Iterator[Connection]:
    """Give a connection to a server that writes nothing to disk by itself for long."""
    made = database.connect()
    made.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
    made.execute("SELECT pg_reload_conf()")
    yield made
    made.execute("ALTER SYSTEM RESET wal_writer_delay")
    made.execute("SELECT pg_reload_conf()")


def _written(superuser: Connection) -> str:
    row = superuser.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
    assert row is not None
    return str(row[0])


def _is_kept(superuser: Connection, written: str) -> bool:
    query = "SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn"
    return superuser.execute(query, (written,)).fetchone() == (True,)


def _some(act: Callable[[str], bool]) -> bool:
    """Tell whether it is ever so: the server may write a little of its own."""
    return any(act(f"ABC{number}") for number in range(_TRIES))


def test_an_act_does_not_wait_by_itself_and_is_kept_by_the_next(
    database: Database, superuser: Connection
) -> None:
    ana = database.connect("ana")

    def lies_about(plate: str) -> bool:
        ana.execute(_ASK, (plate,))
        written = _written(superuser)
        lay_about = not _is_kept(superuser, written)
        ana.execute("SELECT atalaya.await_kept()")
        assert _is_kept(superuser, written)
        return lay_about

    assert _some(lies_about)


def test_what_the_store_did_is_kept(database: Database, superuser: Connection) -> None:
    store = database.login("ana").case_store

    def is_kept(plate: str) -> bool:
        store.cases(CaseQuery(plate=plate))
        return _is_kept(superuser, _written(superuser))

    assert _some(is_kept)


def test_a_head_that_is_noted_outside_is_kept(database: Database) -> None:
    superuser = database.connect()
    database.connect("ana").execute(_ASK, ("ABC123",))
    written = _written(superuser)
    head = database.connect("aurora").execute(
        "SELECT sequence FROM atalaya.anchored_head()"
    )
    asked = superuser.execute(
        "SELECT sequence FROM atalaya.audit WHERE action = 'read_find'"
    )
    assert head.fetchall() == asked.fetchall()
    assert _is_kept(superuser, written)
