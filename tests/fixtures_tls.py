"""A shared server for tests: PostgreSQL with TLS, set up by the product's installer."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.config.server_bundle import ServerBundle
from db.binaries import let_through, system_user
from installer.server.cluster import Cluster
from installer.server.doing import Doing
from installer.server.setup import Wishes, set_up
from installer.server.site import ServerSite
from tests.fixtures_db import make_fast
from tests.tls_programs import tls_programs

HOST = "localhost"
ADMINISTRATOR, PASSWORD = "chief", "chief-opens-sesame"
WATCHER = "nobody"
_RUN_AS = "atalaya-db"


@dataclass(frozen=True, slots=True)
class TlsServer:
    """`tests.fixtures_db.Host`, over TLS, verified in full and bound to it."""

    cluster: Cluster

    @property
    def site(self) -> ServerSite:
        """What was asked for."""
        return self.cluster.site

    @property
    def superuser_dsn(self) -> str:
        """The superuser's address, through the socket."""
        return self.site.admin_dsn()

    @property
    def log(self) -> Path:
        """The folder of its log, which has a file for each day."""
        return self.site.cluster / "log"

    @property
    def hba(self) -> Path:
        """Where it reads who may connect."""
        return self.site.cluster / "pg_hba.conf"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.site.port

    @property
    def bundle(self) -> ServerBundle:
        """What workstations import."""
        return ServerBundle.from_text(self.site.bundle.read_text())

    def address_of(self, database: str) -> str:
        """Return the address of a database, for people to log in to."""
        ours = self.bundle.address(self.site.authority / "ca.crt")
        return ours.replace("/atalaya?", f"/{database}?")

    def dsn(self, login: str, password: str, database: str) -> str:
        """Return the address of a database for a login, with the password."""
        address = self.address_of(database)
        return make_conninfo(
            address, user=login, password=password, hostaddr="127.0.0.1"
        )


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def password_on_stdin(password: str) -> Iterator[int]:
    """Give a descriptor that a password is read from, as a script would."""
    reading, writing = os.pipe()
    os.write(writing, f"{password}\n".encode())
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def quiet() -> Doing:
    """Return what collects changes without printing them."""
    return Doing(say=lambda _: None)


def wishes(password_from: int | None = None) -> Wishes:
    """Return how tests set up a server."""
    return Wishes(
        bin_dir=tls_programs(),
        run_as=_RUN_AS if system_user() is not None else None,
        service=False,
        administrator=ADMINISTRATOR,
        password_from=password_from,
    )


def site_in(folder: Path) -> ServerSite:
    """Return a site on this machine alone."""
    return ServerSite(
        hosts=(HOST, "127.0.0.1"),
        data_dir=folder / "server",
        port=free_port(),
        listen="127.0.0.1",
        networks=("127.0.0.0/8",),
        max_connections=100,
        monitor_user=WATCHER,
    )


@contextmanager
def running_server() -> Iterator[TlsServer]:
    """Set up a server with its first administrator; stop it at the end."""
    tls_programs()
    with tempfile.TemporaryDirectory(prefix="atalaya-tls-") as name:
        let_through(Path(name))
        with password_on_stdin(PASSWORD) as descriptor:
            asked = wishes(descriptor)
            cluster = set_up(site_in(Path(name)), asked, quiet())
        assert cluster is not None
        try:
            with psycopg.connect(cluster.site.admin_dsn(), autocommit=True) as made:
                # What tests write need not survive a power cut.
                made.execute("ALTER SYSTEM SET fsync = off")
            cluster.reload()
            yield TlsServer(cluster)
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def tls_host() -> Iterator[TlsServer]:
    """Run a shared server whose rules of access are widened to all its databases."""
    with running_server() as server:
        access = server.site.cluster / "pg_hba.conf"
        text = access.read_text().replace("hostssl  atalaya  all", "hostssl  all  all")
        access.write_text(text)
        server.cluster.reload()
        make_fast(server)
        yield server
