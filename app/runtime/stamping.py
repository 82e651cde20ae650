"""Gets time-stamps for seals when they can be had, on a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from app.domain.errors import EnvironmentFault, EvidenceDamaged, NotPermitted
from app.domain.ids import InfractionId, Sha256
from app.evidence.stamp_queue import StampQueue, StampRequest
from app.evidence.timestamp import TimestampRefused
from app.ports import EvidenceStore

_log = logging.getLogger(__name__)
_IDLE_S = 30.0
_AWAY_S = (5.0, 60.0)
_FIRST_DELAY = timedelta(seconds=30)
_LONGEST_DELAY = timedelta(hours=6)
_MOST_ATTEMPTS = 60
"""About two weeks; an authority or a server that is away is no attempt."""


class Authority(Protocol):
    """Whoever gives time-stamps."""

    def stamp(self, seal: bytes, seal_sha256: Sha256) -> bytes:
        """Return a response over a seal; EnvironmentFault when there is none."""
        ...


StampSink = Callable[[InfractionId, Sha256, bytes], None]
"""Keeps a response; DatabaseUnavailable, or KeyError while the case is not there."""


class Stamping:
    """Works the queue off; an authority or a server that is away holds nothing up."""

    def __init__(
        self,
        queue: StampQueue,
        store: EvidenceStore,
        authority: Callable[[], Authority],
        sink: StampSink,
    ) -> None:
        """Take the parts; `authority` opens one and may raise EnvironmentFault."""
        self._queue = queue
        self._store = store
        self._authority = authority
        self._sink = sink
        self._away = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stamping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, timeout_s: float = 1.0) -> bool:
        """End the thread; return whether it ended in time.

        What waits, and what an authority did not answer yet, stays in the queue.
        """
        self._stopping.set()
        self._queue.arrived.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def step(self) -> float:
        """Work on what is due; return how long to wait before the next look, in s.

        The authority is asked while the server is away, and the other way round.
        """
        unasked = self._queue.due(answered=False)
        faults = [self._round(unasked, self._ask)]
        answered = self._queue.due(answered=True)
        faults.append(self._round(answered, self._hand_on))
        if any(faults):
            self._away += 1
            first_s, longest_s = _AWAY_S
            return min(first_s * 2.0 ** min(self._away - 1, 16), longest_s)
        self._away = 0
        if unasked or answered:
            return 0.0
        self._queue.prune()
        return _IDLE_S

    def _round(
        self, requests: Sequence[StampRequest], act: Callable[[StampRequest], None]
    ) -> bool:
        """Do the same for each; return whether somebody was away, which ends it."""
        for request in requests:
            if self._stopping.is_set():
                break
            try:
                act(request)
            except EnvironmentFault as fault:
                if not self._away:
                    _log.warning("time-stamps wait: %s", fault)
                return True
            except Exception:  # noqa: BLE001 - one bug must not stop the others
                _log.exception("a time-stamp of case %s failed", request.infraction_id)
                self._later(request)
        return False

    def _later(self, request: StampRequest) -> None:
        if request.attempts >= _MOST_ATTEMPTS:
            _log.error("case %s stays without a time-stamp", request.infraction_id)
            self._queue.done(request)
            return
        delay = _FIRST_DELAY * 2 ** min(request.attempts, 16)
        self._queue.later(request, min(delay, _LONGEST_DELAY))

    def _ask(self, request: StampRequest) -> None:
        authority = self._authority()
        try:
            with self._store.open(request.seal_sha256) as file:
                seal = file.read()
            response = authority.stamp(seal, request.seal_sha256)
        except (TimestampRefused, EvidenceDamaged) as fault:
            _log.warning("case %s has no time-stamp: %s", request.infraction_id, fault)
            self._later(request)
        else:
            self._queue.keep(request, response)

    def _hand_on(self, request: StampRequest) -> None:
        case, seal = request.infraction_id, request.seal_sha256
        try:
            self._sink(case, seal, request.response or b"")
        except KeyError:
            # Its case is still in the spool.
            self._later(request)
        except NotPermitted as fault:
            _log.error("the server refused the time-stamp of case %s: %s", case, fault)
            self._queue.done(request)
        else:
            self._queue.done(request)
            _log.info("case %s was time-stamped", case)

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stopping.is_set():
            self._pause(wait_s)
            self._queue.arrived.clear()
            try:
                wait_s = self.step()
            except Exception:  # noqa: BLE001 - one bug must not end the stamping
                _log.exception("stamping failed; it goes on")
                wait_s = _IDLE_S

    def _pause(self, wait_s: float) -> None:
        """Wait; a new request ends the wait only while nothing is away."""
        if self._away:
            self._stopping.wait(wait_s)
        else:
            self._queue.arrived.wait(wait_s)
