"""The soak, for a minute: cameras fail in turns, and the engine takes no harm."""

from pathlib import Path

import pytest

from tests.soak.run import Choices, Soak
from tests.soak.verdict import judge

CHOICES = Choices(
    seconds=70.0, cameras=3, seed=5, quiet_s=12.0, height_px=360, clip_s=6.0
)


@pytest.mark.timeout(400)
def test_a_minute_of_failing_cameras(tmp_path: Path) -> None:
    told: list[str] = []
    seen = Soak(CHOICES, tmp_path / "home", told.append).run()

    checks = judge(seen, settle_s=20.0, seconds=CHOICES.seconds)
    assert len(seen.outcomes) >= 3
    failed = [check for check in checks if not check.held]
    assert not failed, (failed, told)
