"""What is free in the heap goes back to the operating system."""

import json
import subprocess
import sys

import pytest

from app.config.paths import PROJECT

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only glibc keeps heaps like this"
)
_MB = 1_000_000
_SCRIPT = """
import json, psutil, threading
from app.runtime.allocator import give_back, use_few_heaps
from concurrent.futures import ThreadPoolExecutor

def held():
    return psutil.Process().memory_info().rss

took = use_few_heaps()
kept = []

def fill():
    # Larger than Python's own small blocks, smaller than what is mapped on its own.
    blocks = [bytearray(4000) for _ in range(20_000)]
    kept.append(blocks.pop())

with ThreadPoolExecutor(2) as pool:
    for _ in pool.map(lambda _: fill(), range(4)):
        pass
before = held()
gave = give_back()
print(json.dumps({"took": took, "gave": gave, "before": before, "after": held()}))
"""


def test_a_heap_that_is_free_but_for_its_end_shrinks() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(ended.stdout)
    assert told["took"]
    assert told["gave"]
    assert told["before"] - told["after"] > 50 * _MB
