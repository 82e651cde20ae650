"""What the server says has changed: one LISTEN connection per session.

Writers leave a row in the outbox within their transaction. Of all that listen, one
holds a short lease and sends the rows on as NOTIFY (`atalaya.dispatch_changes`); the
others look now and then whether it still lives. A NOTIFY carries a topic and an id,
never data: whoever hears it reads again, with his own rights.
"""

import contextlib
import logging
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from app.domain.errors import EnvironmentFault
from db import address

_log = logging.getLogger(__name__)

TOPICS = (
    "infraction",
    "camera",
    "configuration",
    "person",
    "watch",
    "watch_hit",
)
_CHANNEL = "atalaya"
_SENDER_PERIOD_S = 0.1
_WATCHER_PERIOD_S = 1.0
_RETRY_S = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class RowChange:
    """A topic and its row; None when many changed or a connection was lost."""

    topic: str
    row_id: UUID | None


def parse_payload(payload: str) -> RowChange | None:
    """Return the change that a NOTIFY speaks of, None for nonsense: all may send."""
    topic, _, row = payload.partition(" ")
    if topic not in TOPICS:
        return None
    try:
        return RowChange(topic, UUID(row) if row else None)
    except ValueError:
        return None


class ChangeListener:
    """Listens in a thread of its own and comes back after every lost connection."""

    def __init__(
        self,
        parameters: dict[str, Any],
        callback: Callable[[RowChange], None],
    ) -> None:
        """Start to listen; `callback` runs in the listener's thread."""
        self._parameters = parameters
        self._callback = callback
        self._stopped = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._ready = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="database-changes", daemon=True
        )
        self._thread.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until the first connection listens; tell whether it does."""
        return self._ready.wait(timeout_s)

    def stop(self) -> None:
        """End the thread; repeats are harmless."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        # The thread may have looked in between, and have closed its end.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._wake.send(b"x")
        if threading.current_thread() is not self._thread:
            self._thread.join(address.CONNECT_TIMEOUT_S + 3)
        self._wake.close()

    def _run(self) -> None:
        failures = 0
        with self._woken:
            while not self._stopped.is_set():
                try:
                    with address.connect(
                        self._parameters, autocommit=True
                    ) as connection:
                        self._begin(connection, returned=failures > 0)
                        failures = 0
                        self._listen(connection)
                except (EnvironmentFault, psycopg.Error, OSError) as error:
                    _log.info("listening broke off: %s", type(error).__name__)
                failures += 1
                self._pause(failures)

    def _pause(self, failures: int) -> None:
        if not self._stopped.is_set():
            wait_s = _RETRY_S[min(failures, len(_RETRY_S)) - 1]
            _wait(self._woken.fileno(), timeout_s=wait_s)

    def _begin(self, connection: address.Connection, *, returned: bool) -> None:
        connection.add_notify_handler(self._on_notify)
        connection.execute(f"LISTEN {_CHANNEL}")
        self._ready.set()
        if returned:
            for topic in TOPICS:
                self._deliver(RowChange(topic, None))

    def _listen(self, connection: address.Connection) -> None:
        while not self._stopped.is_set():
            # The round trip also proves the connection and reads what has arrived.
            row = connection.execute("SELECT atalaya.dispatch_changes()").fetchone()
            sending = row is not None and bool(row[0])
            period_s = _SENDER_PERIOD_S if sending else _WATCHER_PERIOD_S
            _wait(connection.fileno(), self._woken.fileno(), timeout_s=period_s)
        connection.execute("SELECT atalaya.release_dispatch()")

    def _on_notify(self, notify: psycopg.Notify) -> None:
        change = parse_payload(notify.payload)
        if change is not None:
            self._deliver(change)

    def _deliver(self, change: RowChange) -> None:
        try:
            self._callback(change)
        except Exception:  # noqa: BLE001  a listener's bug must not end listening
            _log.exception("a listener for %s failed", change.topic)


def _wait(*descriptors: int, timeout_s: float) -> None:
    select.select(descriptors, [], [], timeout_s)


class ServerChanges:
    """`app.ports.Changes`: shares one connection among all that listen."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        """Connect when somebody listens, not before."""
        self._parameters = parameters
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[RowChange], None]] = []
        self._listener: ChangeListener | None = None

    def listen(self, callback: Callable[[RowChange], None]) -> Callable[[], None]:
        """Call back from the listener's thread; return what stops it."""

        def stop() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        with self._lock:
            self._callbacks.append(callback)
            if self._listener is None:
                self._listener = ChangeListener(self._parameters, self._tell_all)
            listener = self._listener
        listener.wait_ready(address.CONNECT_TIMEOUT_S)
        return stop

    def close(self) -> None:
        """Stop listening for all."""
        with self._lock:
            listener, self._listener = self._listener, None
            self._callbacks.clear()
        if listener is not None:
            listener.stop()

    def _tell_all(self, change: RowChange) -> None:
        with self._lock:
            callbacks = tuple(self._callbacks)
        for callback in callbacks:
            callback(change)
