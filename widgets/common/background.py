"""Work that must not run in the GUI thread: two verbs, `query` and `command`.

A `query` reads; a newer query of the same owner and name makes the older result
obsolete, and it is not delivered. A `command` changes something; commands run one
after the other and are always delivered. Results arrive in the GUI thread. An owner
that was destroyed in the meantime gets nothing.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from app.domain.errors import EnvironmentFault
from widgets.common.fault_text import told

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Background(QObject):
    """Runs queries and commands on its own threads; lives in the GUI thread."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start no thread before there is work."""
        super().__init__(parent)
        self._commands = ThreadPoolExecutor(1, thread_name_prefix="command")
        self._queries = ThreadPoolExecutor(3, thread_name_prefix="query")
        self._newest: dict[tuple[int, str], int] = {}
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def query(
        self,
        owner: QObject,
        name: str,
        work: Callable[[], _T],
        done: Callable[[_T], None],
        failed: Callable[[str], None],
    ) -> None:
        """Read in the background; `failed` gets a sentence for the error bar."""
        key = (id(owner), name)
        turn = self._newest.get(key, 0) + 1
        self._newest[key] = turn
        wanted = partial(self._is_newest, owner, key, turn)
        self._start(self._queries, wanted, work, done, failed)

    def command(
        self,
        owner: QObject,
        work: Callable[[], _T],
        done: Callable[[_T], None],
        failed: Callable[[str], None],
    ) -> None:
        """Change something in the background, after all earlier commands."""
        self._start(self._commands, partial(isValid, owner), work, done, failed)

    def close(self) -> None:
        """Drop what has not begun and wait for what has; nothing begins after that."""
        self._closed = True
        self._queries.shutdown(wait=True, cancel_futures=True)
        self._commands.shutdown(wait=True)

    def _is_newest(self, owner: QObject, key: tuple[int, str], turn: int) -> bool:
        return isValid(owner) and self._newest.get(key) == turn

    def _start(
        self,
        pool: ThreadPoolExecutor,
        wanted: Callable[[], bool],
        work: Callable[[], _T],
        done: Callable[[_T], None],
        failed: Callable[[str], None],
    ) -> None:
        def deliver(future: Future[_T]) -> None:
            if not future.cancelled() and isValid(self):
                self._finished.emit(partial(_hand_over, future, wanted, done, failed))

        # What arrives while a window closes may ask for more.
        if not self._closed:
            pool.submit(work).add_done_callback(deliver)

    @Slot(object)
    def _deliver(self, hand_over: Callable[[], None]) -> None:
        hand_over()


def _hand_over(
    future: Future[_T],
    wanted: Callable[[], bool],
    done: Callable[[_T], None],
    failed: Callable[[str], None],
) -> None:
    if not wanted():
        return
    error = future.exception()
    if error is None:
        done(future.result())
    elif isinstance(error, EnvironmentFault):
        failed(told(str(error)))
    else:
        _log.error("background work failed", exc_info=error)
        failed(f"{type(error).__name__}: {error}")
