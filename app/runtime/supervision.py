"""Watches over the running engine: stages that hang, memory that runs out."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.clock import Clock
from app.domain.ids import CameraId
from app.runtime.memory_guard import MemoryGuard
from app.runtime.watchdog import Watchdog, WatchedStage
from app.runtime.watchdog_policy import Remedy, StageSign, WatchdogPolicy

_log = logging.getLogger(__name__)
_MEMORY_EVERY_LOOKS = 5
END_WITHIN_S = 6.0
"""How long an engine that gave up may take to end by itself."""
_CLOSE_WITHIN_S = 20.0
"""How long one that was told to end may take: its last cases are worth a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """What can be done; none of it may wait.

    `renew` begins a camera anew, `give_up` has the engine end, with a sentence on
    why, and `abandon` ends the process at once.
    """

    renew: Callable[[CameraId], None]
    give_up: Callable[[str], None]
    abandon: Callable[[], None]


class Supervision:
    """Looks once a second on a thread of its own; `close` ends it."""

    def __init__(
        self,
        clock: Clock,
        stages: Callable[[], Sequence[WatchedStage]],
        memory: MemoryGuard,
        remedies: Remedies,
    ) -> None:
        """Start looking."""
        self._memory = memory
        self._remedies = remedies
        self._looks = 0
        self._ended = threading.Event()
        self._arming = threading.Lock()
        self._last_resort: threading.Thread | None = None
        self._stages = stages
        self._watchdog = Watchdog(
            self._looked_at, self._remedy, clock, WatchdogPolicy()
        )

    @property
    def message(self) -> str:
        """What is wrong, as sentences; empty when nothing is."""
        return self._watchdog.message or self._memory.message

    @property
    def stuck(self) -> dict[str, int]:
        """How often each stage hung."""
        return self._watchdog.counts

    def close(self) -> None:
        """Stop looking; an engine that does not end from here on is ended."""
        self._watchdog.close()
        self._arm(_CLOSE_WITHIN_S)

    def ended(self) -> None:
        """Note that the engine came to its end by itself."""
        self._ended.set()
        if self._last_resort is not None:
            self._last_resort.join(1.0)

    def _looked_at(self) -> Sequence[WatchedStage]:
        if self._looks % _MEMORY_EVERY_LOOKS == 0:
            self._memory.look()
        self._looks += 1
        return self._stages()

    def _remedy(self, sign: StageSign, sentence: str) -> None:
        if sign.remedy is Remedy.REPLACE and sign.camera_id is not None:
            self._remedies.renew(sign.camera_id)
            return
        self._remedies.give_up(sentence)
        self._arm(END_WITHIN_S)

    def _arm(self, within_s: float) -> None:
        with self._arming:
            if self._last_resort is not None:
                return
            self._last_resort = threading.Thread(
                target=self._abandon_later,
                args=(within_s,),
                name="last-resort",
                daemon=True,
            )
            self._last_resort.start()

    def _abandon_later(self, within_s: float) -> None:
        if not self._ended.wait(within_s):
            _log.critical("the engine does not end by itself; it is ended here")
            self._remedies.abandon()
