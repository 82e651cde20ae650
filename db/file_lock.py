"""A lock between processes that the operating system drops with its holder."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import AlreadyRunning

_RETRY_S = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def exclusive(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock at `path`; AlreadyRunning when others keep it `timeout_s` long."""
    deadline = time.monotonic() + timeout_s
    with path.open("ab") as file:
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"Another program has been starting or stopping the database in "
                    f"{path.parent} for {timeout_s:.0f} s. Close it and try again."
                )
            time.sleep(_RETRY_S)
        yield
