"""One engine per run folder."""

import contextlib
import os
import sys
from pathlib import Path

from app.domain.errors import AlreadyRunning


class RunLock:
    """A lock that the operating system frees even when its holder is killed."""

    def __init__(self, run_dir: Path) -> None:
        """Take the lock; AlreadyRunning when another process holds it."""
        self._descriptor = os.open(
            run_dir / "engine.lock", os.O_RDWR | os.O_CREAT, 0o600
        )
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise AlreadyRunning(
                "Another engine is already running for this workstation."
                " Close it, or use it as it is."
            ) from None

    def release(self) -> None:
        """Let another engine start."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
