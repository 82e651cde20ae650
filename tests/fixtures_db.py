"""A real PostgreSQL for tests: one server per run, one database per test.

With `ATALAYA_TEST_SERVER=tls` it is not the embedded one but a shared server, set up by
`installer.server` and asked over TLS.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from app.domain.ids import Login
from db.address import Connection
from db.embedded import EmbeddedServer
from db.engine_gateway import EngineGateway
from db.provision import (
    DEMO_PEOPLE,
    ENGINE_LOGIN,
    protect_database,
    protect_server,
    provision,
)
from db.server import PostgresServer, PostgresSession

TEMPLATE = "atalaya_template"
_numbers = itertools.count(1)


def password_of(login: str) -> str:
    """Return the password that a login of the test server has."""
    return f"{login}-opens-sesame"


class Host(Protocol):
    """A server of tests, whichever it is."""

    @property
    def superuser_dsn(self) -> str:
        """The superuser's address."""
        ...

    @property
    def log(self) -> Path:
        """What it logs: a file, or the folder of several."""
        ...

    @property
    def hba(self) -> Path:
        """Where it reads who may connect."""
        ...

    @property
    def port(self) -> int:
        """Where it listens."""
        ...

    def dsn(self, login: str, password: str, database: str) -> str:
        """Return the address of a database for a login, with the password."""
        ...

    def address_of(self, database: str) -> str:
        """Return the address of a database, for people to log in to."""
        ...


@dataclass(frozen=True, slots=True)
class Database:
    """A database with tables and the demo's people; sessions close with the test."""

    host: Host
    name: str
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        """Where people log in to."""
        return self.host.address_of(self.name)

    @property
    def superuser_dsn(self) -> str:
        """The superuser's address, with password."""
        return make_conninfo(self.host.superuser_dsn, dbname=self.name)

    @property
    def engine_dsn(self) -> str:
        """The engine's address, with password."""
        return self.dsn(ENGINE_LOGIN)

    def dsn(self, login: str) -> str:
        """The address of one login, with password."""
        return self.host.dsn(login, password_of(login), self.name)

    def login(self, login: str) -> PostgresSession:
        """Log a person in until the end of the test."""
        server = PostgresServer(self.address)
        session = server.login(Login(login), password_of(login))
        self.stack.callback(session.close)
        return session

    def gateway(self) -> EngineGateway:
        """Return an engine's gateway that lives until the end of the test."""
        gateway = EngineGateway(self.engine_dsn)
        self.stack.callback(gateway.close)
        return gateway

    def connect(self, login: str | None = None) -> Connection:
        """Return a bare autocommit connection, of the superuser without a login."""
        dsn = self.superuser_dsn if login is None else self.dsn(login)
        connection: Connection = psycopg.connect(dsn, autocommit=True)
        self.stack.callback(connection.close)
        return connection


@contextmanager
def passwords_as_before(database: Database) -> Iterator[None]:
    """Let somebody's password change: people are of the whole server, not of a test."""
    kept = "SELECT rolname, rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL"
    superuser = database.connect()
    before = superuser.execute(kept).fetchall()
    try:
        yield
    finally:
        for login, verifier in before:
            back = sql.SQL("ALTER ROLE {} PASSWORD {}")
            superuser.execute(back.format(sql.Identifier(login), sql.Literal(verifier)))


def make_fast(host: Host) -> None:
    """Test data need not survive a power cut; hashing passwords need not be slow."""
    maintenance = make_conninfo(host.superuser_dsn, dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for setting in ("fsync = off", "scram_iterations = 4096"):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def database_host(request: pytest.FixtureRequest) -> Iterator[Host]:
    """Run the server, with a provisioned template database."""
    if os.environ.get("ATALAYA_TEST_SERVER") == "tls":
        shared: Host = request.getfixturevalue("tls_host")
        make_template(shared)
        yield shared
        return
    folder = Path(tempfile.mkdtemp(prefix="atalaya-db-"))
    host = EmbeddedServer.start(folder)
    try:
        make_template(host)
        yield host
    finally:
        host.stop()
        shutil.rmtree(folder)


def make_template(host: Host) -> None:
    """Make the database that those of the tests are copies of."""
    make_fast(host)
    people = [replace(p, password=password_of(p.login)) for p in DEMO_PEOPLE]
    template = make_conninfo(host.superuser_dsn, dbname=TEMPLATE)
    provision(template, people, engine_password=password_of(ENGINE_LOGIN))
    protect_server(template)
    with psycopg.connect(template) as connection:
        connection.execute("DELETE FROM atalaya.outbox")


@pytest.fixture
def database(database_host: Host) -> Iterator[Database]:
    """Give a fresh database, a copy of the template."""
    with new_database(database_host) as made:
        yield made


@contextmanager
def new_database(database_host: Host, template: str = TEMPLATE) -> Iterator[Database]:
    """Make a copy of a template; its sessions close at the end of the block."""
    made = Database(database_host, f"test_{next(_numbers)}")
    maintenance = make_conninfo(database_host.superuser_dsn, dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {made.name} TEMPLATE {template}".encode())
    protect_database(made.superuser_dsn)
    # Dropping it would cost a checkpoint; all go with the server at the end.
    with made.stack:
        yield made
