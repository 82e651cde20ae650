"""What looks after people and their server from the command line, put together."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.database import ENGINE_SECRET, database, new_password, owner_dsn
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.domain.clock import SystemClock
from app.domain.ids import Login
from app.domain.person import Role

if TYPE_CHECKING:
    from db.address import Connection
    from db.provision import NewPerson


def set_up_database(paths: Paths, superuser_dsn: str | None, password: str) -> None:
    """Make a database ready, with an administrator and this engine's login."""
    from db.provision import ENGINE_LOGIN, provision

    secrets = open_secret_store(paths)
    admin = _person("admin", "Administrator", Role.ADMINISTRATOR, password)
    if superuser_dsn is None:
        with database(paths, None, secrets, (admin,)):
            return
    engine_password = new_password()
    provision(superuser_dsn, (admin,), engine_password=engine_password)
    secrets.put(ENGINE_SECRET, ENGINE_LOGIN, engine_password)


def add_person(
    paths: Paths,
    superuser_dsn: str | None,
    *,
    login: str,
    full_name: str,
    role: Role,
    password: str,
) -> None:
    """Give somebody a login and one role; somebody who has one gets the password."""
    from db.provision import provision

    person = _person(login, full_name, role, password)
    if superuser_dsn is None:
        with database(paths, None, open_secret_store(paths), (person,)):
            return
    provision(superuser_dsn, (person,))


@contextmanager
def administration(paths: Paths, superuser_dsn: str | None) -> Iterator["Connection"]:
    """Yield a connection that may look after people; what it did is kept at the end."""
    from db import address

    with (
        owner_dsn(paths, superuser_dsn) as dsn,
        address.connect(address.parse(dsn)) as connection,
    ):
        yield connection


@contextmanager
def in_the_name_of(
    paths: Paths, dsn: str | None, login: str, password: str
) -> Iterator["Connection"]:
    """Yield somebody's own connection; what he or she did is kept at the end."""
    from db import address

    with database(paths, dsn, open_secret_store(paths)) as server:
        parameters = address.parse(server.address)
        parameters |= {"user": login, "password": password}
        parameters.setdefault("dbname", "atalaya")
        with address.connect(parameters) as connection:
            yield connection


def keep_guard(
    paths: Paths, superuser_dsn: str | None, *, log: Path, hba: Path
) -> None:
    """Guard a server, from beside it, until this process is told to end."""
    from app.runtime.signals import stop_on_signals
    from db.guard import Guard

    stop = threading.Event()
    stop_on_signals(stop)
    with ExitStack() as stack:
        # Beside a shared server there need be nothing of a workstation.
        dsn = superuser_dsn or stack.enter_context(owner_dsn(paths, None))
        guard = Guard(dsn, SystemClock(), log=log, hba=hba)
        stack.enter_context(closing(guard)).keep(stop)


def _person(login: str, full_name: str, role: Role, password: str) -> "NewPerson":
    from db.provision import NewPerson

    return NewPerson(
        login=Login(login), full_name=full_name, role=role, password=password
    )
