"""The database of a process: the shared server, or the one a workstation brings."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.config.server_bundle import require_not_moved
from app.domain.clock import SystemClock
from app.domain.errors import DatabaseUnavailable
from app.domain.ids import Login
from app.ports import SecretStore

if TYPE_CHECKING:
    from db.embedded import EmbeddedServer
    from db.keeper import Chores
    from db.provision import NewPerson
    from db.server import PostgresSession

ENGINE_SECRET = "engine-database"  # noqa: S105 - the name of an entry, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where people log in; `embedded` is the server that this workstation brought."""

    address: str
    embedded: "EmbeddedServer | None" = None

    @property
    def owner_dsn(self) -> str:
        """The superuser's address on an embedded server; elsewhere the given one."""
        return self.embedded.superuser_dsn if self.embedded else self.address


@contextmanager
def database(
    paths: Paths,
    dsn: str | None,
    secrets: SecretStore,
    people: "tuple[NewPerson, ...]" = (),
) -> Iterator[Database]:
    """Yield the shared server of `dsn`, else a provisioned embedded one.

    The embedded server is kept running until the end of the block, and stopped there
    if it was started here. DatabaseUnavailable when its data was moved elsewhere.
    """
    if dsn:
        yield Database(address=dsn)
        return
    require_not_moved(paths)
    from db.embedded import EmbeddedServer
    from db.keeper import Keeper
    from db.provision import ENGINE_LOGIN, protect_server, provision

    server = EmbeddedServer.start(paths.database)
    try:
        known = secrets.get(ENGINE_SECRET)
        password = known[1] if known else new_password()
        # Its only desktop is of this release.
        provision(server.superuser_dsn, people, engine_password=password, alone=True)
        protect_server(server.superuser_dsn)
        if known is None:
            secrets.put(ENGINE_SECRET, ENGINE_LOGIN, password)
        with closing(Keeper(server, SystemClock(), _chores(paths, secrets))):
            yield Database(address=server.address, embedded=server)
    finally:
        if server.started_here:
            server.stop()


@contextmanager
def owner_dsn(paths: Paths, superuser_dsn: str | None) -> Iterator[str]:
    """Yield the address that was given, else the built-in server's superuser's."""
    with database(paths, superuser_dsn, open_secret_store(paths)) as server:
        yield server.owner_dsn


@contextmanager
def session_of(
    paths: Paths, dsn: str | None, login: str, password: str
) -> Iterator["PostgresSession"]:
    """Yield somebody's session; LoginRefused otherwise."""
    from db.server import PostgresServer

    with (
        database(paths, dsn, open_secret_store(paths)) as server,
        closing(PostgresServer(server.address).login(Login(login), password)) as one,
    ):
        yield one


def _chores(paths: Paths, secrets: SecretStore) -> "Chores":
    """Return what is done daily beside forgetting plates."""
    from app.evidence.open_store import eraser_of, open_evidence
    from db.case_erasure import Erasing

    def erase(dsn: str) -> Erasing:
        return Erasing(dsn, eraser_of(paths, open_evidence(paths, secrets)))

    return {"cases whose term is over are not erased": erase}


def new_password() -> str:
    from db.people import random_password

    return random_password()


def engine_dsn(dsn: str, secrets: SecretStore) -> str:
    """Join address and password in memory; neither log nor process list sees it."""
    from db.address import with_login

    entry = secrets.get(ENGINE_SECRET)
    if entry is None:
        raise DatabaseUnavailable(
            "The engine has no login for the database on this computer. An "
            "administrator must run: python main.py db engine-login"
        )
    return with_login(dsn, *entry)
