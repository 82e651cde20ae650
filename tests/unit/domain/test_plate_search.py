"""What can be asked, and what cannot."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.plate_search import LONGEST_WATCH, Flaw, NewWatch, PlateQuery

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
WHY = "stolen, report 4711"


@pytest.mark.parametrize(
    ("pattern", "alike", "flaw"),
    [
        ("ahk-472", False, None),
        ("AHK*", False, None),
        ("*4?2", False, Flaw.TOO_OPEN),
        ("???472", False, None),
        ("A*", False, Flaw.TOO_OPEN),
        ("AHK472", True, None),
        ("AHK*", True, Flaw.NOT_WHOLE),
        ("AHK", True, Flaw.NOT_WHOLE),
        ("", False, Flaw.NO_PATTERN),
        ("ÁHK472", False, Flaw.NO_PATTERN),
        ("AHK_472", False, Flaw.NO_PATTERN),
        ("A" * 17, False, Flaw.NO_PATTERN),
    ],
)
def test_patterns(pattern: str, alike: bool, flaw: Flaw | None) -> None:
    query = PlateQuery(pattern=pattern, look_alikes=alike, reason=WHY)
    assert query.flaw == flaw


@pytest.mark.parametrize(
    ("reason", "flaw"),
    [
        ("x" * 5, None),
        ("x" * 200, None),
        ("   1234   ", Flaw.NO_REASON),
        ("", Flaw.NO_REASON),
        ("x" * 201, Flaw.REASON_TOO_LONG),
    ],
)
def test_reasons(reason: str, flaw: Flaw | None) -> None:
    assert PlateQuery(pattern="AHK472", reason=reason).flaw == flaw
    wanted = NewWatch(plate="AHK472", reason=reason, expires=NOW + LONGEST_WATCH)
    assert wanted.flaw_at(NOW) == flaw


@pytest.mark.parametrize(
    "expires", [NOW, NOW - LONGEST_WATCH, NOW + LONGEST_WATCH + timedelta(seconds=1)]
)
def test_a_watch_is_bounded(expires: datetime) -> None:
    wanted = NewWatch(plate="AHK472", reason=WHY, expires=expires)
    assert wanted.flaw_at(NOW) is Flaw.NOT_IN_BOUNDS


def test_a_time_without_a_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="since"):
        PlateQuery(pattern="AHK472", reason=WHY, since=naive)
    with pytest.raises(ValueError, match="expires"):
        NewWatch(plate="AHK472", reason=WHY, expires=naive)
