"""What holds for every test: nothing it starts may outlive it."""

import contextlib
import gc
import multiprocessing
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

# Before any Qt or OpenCV import: no test may need a screen of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The same examples every time, and no verdict on how busy the computer is.
settings.register_profile("atalaya", deadline=None, derandomize=True)
settings.load_profile("atalaya")

pytest_plugins = ["tests.fixtures_db", "tests.fixtures_s3", "tests.fixtures_tls"]

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_SHARED = Path("/dev/shm")  # noqa: S108 - where Linux keeps shared memory
_LEAVE_WITHIN_S = 5.0
# Threads that libraries keep for the whole process on purpose.
_LIBRARY_THREADS = ("pydevd", "asyncio_", "ThreadPoolExecutor-", "Dummy-", "QThread")
_SESSION_WORKERS = ("postgres", "weed")


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of development footage, or skip."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the development footage (../shared/data) is not here")
    return SHARED_DATA


@pytest.fixture(autouse=True, scope="module")
def all_is_collected() -> Iterator[None]:
    """Look at what was there before but once a module: it takes half a second."""
    gc.freeze()
    yield
    gc.unfreeze()
    gc.collect()


@pytest.fixture(autouse=True)
def nothing_survives(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a child process or shared memory behind."""
    threads, shared = set(threading.enumerate()), _shared_memory()
    children = {child.pid for child in psutil.Process().children()}
    if not _has_windows(request):
        gc.freeze()
    yield
    for thread in set(threading.enumerate()) - threads:
        if not thread.name.startswith(_LIBRARY_THREADS):
            thread.join(_LEAVE_WITHIN_S)
            assert not thread.is_alive(), f"thread {thread.name!r} outlived the test"
    left = [c for c in psutil.Process().children() if c.pid not in children]
    survivors = [c for c in left if not c.name().startswith(_SESSION_WORKERS)]
    _, alive = psutil.wait_procs(survivors, timeout=_LEAVE_WITHIN_S)
    assert not alive, f"processes outlived the test: {alive}"
    assert not multiprocessing.active_children()
    gc.collect()
    _await_shared_memory(shared)


def _has_windows(request: pytest.FixtureRequest) -> bool:
    """Tell whether a test may leave parts of Qt of the tests before, still in use."""
    fixtures = {"qtbot", "qapp"} & set(request.fixturenames)
    return bool(fixtures) or "widgets" in request.node.nodeid


def _await_shared_memory(before: set[str]) -> None:
    """Other engines on this computer come and go; what stays is ours."""
    patience = threading.Event()
    for _ in range(20):
        if _shared_memory() <= before:
            return
        patience.wait(_LEAVE_WITHIN_S / 20)
    left = {name for name in _shared_memory() - before if not _foreign(name)}
    assert not left, f"shared memory outlived: {left}"


def _foreign(name: str) -> bool:
    """Tell whether a living process that is none of ours has it mapped."""
    us = psutil.Process()
    ours = {us.pid, *(child.pid for child in us.children(recursive=True))}
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) in ours:
            continue
        with contextlib.suppress(OSError):
            if f"{_SHARED}/{name}" in (process / "maps").read_text():
                return True
    return False


def _shared_memory() -> set[str]:
    if not _SHARED.is_dir():
        return set()
    # PostgreSQL's own segments live as long as its server.
    return {p.name for p in _SHARED.iterdir() if not p.name.startswith("PostgreSQL")}
