"""Files that only their user may read, written whole or not at all."""

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SHARED = stat.S_IRWXG | stat.S_IRWXO


def others_may_read(path: Path) -> bool:
    """Tell whether somebody else has any right on a file (POSIX; elsewhere False)."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & _SHARED)


def write_private(
    path: Path, content: bytes, publish: Callable[[Path, Path], object] = Path.replace
) -> None:
    """Write a file of mode 0600 beside its place, flush it, then give it its name.

    When this returns, the file survives a power cut.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    arriving = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        publish(arriving, path)
        sync_folder(path.parent)
    finally:
        arriving.unlink(missing_ok=True)


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Keep other processes from changing a file that is read and written again.

    The lock is a file beside it, which stays; the system frees it with its holder.
    """
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut (POSIX; elsewhere no need)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link_new(arriving: Path, path: Path) -> None:
    """Publish without replacing; FileExistsError when the name is taken."""
    path.hardlink_to(arriving)
