"""The C library's heap: what is free in it goes back to the operating system.

glibc keeps a heap for several threads each and gives memory back only from the end of
one. Every session of a camera allocates and frees probe buffers, a decoder and up to a
minute of packets on other threads than before, so without this the process stays as
large as the worst moment of each heap, added up.
"""

import ctypes
import sys
from functools import cache
from typing import Any

_MOST_HEAPS = 2
_M_ARENA_MAX = -8


@cache
def _glibc() -> Any | None:
    if not sys.platform.startswith("linux"):
        return None
    library: Any = ctypes.CDLL(None)
    known = hasattr(library, "malloc_trim") and hasattr(library, "mallopt")
    return library if known else None


def use_few_heaps() -> bool:
    """Let all threads share two heaps; before other threads start. Tell if it took.

    The threads of the engine spend their time in decoders and networks, which allocate
    little while they run.
    """
    library = _glibc()
    return library is not None and library.mallopt(_M_ARENA_MAX, _MOST_HEAPS) == 1


def give_back() -> bool:
    """Return free memory to the operating system; tell if there was any.

    Takes some milliseconds per heap, during which its threads cannot allocate.
    """
    library = _glibc()
    return library is not None and library.malloc_trim(0) == 1
