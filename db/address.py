"""From the address of a server to a connection, with every wait bounded.

A server that is not on this computer has to prove who it is, whoever wrote the address:
its certificate is verified in full, and the password is bound to that very connection.
"""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.domain.errors import DatabaseUnavailable
from db.faults import connection_fault

CONNECT_TIMEOUT_S = 3
_DEADLINE_S = 3.8
_TIMEOUTS = (
    "-c statement_timeout=10s -c lock_timeout=5s "
    "-c idle_in_transaction_session_timeout=15s"
)
_DEFAULTS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "application_name": "atalaya",
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 2,
    # A cut cable would otherwise hold a query for a minute.
    "tcp_user_timeout": 5000,
    "options": _TIMEOUTS,
}

# What never leaves this computer needs no certificate.
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_VERIFIED = "verify-full"

Connection = psycopg.Connection[Any]


def parse(dsn: str) -> dict[str, Any]:
    """Return the parameters of an address, with our timeouts where it names none.

    Raises DatabaseUnavailable, never repeating the text: it may hold a password.
    """
    text = dsn.strip()
    for prefix in ("postgresql+psycopg://", "postgres+psycopg://"):
        text = text.replace(prefix, "postgresql://", 1) if prefix in text else text
    try:
        given = conninfo_to_dict(text)
    except (psycopg.Error, UnicodeError, ValueError):
        raise DatabaseUnavailable(
            "The address of the database cannot be read. It looks like "
            "postgresql://server:5432/atalaya."
        ) from None
    if not given.get("host") and not given.get("hostaddr"):
        raise DatabaseUnavailable(
            "The address of the database names no server. It looks like "
            "postgresql://server:5432/atalaya."
        )
    named = {k: v for k, v in given.items() if v is not None}
    return {**_DEFAULTS, **_security_of(named), **named}


def _security_of(named: dict[str, Any]) -> dict[str, str]:
    """Return what a server elsewhere must prove; an address cannot ask for less.

    Only the binding of passwords can be left out: a directory's logins have none.
    """
    given = [named[key] for key in ("host", "hostaddr") if named.get(key)]
    hosts = [host.strip() for each in given for host in str(each).split(",")]
    if all(host.startswith(("/", "@")) or host in _HERE for host in hosts):
        return {}
    if named.get("sslmode", _VERIFIED) != _VERIFIED:
        raise DatabaseUnavailable(
            "The address lets any server stand in for ours. "
            "Write sslmode=verify-full, or leave it out."
        )
    return {"sslmode": _VERIFIED, "channel_binding": "require"}


def connect(parameters: dict[str, Any], **options: Any) -> Connection:
    """Connect within four seconds; LoginRefused or DatabaseUnavailable otherwise."""
    try:
        return psycopg.connect(**parameters, **options)
    except (psycopg.Error, UnicodeError, ValueError) as error:
        raise connection_fault(error, place(parameters)) from None


def connect_first(parameters: dict[str, Any]) -> Connection:
    """Like `connect`, bounded also where the name service does not answer."""
    return _within_deadline(lambda: connect(parameters), place(parameters))


def place(parameters: dict[str, Any]) -> str:
    """Name the server for a sentence, without user or password."""
    host = parameters.get("host") or parameters.get("hostaddr") or "?"
    return f"{host}:{parameters.get('port') or 5432}"


def _within_deadline(open_it: Callable[[], Connection], where: str) -> Connection:
    result: list[Connection] = []
    failure: list[BaseException] = []
    lock = threading.Lock()
    given_up = False

    def work() -> None:
        try:
            connection = open_it()
        except BaseException as error:  # noqa: BLE001  handed to the caller below
            failure.append(error)
            return
        with lock:
            if not given_up:
                result.append(connection)
                return
        connection.close()

    thread = threading.Thread(target=work, name="database-connect", daemon=True)
    thread.start()
    thread.join(_DEADLINE_S)
    with lock:
        given_up = not result
    if result:
        return result[0]
    if failure:
        raise failure[0]
    raise DatabaseUnavailable(
        f"The database server {where} does not answer. Check the address and the "
        "network, and try again."
    )


def with_login(dsn: str, login: str, password: str) -> str:
    """Return the address joined with a login; it holds the password."""
    return make_conninfo(**{**parse(dsn), "user": login, "password": password})
