"""Runs the SQL files beside it; evidence law is easier read as SQL than as Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import op

_FOLDER = Path(__file__).parent / "sql"


def connection() -> psycopg.Connection[tuple[object, ...]]:
    """Return the connection that the migration runs on."""
    raw: object = op.get_bind().connection.dbapi_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("migrations need a psycopg connection")
    return raw


def run_script(name: str) -> None:
    """Run all statements of one file, within the migration's transaction."""
    connection().execute((_FOLDER / name).read_bytes())


@contextmanager
def run_as_owner() -> Iterator[None]:
    """Make what follows belong to the schema's owner instead of a superuser."""
    connection().execute("SET LOCAL ROLE atalaya_owner")
    yield
    connection().execute("RESET ROLE")
