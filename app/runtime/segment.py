"""Memory that two processes map: a file in a folder that lies in memory.

`multiprocessing.shared_memory` is not used: up to Python 3.12 its resource tracker
unlinks a segment when a mere reader ends, and warns of segments that a killed process
left. A plain mapped file has neither fault, can be listed and swept by its name, and
its room is reserved when it is made, so that a full /dev/shm is an error here and not
a bus error in the middle of a write.
"""

import hashlib
import mmap
import os
import tempfile
from pathlib import Path

_LINUX_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - files in it are exclusive


def shared_folder() -> Path:
    """Return where mapped files lie: in memory on Linux, else the temporary folder."""
    if _LINUX_SHARED_MEMORY.is_dir() and os.access(_LINUX_SHARED_MEMORY, os.W_OK):
        return _LINUX_SHARED_MEMORY
    return Path(tempfile.gettempdir())


def run_prefix(run_dir: Path) -> str:
    """Return the beginning of the names of all segments of one run folder."""
    digest = hashlib.sha256(os.fsencode(run_dir.resolve())).hexdigest()
    return f"atalaya-{digest[:12]}-"


def sweep(run_dir: Path) -> int:
    """Unlink the segments that a dead engine of `run_dir` left; return how many."""
    left = list(shared_folder().glob(f"{run_prefix(run_dir)}*"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def create_segment(path: Path, size_bytes: int) -> mmap.mmap:
    """Make a new segment for this user only, its room reserved.

    Raises OSError (ENOSPC) when the memory is not there.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _reserve(descriptor, size_bytes)
        return mmap.mmap(descriptor, size_bytes)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def attach_segment(path: Path, size_bytes: int, *, writable: int = 0) -> mmap.mmap:
    """Map an existing segment of exactly this size.

    The whole of it for reading, or its first `writable` bytes for writing too. Raises
    OSError when it is gone, ValueError when it has another size.
    """
    mode = os.O_RDWR if writable else os.O_RDONLY
    descriptor = os.open(path, mode | getattr(os, "O_NOFOLLOW", 0))
    try:
        if os.fstat(descriptor).st_size != size_bytes:
            raise ValueError(f"not a segment of {size_bytes} bytes: {path.name}")
        if writable:
            return mmap.mmap(descriptor, writable)
        return mmap.mmap(descriptor, size_bytes, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def _reserve(descriptor: int, size_bytes: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size_bytes)
    else:
        os.ftruncate(descriptor, size_bytes)
