"""Sentences for what the database says; nothing needs a server here."""

import psycopg
import pytest
import sqlalchemy.exc

from app.domain.errors import (
    DatabaseUnavailable,
    EnvironmentFault,
    LoginRefused,
    NotPermitted,
    StateConflict,
    StorageFull,
)
from db.faults import connection_fault, fault_of, translated

_CASES = [
    (psycopg.errors.InsufficientPrivilege, NotPermitted),
    (psycopg.errors.CheckViolation, NotPermitted),
    (psycopg.errors.InvalidTextRepresentation, NotPermitted),
    (psycopg.errors.DeadlockDetected, StateConflict),
    (psycopg.errors.SerializationFailure, StateConflict),
    (psycopg.errors.LockNotAvailable, StateConflict),
    (psycopg.errors.AdminShutdown, DatabaseUnavailable),
    (psycopg.errors.CannotConnectNow, DatabaseUnavailable),
    (psycopg.errors.TooManyConnections, DatabaseUnavailable),
    (psycopg.errors.QueryCanceled, DatabaseUnavailable),
    (psycopg.errors.UndefinedTable, DatabaseUnavailable),
    (psycopg.errors.DiskFull, StorageFull),
    (psycopg.OperationalError, DatabaseUnavailable),
]


@pytest.mark.parametrize(("error", "fault"), _CASES)
def test_faults_of_statements(
    error: type[psycopg.Error], fault: type[EnvironmentFault]
) -> None:
    made = fault_of(error("secret details"))
    assert type(made) is fault
    assert "secret" not in str(made)


def test_a_bug_stays_a_bug() -> None:
    assert fault_of(psycopg.errors.SyntaxError("x")) is None
    with pytest.raises(psycopg.errors.SyntaxError), translated():
        raise psycopg.errors.SyntaxError("x")


def test_wrapped_errors_are_translated() -> None:
    inner = psycopg.errors.InsufficientPrivilege("x")
    with pytest.raises(NotPermitted) as caught, translated():
        raise sqlalchemy.exc.ProgrammingError("SELECT secret", {}, inner)
    assert caught.value.__cause__ is None
    assert "secret" not in str(caught.value)


def test_a_busy_pool() -> None:
    with pytest.raises(DatabaseUnavailable, match="busy"), translated():
        raise sqlalchemy.exc.TimeoutError("QueuePool limit")


@pytest.mark.parametrize(
    ("said", "fault", "words"),
    [
        ("FATAL:  password authentication failed for user", LoginRefused, "wrong"),
        ('FATAL:  role "x" is not permitted to log in', LoginRefused, "wrong"),
        ("FATAL: sorry, too many clients already", DatabaseUnavailable, "free"),
        ("FATAL: the database system is starting up", DatabaseUnavailable, "starting"),
        ('FATAL: database "x" does not exist', DatabaseUnavailable, "of that name"),
        ("Connection refused", DatabaseUnavailable, "No database server"),
        ("failed to resolve host", DatabaseUnavailable, "no server called"),
        ("timeout expired", DatabaseUnavailable, "does not answer"),
    ],
)
def test_faults_of_connections(
    said: str, fault: type[EnvironmentFault], words: str
) -> None:
    made = connection_fault(psycopg.OperationalError(said), "here:5432")
    assert type(made) is fault
    assert words in str(made)
