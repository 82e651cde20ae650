"""Keeps a server from being guessed into, and passwords from changing unseen.

PostgreSQL counts no failed logins. The guard reads them from the server's log and has
the server refuse a login from an address by `pg_hba.conf`, ahead of any password: the
one place that holds whatever program somebody logs in with. It runs beside the server,
with its files and as its superuser.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from app.domain.clock import NS_PER_S, Clock
from app.domain.errors import DatabaseUnavailable, EnvironmentFault
from db import address, binaries
from db.faults import translated
from db.lockout_policy import ALL_LOGINS, Lock, LockoutPolicy
from db.login_log import LoginLog, LoginTry, LogTail

_log = logging.getLogger(__name__)
INCLUDED = "atalaya_guard.conf"
INCLUDE = f"include_if_exists {INCLUDED}"
"""What stands ahead of all else in `pg_hba.conf` where a guard works."""
_LOOK_EVERY_S = 1.0
_ONE_GUARD = 0x61746C79
_PASSWORDS_EVERY_NS = 10 * NS_PER_S
_GROUPS = ",".join(
    f"+atalaya_{each}"
    for each in ("operator", "supervisor", "technician", "administrator", "auditor")
)
_ACTIVE = """
    SELECT l.login, l.address FROM atalaya.lockout AS l
    WHERE l.locked_until > clock_timestamp() ORDER BY 1, 2
"""
_LIFTED = """
    SELECT EXISTS (
        SELECT FROM atalaya.lockout WHERE login = %s AND address = %s
            AND lifted_by IS NOT NULL
            AND locked_until > clock_timestamp() - interval '3 seconds')
"""
_WHO = "SELECT role = 'administrator' FROM atalaya.people() WHERE login = %s"
_LOCK = "SELECT atalaya.lock_out(%s, %s, %s, %s)"
_PASSWORDS = """
    SELECT atalaya.found_password(a.rolname::text, a.rolpassword)
    FROM pg_authid AS a JOIN atalaya.person AS p ON p.login = a.rolname
    LEFT JOIN atalaya.known_password AS k ON k.login = p.login
    WHERE a.rolpassword IS NOT NULL AND k.verifier_sha256 IS DISTINCT FROM
        encode(sha256(convert_to(a.rolpassword, 'UTF8')), 'hex')
"""


class Guard:
    """One look at a time, from one thread; of several on a server one works."""

    def __init__(
        self, superuser_dsn: str, clock: Clock, *, log: Path, hba: Path
    ) -> None:
        """Watch the server of `superuser_dsn`, which writes `log` and obeys `hba`.

        `log` is a file, or the folder of a collector's files. Nothing is touched before
        the first look.
        """
        self._parameters = address.parse(superuser_dsn) | {
            "application_name": "atalaya guard"
        }
        self._clock = clock
        self._hba = hba
        self._tail = LogTail(log)
        self._logins = LoginLog()
        self._policy = LockoutPolicy()
        self._connection: address.Connection | None = None
        self._passwords_due_ns = 0
        self._works = False
        # None: what the rules say is not known yet.
        self._refused: list[tuple[str, ...]] | None = None

    def look(self) -> None:
        """Read what was logged since, lock and unlock; raises EnvironmentFault.

        Failures that are read while the server is away are not counted.
        """
        with translated(), _files():
            connection = self._connected()
            if connection is None:
                return
            for one in self._logins.tries(self._tail.lines()):
                if one.failed and _just_let_in(connection, one):
                    continue
                for lock in self._locks(connection, one):
                    values = (lock.login, lock.address, lock.failures, lock.seconds)
                    connection.execute(_LOCK, values)
            self._obey(connection)
            self._check_passwords(connection)

    def try_look(self) -> None:
        """Look, and try again with the next look where that was not possible."""
        try:
            self.look()
        except EnvironmentFault as fault:
            _log.warning("logins are not guarded: %s", fault)
            self.close()
        except Exception:  # noqa: BLE001 - a bug must not end what looks on
            _log.exception("a bug: logins are not guarded")
            self.close()

    def keep(self, stop: threading.Event) -> None:
        """Look each second until told to stop."""
        while not stop.wait(_LOOK_EVERY_S):
            self.try_look()

    def close(self) -> None:
        """Let the server be; what is locked stays locked until it is over."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._refused, self._works = None, None, False

    def _connected(self) -> address.Connection | None:
        """Return the connection, None while another guard works on this server."""
        if self._connection is None or self._connection.closed:
            self._refused, self._works = None, False
            self._connection = address.connect(self._parameters, autocommit=True)
        query = "SELECT pg_try_advisory_lock(%s)"
        if not self._works:
            row = self._connection.execute(query, (_ONE_GUARD,)).fetchone()
            self._works = row == (True,)
            if self._works:
                self._include(self._connection)
        return self._connection if self._works else None

    def _locks(self, connection: address.Connection, one: LoginTry) -> Iterator[Lock]:
        if not one.failed:
            yield from self._policy.locks(
                one, self._clock.monotonic_ns(), person=True, administrator=False
            )
            return
        row = connection.execute(_WHO, (one.login,)).fetchone()
        yield from self._policy.locks(
            one,
            self._clock.monotonic_ns(),
            person=row is not None,
            administrator=row == (True,),
        )

    def _obey(self, connection: address.Connection) -> None:
        """Have the server refuse who is locked now, and nobody else."""
        locked = [tuple(row) for row in connection.execute(_ACTIVE)]
        if locked == self._refused:
            return
        place = self._hba.with_name(INCLUDED)
        _write(place, "".join(_rules(locked)))
        connection.execute("SELECT pg_reload_conf()")
        self._refused = locked
        _log.info("logins that are locked out now: %d", len(locked))

    def _include(self, connection: address.Connection) -> None:
        """Have the server read our rules ahead of all others."""
        text = self._hba.read_text("utf-8")
        if text.startswith(INCLUDE):
            return
        _write(self._hba, f"{INCLUDE}\n{text}")
        connection.execute("SELECT pg_reload_conf()")

    def _check_passwords(self, connection: address.Connection) -> None:
        now_ns = self._clock.monotonic_ns()
        if now_ns < self._passwords_due_ns:
            return
        self._passwords_due_ns = now_ns + _PASSWORDS_EVERY_NS
        connection.execute(_PASSWORDS)
        connection.execute("SELECT atalaya.expire_passwords()")


def _just_let_in(connection: address.Connection, one: LoginTry) -> bool:
    """Tell whether an administrator has let somebody in again since, or just about.

    What failed before is read from the log a moment later, and must not undo that.
    """
    row = connection.execute(_LIFTED, (one.login, one.address)).fetchone()
    return row == (True,)


@contextmanager
def _files() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseUnavailable(
            "The guard may not use the server's log or its pg_hba.conf "
            f"({error.strerror or type(error).__name__}). Run it as the server's user."
        ) from None


def _rules(locked: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Write only what cannot mean anything else to the server."""
    for login, place in locked:
        who = _GROUPS if login == ALL_LOGINS else f'"{login}"'
        if place == "[local]":
            yield f"local all {who} reject\n"
            continue
        number = ip_address(place.partition("%")[0])
        yield f"host all {who} {number}/{number.max_prefixlen} reject\n"


def _write(path: Path, text: str) -> None:
    """Replace a file of the server as a whole, so that none is ever read half."""
    aside = path.with_name(f"{path.name}.new")
    aside.write_text(text, "utf-8")
    binaries.keep_owner(path if path.exists() else path.parent, aside)
    aside.replace(path)
