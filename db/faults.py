"""From errors of the database to the sentences of `app.domain.errors`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc

from app.domain.errors import (
    DatabaseUnavailable,
    EnvironmentFault,
    LoginRefused,
    NotPermitted,
    StateConflict,
    StorageFull,
)

WRONG_STATE = "AT001"
NO_SUCH_ROW = "AT002"
BAD_INPUT = "AT003"
_INSUFFICIENT_PRIVILEGE = "42501"
_QUERY_CANCELED = "57014"
_LOCK_NOT_AVAILABLE = "55P03"
_DISK_FULL = "53100"
_UNDEFINED = frozenset({"42P01", "3F000", "42883"})
_TRY_AGAIN = frozenset({"40001", "40P01", _LOCK_NOT_AVAILABLE})
# Connection failures, shutdown, and a server without resources for us.
_UNAVAILABLE_CLASSES = frozenset({"08", "53", "57", "58"})
_DATA_CLASSES = frozenset({"22", "23"})


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the database says as a fault of the domain; bugs pass unchanged."""
    try:
        yield
    except sqlalchemy.exc.TimeoutError:
        raise DatabaseUnavailable(
            "The database is too busy to answer. Try again in a moment."
        ) from None
    except sqlalchemy.exc.DBAPIError as error:
        if not isinstance(error.orig, psycopg.Error):
            raise
        _raise_fault(error.orig)
        raise
    except psycopg.Error as error:
        _raise_fault(error)
        raise


def _raise_fault(error: psycopg.Error) -> None:
    if error.sqlstate == NO_SUCH_ROW:
        raise KeyError(error.diag.message_primary or "no such row") from None
    fault = fault_of(error)
    if fault is not None:
        # The text of a database error may quote data; it stays out of the log.
        raise fault from None


def fault_of(error: psycopg.Error) -> EnvironmentFault | None:
    """Return the fault that an error of a statement stands for; None for a bug."""
    state = error.sqlstate
    said = error.diag.message_primary or ""
    if state is None:
        return _lost() if isinstance(error, psycopg.OperationalError) else None
    if state == WRONG_STATE:
        return StateConflict(said)
    if state in _TRY_AGAIN:
        return StateConflict("Somebody else is changing the same. Try again.")
    if state == _INSUFFICIENT_PRIVILEGE:
        return NotPermitted("The server does not allow this to your role.")
    if state == BAD_INPUT:
        return NotPermitted(said)
    if state[:2] in _DATA_CLASSES:
        return NotPermitted("The server refused the values as not valid.")
    if state in _UNDEFINED:
        return DatabaseUnavailable(
            "The database has no Atalaya tables, or older ones. "
            "An administrator must run: python main.py db upgrade"
        )
    return _unavailable(state)


def _unavailable(state: str) -> EnvironmentFault | None:
    if state == _DISK_FULL:
        return StorageFull("The disk of the database server is full.")
    if state == _QUERY_CANCELED:
        return DatabaseUnavailable(
            "The database took too long and was stopped. Ask for less, or try again."
        )
    return _lost() if state[:2] in _UNAVAILABLE_CLASSES else None


def _lost() -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "The connection to the database is lost. Work goes on as soon as it is back."
    )


def _says(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_BAD_LOGIN = _says(
    "password authentication failed",
    "no password supplied",
    "not permitted to log in",
    "permission denied for database",
    "pg_hba",
)
# What stands in the message of a connection that failed, and the sentence for it.
_BEFORE_LOGIN = (
    (
        _says("too many clients", "too many connections", "remaining connection slots"),
        "The database server {} has no free connection. Try again later.",
    ),
    (
        _says("starting up", "shutting down", "recovery mode"),
        "The database server {} is starting or stopping. Try again.",
    ),
    (
        _says('database "[^"]*" does not exist'),
        "The server {} has no database of that name. Check the address.",
    ),
    (
        _says(
            "certificate verify failed", "server certificate for", "root certificate"
        ),
        "The server {} could not prove that it is ours. Import its connection file: "
        "python main.py db use-server FILE",
    ),
    (
        _says("does not support SSL"),
        "The server {} does not encrypt. Have it set up with a certificate.",
    ),
    (
        _says("requires a valid client certificate", "alert certificate"),
        "The server {} asks for a certificate of this computer or person. An "
        "administrator of the server makes one.",
    ),
)
_ON_THE_WAY = (
    (
        _says("resolve", "translate host", "name or service", "getaddrinfo"),
        "There is no server called {}. Check the address.",
    ),
    (
        _says("connection refused", "no route", "unreachable"),
        "No database server answers at {}. "
        "Check the address, and that the server runs.",
    ),
)


def connection_fault(error: Exception, where: str) -> EnvironmentFault:
    """Return the fault for a connection to `where` that did not come about."""
    said = str(error)
    for pattern, sentence in _BEFORE_LOGIN:
        if pattern.search(said):
            return DatabaseUnavailable(sentence.format(where))
    if _BAD_LOGIN.search(said) or _password_was_used(error):
        return LoginRefused("The name or the password is wrong.")
    for pattern, sentence in _ON_THE_WAY:
        if pattern.search(said):
            return DatabaseUnavailable(sentence.format(where))
    if isinstance(error, UnicodeError | ValueError | psycopg.ProgrammingError):
        return DatabaseUnavailable(
            "The address of the database is not valid. Check it."
        )
    return DatabaseUnavailable(
        f"The database server {where} does not answer. Check the address and the "
        "network, and try again."
    )


def _password_was_used(error: Exception) -> bool:
    """Tell whether a password was asked for: a hint in every language."""
    connection = getattr(error, "pgconn", None)
    return bool(connection is not None and connection.used_password)
