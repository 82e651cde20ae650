"""End with the process that started us, however it ended."""

import threading
from collections.abc import Callable

import psutil

_POLL_S = 0.5


def follow(pid: int, gone: Callable[[], None], stop: threading.Event) -> None:
    """Call `gone` once process `pid` is no more; watches until `stop` is set.

    A process that took over its number is not mistaken for it.
    """
    thread = threading.Thread(
        target=_watch, args=(pid, gone, stop), name="follow", daemon=True
    )
    thread.start()


def _watch(pid: int, gone: Callable[[], None], stop: threading.Event) -> None:
    try:
        followed = psutil.Process(pid)
        while not stop.wait(_POLL_S):
            if not followed.is_running() or _is_zombie(followed):
                break
    except psutil.NoSuchProcess:
        pass
    if not stop.is_set():
        gone()


def _is_zombie(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_ZOMBIE
