"""Brings the tables of a database to the shape that this release needs."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from db import address
from db.tables import SCHEMA

HEAD = "0015"
_FOLDER = Path(__file__).parent / "migrations"


def schema_version(connection: address.Connection) -> str | None:
    """Return the version of the tables, None where there are none."""
    exists = connection.execute(
        "SELECT to_regclass(%s)", (f"{SCHEMA}.alembic_version",)
    ).fetchone()
    if exists is None or exists[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM atalaya.alembic_version")
    found = row.fetchone()
    return str(found[0]) if found else None


def upgrade(dsn: str) -> None:
    """Upgrade as superuser to `HEAD`; nothing to do is done fast."""
    parameters = address.parse(dsn)
    with address.connect(parameters, autocommit=True) as connection:
        if schema_version(connection) == HEAD:
            return
        # Alembic keeps its own table in the schema, before the first version runs.
        connection.execute("CREATE SCHEMA IF NOT EXISTS atalaya")
    _run_alembic(dsn)


def _run_alembic(dsn: str, revision: str = HEAD) -> None:
    parameters = address.parse(dsn) | {"options": "-c lock_timeout=30s"}
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**parameters),
        poolclass=NullPool,
    )
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
