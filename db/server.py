"""`app.ports.Server` on PostgreSQL: who logs in becomes that role of the server."""

import contextlib
import time
from collections.abc import Collection
from typing import Any

import psycopg
from sqlalchemy import Engine, text

from app.domain.errors import DatabaseUnavailable, LoginRefused, PasswordMustChange
from app.domain.ids import Login
from app.domain.password import require_another
from app.domain.person import Person, Right, Role
from db import address
from db.changes import ServerChanges
from db.faults import translated
from db.migrate import HEAD, schema_version
from db.people import change_password
from db.pool import open_pool
from db.store.audit_trail import PostgresAuditTrail
from db.store.case_store import PostgresCaseStore
from db.store.people_store import PostgresPeople
from db.store.plate_register import PostgresPlateRegister
from db.store.retention_store import PostgresRetention
from db.store.seal_register import PostgresSealRegister
from db.store.site_store import PostgresSiteStore

_MS_PER_S = 1000
_RIGHTS = (
    "SELECT *, atalaya.my_plate_rights() || atalaya.my_case_rights()"
    " FROM atalaya.my_rights()"
)
_MUST_CHANGE = """
    SELECT FROM atalaya.person WHERE login = session_user AND must_change_password
"""


class PostgresSession:
    """A person's connections: a small pool, and one that listens."""

    def __init__(
        self, person: Person, engine: Engine, parameters: dict[str, Any]
    ) -> None:
        """Use the pool of one person; made by `PostgresServer.login`."""
        self._person = person
        self._engine = engine
        self._site = PostgresSiteStore(engine)
        self._case_store = PostgresCaseStore(engine)
        self._plates = PostgresPlateRegister(engine)
        self._audit = PostgresAuditTrail(engine)
        self._seals = PostgresSealRegister(engine)
        self._people = PostgresPeople(engine)
        self._retention = PostgresRetention(engine)
        self._changes = ServerChanges(parameters)

    @property
    def person(self) -> Person:
        """Who is logged in, with the rights that the server states."""
        return self._person

    @property
    def site(self) -> PostgresSiteStore:
        """Cameras and configurations."""
        return self._site

    @property
    def case_store(self) -> PostgresCaseStore:
        """Cases and figures."""
        return self._case_store

    @property
    def plates(self) -> PostgresPlateRegister:
        """Reads of plates, and the watch list."""
        return self._plates

    @property
    def audit(self) -> PostgresAuditTrail:
        """What people did."""
        return self._audit

    @property
    def seals(self) -> PostgresSealRegister:
        """Keys and time-stamps of cases."""
        return self._seals

    @property
    def people(self) -> PostgresPeople:
        """Who may log in, for administrators."""
        return self._people

    @property
    def retention(self) -> PostgresRetention:
        """For how long cases are kept."""
        return self._retention

    @property
    def changes(self) -> ServerChanges:
        """Notices of change."""
        return self._changes

    def ping(self) -> float:
        """Return the round trip in milliseconds; raises DatabaseUnavailable."""
        with translated(), self._engine.connect() as connection:
            begun = time.perf_counter()
            connection.execute(text("SELECT 1"))
            return (time.perf_counter() - begun) * _MS_PER_S

    def close(self) -> None:
        """Log out: end the listening thread and all connections."""
        self._changes.close()
        self._engine.dispose()


class PostgresServer:
    """A server by its address; nothing is tried before somebody logs in."""

    def __init__(self, dsn: str) -> None:
        """Take any libpq address; name and password in it are not used for people."""
        self._dsn = dsn

    def login(self, login: Login, password: str) -> PostgresSession:
        """Open a session.

        LoginRefused for a wrong name or password, DatabaseUnavailable (within four
        seconds) when the address leads nowhere or to a database of another shape.
        """
        parameters = self._as(login, password)
        connection = address.connect_first(parameters)
        try:
            person = _identify(connection)
        except BaseException:
            connection.close()
            raise
        engine = open_pool(parameters, first=connection)
        return PostgresSession(person, engine, parameters)

    def change_password(self, login: Login, old: str, new: str) -> None:
        """Change one's own, also when nothing else is allowed until then.

        WeakPassword when `new` is no good; otherwise as `login`.
        """
        require_another(login, old, new)
        with contextlib.closing(
            address.connect_first(self._as(login, old))
        ) as connection:
            change_password(connection, login, new)
            connection.commit()

    def _as(self, login: Login, password: str) -> dict[str, Any]:
        if not login or "\0" in login or "\0" in password:
            raise LoginRefused("The name or the password is wrong.")
        parameters = address.parse(self._dsn)
        parameters |= {"user": login, "password": password}
        parameters.setdefault("dbname", "atalaya")
        return parameters


def _identify(connection: address.Connection) -> Person:
    with translated():
        version = schema_version(connection)
        if version is None or version < HEAD:
            raise DatabaseUnavailable(
                "The database has no Atalaya tables, or older ones. "
                "An administrator must run: python main.py db upgrade"
            )
        try:
            row = connection.execute(_RIGHTS).fetchone()
            must_change = connection.execute(_MUST_CHANGE).fetchone()
        except psycopg.errors.InsufficientPrivilege:
            row = must_change = None
        connection.rollback()
    if row is None:
        raise LoginRefused("This login does not belong to a person of this site.")
    name, full_name, roles, rights, further_rights = row
    if must_change is not None:
        raise PasswordMustChange("Your password must be changed before you go on.")
    return Person(
        login=Login(name),
        full_name=full_name,
        roles=frozenset(Role(role) for role in roles),
        rights=_known_rights((*rights, *further_rights)),
    )


def _known_rights(names: Collection[str]) -> frozenset[Right]:
    """Pass over what a later release may have added: it has no page here."""
    return frozenset(right for right in Right if right.value in names)
