"""Tells one bad picture from a detector that no longer works."""

import logging
import threading

from app.domain.clock import NS_PER_S, Clock
from app.domain.errors import EnvironmentFault
from app.domain.pulse import Pulse

_log = logging.getLogger(__name__)
_TOLD_AFTER_NS = 3 * NS_PER_S
_REPEATED_EVERY_NS = 60 * NS_PER_S
_FAILS = (
    "The detector fails, so no infraction is found; if that lasts the engine starts "
    "again. Its log says why."
)


class LookFaults:
    """Counts the looks that fail in a row, whichever camera they were for.

    `seeing` is given work by a detector that fails by a bug and gets none done until a
    look succeeds: the watchdog then restarts the engine, as a card that is lost wants
    it. A fault of the environment, such as a server that does not answer, is waited
    out. Every fault is in the log once and then once a minute, with the count.
    """

    def __init__(self, clock: Clock, seeing: Pulse | None = None) -> None:
        """Begin without faults."""
        self._clock = clock
        self._seeing = seeing or Pulse(clock)
        self._lock = threading.Lock()
        self._since_ns: int | None = None
        self._logged_ns = 0
        self._count = 0
        self._is_bug = False
        self._sentence = ""

    @property
    def sentence(self) -> str:
        """What is wrong once looks have failed for some seconds, else empty."""
        with self._lock:
            if self._since_ns is None:
                return ""
            lasted_ns = self._clock.monotonic_ns() - self._since_ns
            return self._sentence if lasted_ns >= _TOLD_AFTER_NS else ""

    def worked(self) -> None:
        """Note a look that succeeded."""
        if self._since_ns is None:
            return
        with self._lock:
            count, self._count, self._since_ns = self._count, 0, None
            was_bug, self._is_bug = self._is_bug, False
        if was_bug:
            self._seeing.end()
        _log.info("looks succeed again after %d that failed", count)

    def failed(self, error: BaseException, camera_name: str) -> None:
        """Note a look that failed."""
        now_ns = self._clock.monotonic_ns()
        is_fault = isinstance(error, EnvironmentFault)
        with self._lock:
            first = self._since_ns is None
            self._since_ns = now_ns if first else self._since_ns
            self._count += 1
            self._sentence = str(error) if is_fault else _FAILS
            begins_bug = not is_fault and not self._is_bug
            self._is_bug = self._is_bug or not is_fault
            told = first or now_ns - self._logged_ns >= _REPEATED_EVERY_NS
            if told:
                self._logged_ns = now_ns
            count = self._count
        if begins_bug:
            self._seeing.begin()
        if told:
            _log.error(
                "a look at %s failed (%d in a row): %s",
                camera_name,
                count,
                error,
                exc_info=None if is_fault else error,
            )
