"""Wait for what another thread or process brings about."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def wait_until(ask: Callable[[], _T | None], what: str, timeout_s: float = 30.0) -> _T:
    """Return the first true answer of `ask`; fail after `timeout_s`."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        pause.wait(0.02)
    raise AssertionError(f"in {timeout_s} s there was no {what}")
