"""One engine per run folder."""

from pathlib import Path

import pytest

from app.domain.errors import AlreadyRunning
from app.runtime.run_lock import RunLock


def test_a_second_engine_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    first = RunLock(tmp_path)
    with pytest.raises(AlreadyRunning, match="already running"):
        RunLock(tmp_path)
    first.release()

    RunLock(tmp_path).release()
