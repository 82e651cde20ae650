"""A soak that went wrong in any one way does not pass."""

from dataclasses import replace

import pytest

from tests.soak.observer import Sample
from tests.soak.plan import Incident, Trouble
from tests.soak.verdict import Outcome, Seen, judge, slope_mb_per_hour


def sample(at_s: float, rss_mb: float = 500.0) -> Sample:
    return Sample(
        at_s=at_s,
        rss_mb=rss_mb,
        threads=20,
        descriptors=30,
        segments=8,
        children=0,
        cpu_s=at_s,
    )


def outcome(back_after_s: float | None = 3.0) -> Outcome:
    incident = Incident(0, Trouble.HUNG, 100.0, 110.0)
    return Outcome(incident, noticed_after_s=3.2, back_after_s=back_after_s)


def good() -> Seen:
    return Seen(
        samples=[sample(float(at_s)) for at_s in range(0, 3600, 10)],
        outcomes=[outcome()],
        shutdown_s=1.0,
        exit_code=0,
        reports=3600,
        longest_silence_s=1.2,
    )


def failing(seen: Seen) -> list[str]:
    checks = judge(seen, settle_s=180.0, seconds=3600.0)
    return [check.name for check in checks if not check.held]


def test_a_good_soak_passes() -> None:
    assert failing(good()) == []


def test_the_slope_is_that_of_the_line() -> None:
    growing = [sample(at_s, 500 + 36 * at_s / 3600) for at_s in range(0, 3600, 10)]
    assert slope_mb_per_hour(growing) == pytest.approx(36)
    assert slope_mb_per_hour([sample(1), sample(1)]) == 0


def test_memory_that_grows_slowly_is_found() -> None:
    seen = good()
    seen.samples = [replace(s, rss_mb=500 + s.at_s / 60) for s in seen.samples]
    assert failing(seen) == ["memory flat"]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"threads": 24}, "threads steady"),
        ({"descriptors": 35}, "descriptors steady"),
        ({"segments": 9}, "shared memory steady"),
        ({"children": 1}, "child processes steady"),
    ],
)
def test_what_leaks_is_found(change: dict[str, int], check: str) -> None:
    seen = good()
    seen.samples = [replace(s, **change) if s.at_s > 2000 else s for s in seen.samples]
    assert failing(seen) == [check]


@pytest.mark.parametrize("back_after_s", [10.1, None])
def test_a_camera_that_stays_away_is_found(back_after_s: float | None) -> None:
    seen = good()
    seen.outcomes.append(outcome(back_after_s))
    assert failing(seen) == ["every camera back within 10 s"]


def test_a_silence_that_nobody_was_told_of_is_found() -> None:
    seen = good()
    seen.outcomes[0].noticed_after_s = None
    assert failing(seen) == ["every silence told within 5 s"]


def test_ends_that_are_late_or_dirty_are_found() -> None:
    seen = good()
    seen.shutdown_s, seen.left, seen.errors = 3.1, ["engine.sock"], ["it broke"]
    assert failing(seen) == ["shutdown", "nothing left", "no error in the log"]
