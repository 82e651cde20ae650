"""Keeps the engine within the memory of its computer."""

import logging
from collections.abc import Callable

import psutil

from app.runtime import allocator
from app.runtime.memory_policy import MemoryLimits, MemoryPolicy

_log = logging.getLogger(__name__)
_GIVE_BACK_EVERY_LOOKS = 12
_SHORT = "The engine's memory is nearly used up; less video is kept for evidence."


class MemoryGuard:
    """Measures the process and divides what may be kept; one thread calls `look`."""

    def __init__(
        self,
        limits: MemoryLimits,
        share: Callable[[int], None],
        resident: Callable[[], int] | None = None,
        give_back: Callable[[], object] = allocator.give_back,
    ) -> None:
        """`share` is told the budget of all rings at each look.

        `resident` measures the process, in bytes, and `give_back` returns what is free
        in its heaps, at every twelfth look; tests replace both.
        """
        self._policy = MemoryPolicy(limits)
        self._share = share
        self._resident = resident or resident_bytes
        self._was_short = False
        self._give_back = give_back
        self._looks = 0

    @property
    def message(self) -> str:
        """A sentence while memory is short, else empty."""
        return _SHORT if self._policy.short else ""

    def look(self) -> None:
        """Measure, and shrink or grow the rings."""
        self._looks += 1
        if self._looks % _GIVE_BACK_EVERY_LOOKS == 0:
            self._give_back()
        resident = self._resident()
        self._share(self._policy.budget_bytes(resident))
        if self._policy.short != self._was_short:
            self._was_short = self._policy.short
            held = "short" if self._was_short else "enough again"
            _log.warning("memory is %s: %.0f MB in use", held, resident / 1e6)


def resident_bytes() -> int:
    """Return the physical memory that this process holds."""
    return int(psutil.Process().memory_info().rss)
