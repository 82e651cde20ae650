"""Between the thread that decodes and the thread that looks: one place."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Mailbox(Generic[_T]):
    """Holds the newest item; an older one that nobody took is replaced.

    A `lossless` mailbox makes the writer wait instead: a recording is worked through
    frame by frame. `announce` is called after each delivery, outside the lock.
    """

    def __init__(
        self, *, lossless: bool = False, announce: Callable[[], None] | None = None
    ) -> None:
        """Start empty."""
        self._lossless = lossless
        self._announce = announce
        self._item: _T | None = None
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: _T) -> _T | None:
        """Deliver `item`; return the one that it replaced, None if there was none.

        After `close` the item itself comes back: it was not delivered.
        """
        with self._changed:
            if self._lossless:
                self._changed.wait_for(lambda: self._closed or self._item is None)
            if self._closed:
                return item
            replaced, self._item = self._item, item
        if self._announce is not None:
            self._announce()
        return replaced

    def peek(self) -> _T | None:
        """Return the item and leave it there."""
        with self._changed:
            return self._item

    def take(self) -> _T | None:
        """Return the item and leave the place empty."""
        with self._changed:
            item, self._item = self._item, None
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """Let a waiting writer go and take nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
