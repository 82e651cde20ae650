"""How much video may be kept for evidence, as the process's memory allows."""

from dataclasses import dataclass

import psutil

_NEAR = 0.9
_FAR = 0.75
_LEAST_SHARE = 1 / 8
_GROWTH = 1.25
_GIBIBYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """What the engine may use, in bytes.

    `rings` is for the compressed video of all cameras together; `resident` is for the
    whole process.
    """

    rings: int
    resident: int

    @classmethod
    def of_this_computer(cls) -> "MemoryLimits":
        """Return a quarter of the memory for video, and three quarters for all."""
        total = psutil.virtual_memory().total
        return cls(
            rings=min(total // 4, 8 * _GIBIBYTE),
            resident=max(total * 3 // 4, _GIBIBYTE),
        )


class MemoryPolicy:
    """Shrinks the rings when the process comes near its bound, and lets them grow.

    Each step near the bound halves them, down to an eighth; they grow again only when
    the process is well below it, so that they do not swing.
    """

    def __init__(self, limits: MemoryLimits) -> None:
        """Begin with the whole budget."""
        self._limits = limits
        self._share = 1.0

    @property
    def short(self) -> bool:
        """Whether less video is kept than there should be."""
        return self._share < 1.0

    def budget_bytes(self, resident_bytes: int) -> int:
        """Return what all rings together may hold now."""
        used = resident_bytes / self._limits.resident
        if used > _NEAR:
            self._share = max(_LEAST_SHARE, self._share / 2)
        elif used < _FAR:
            self._share = min(1.0, self._share * _GROWTH)
        return round(self._limits.rings * self._share)
