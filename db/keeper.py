"""Keeps the embedded server alive for as long as the desktop runs, and in order."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from app.domain.clock import NS_PER_S, Clock
from app.domain.errors import EnvironmentFault
from db.embedded import EmbeddedServer
from db.guard import Guard
from db.months import MonthKeeping
from db.plate_retention import Forgetting

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 2.0
_FIRST_NS = 60 * NS_PER_S
_DAY_NS = 24 * 3600 * NS_PER_S
_AGAIN_NS = 3600 * NS_PER_S


class Pass(Protocol):
    """Work done in steps; as text it says what was done."""

    def step(self) -> bool:
        """Take a batch; return whether there may be more."""
        ...


Chores = Mapping[str, Callable[[str], Pass]]
"""What is done daily: what it is about, and what begins a pass as superuser."""

_ALWAYS: Chores = {
    "old plates are not forgotten": Forgetting,
    "the tables of months are not in order": MonthKeeping,
}


class Keeper:
    """A thread that starts the server again, at its port, when it is gone.

    Only for a server that was started here: another's is its owner's business. Once a
    day it also has the server forget old plates and make months ahead, and does other
    `chores`, a batch with each look, whoever started it: one that outlived a crash has
    no owner left, and twice does no harm. A chore is named by what is said when it
    fails. For the same reason it guards the logins of either: of several guards one
    works.
    """

    def __init__(
        self, server: EmbeddedServer, clock: Clock, chores: Chores | None = None
    ) -> None:
        """Begin to look after `server`; the first pass of a chore is in a minute."""
        self._server = server
        self._guard = Guard(server.superuser_dsn, clock, log=server.log, hba=server.hba)
        self._daily = [
            _Daily(failure, begin, server.superuser_dsn, clock)
            for failure, begin in {**_ALWAYS, **(chores or {})}.items()
        ]
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-keeper")
        self._thread.start()

    def close(self) -> None:
        """Let the server be; it may be stopped after this."""
        self._closing.set()
        self._thread.join()
        self._guard.close()

    def _run(self) -> None:
        while not self._closing.wait(_LOOK_EVERY_S):
            if not self._server.started_here or self._revived():
                self._guard.try_look()
                for chore in self._daily:
                    chore.do_some()

    def _revived(self) -> bool:
        """Start the server again if it is gone; return whether it runs."""
        try:
            again = EmbeddedServer.start(self._server.data_dir, self._server.port)
        except EnvironmentFault as fault:
            _log.error("the built-in database cannot be restarted: %s", fault)
            return False
        if again.started_here:
            _log.warning("the built-in database was gone; it is back")
        return True


class _Daily:
    """A chore: a step of its pass with each call, a pass a day."""

    def __init__(
        self, failure: str, begin: Callable[[str], Pass], dsn: str, clock: Clock
    ) -> None:
        self._failure = failure
        self._begin = begin
        self._dsn = dsn
        self._clock = clock
        self._due_ns = clock.monotonic_ns() + _FIRST_NS
        self._pass: Pass | None = None

    def do_some(self) -> None:
        if self._clock.monotonic_ns() < self._due_ns:
            return
        try:
            if self._pass is None:
                self._pass = self._begin(self._dsn)
            more = self._pass.step()
        except EnvironmentFault as fault:
            _log.warning("%s: %s", self._failure, fault)
            self._end_pass(_AGAIN_NS)
            return
        except Exception:  # noqa: BLE001 - a bug must not end the keeper
            _log.exception("a bug: %s", self._failure)
            self._end_pass(_AGAIN_NS)
            return
        if not more:
            _log.info("%s", self._pass)
            self._end_pass(_DAY_NS)

    def _end_pass(self, pause_ns: int) -> None:
        self._pass = None
        self._due_ns = self._clock.monotonic_ns() + pause_ns
