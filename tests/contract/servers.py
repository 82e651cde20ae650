"""The two servers that one contract suite runs against."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.clock import SystemClock
from app.domain.ids import EngineId, Login, new_uuid
from app.ports import InfractionSink, PlateSink, Server, Session
from tests.fakes.in_memory import InMemoryServer
from tests.fakes.manual_clock import ManualClock
from tests.fixtures_db import Database, password_of

_AGE = """
    SET session_replication_role = replica;
    UPDATE atalaya.review SET decided_at = decided_at - interval '{seconds} seconds';
    SET session_replication_role = origin
"""


@dataclass(frozen=True, slots=True)
class SiteUnderTest:
    """A server, where findings and plates go in, and a way to let time pass."""

    server: Server
    sink: InfractionSink
    age_decisions: Callable[[timedelta], None]
    plate_sink: PlateSink
    now: Callable[[], datetime]
    _sessions: dict[str, Session] = field(default_factory=dict)

    def session(self, login: str) -> Session:
        """Return the session of a demo person, opened once."""
        if login not in self._sessions:
            opened = self.server.login(Login(login), password_of(login))
            self._sessions[login] = opened
        return self._sessions[login]

    def close(self) -> None:
        """Log everybody out."""
        for session in self._sessions.values():
            session.close()


def in_memory_site() -> SiteUnderTest:
    """Return the fake."""
    clock = ManualClock()
    server = InMemoryServer(clock)
    return SiteUnderTest(server, server, clock.advance, server.plates, clock.now)


def postgres_site(database: Database) -> SiteUnderTest:
    """Return the real one."""
    from db.server import PostgresServer

    superuser = database.connect()

    def age(by: timedelta) -> None:
        superuser.execute(_AGE.format(seconds=by.total_seconds()).encode())

    gateway = database.gateway()
    plates = gateway.plate_sink(EngineId(new_uuid()))
    server = PostgresServer(database.address)
    return SiteUnderTest(server, gateway, age, plates, SystemClock().now)
