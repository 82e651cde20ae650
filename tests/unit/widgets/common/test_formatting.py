"""Figures line up, carry units, and the unknown is a dash."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QLocale

from tests.builders.infractions import RED_LIGHT, SPEED
from widgets.common import formatting
from widgets.common.formatting import DASH


@pytest.fixture(autouse=True)
def lima(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the tests run in any zone and leave zone and locale as they were."""
    before = QLocale()
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    formatting.install_locale("es")
    yield
    QLocale.setDefault(before)
    monkeypatch.undo()
    time.tzset()


MOMENT = datetime(2026, 11, 24, 19, 3, 27, 480_999, tzinfo=UTC)


def test_times_are_local_and_cut_not_rounded() -> None:
    assert formatting.clock_ms(MOMENT) == "14:03:27.480"
    assert formatting.clock(MOMENT) == "14:03:27"
    assert formatting.clock_minutes(MOMENT) == "14:03"
    assert formatting.date_time_iso(MOMENT) == "2026-11-24 14:03:27"


def test_dates_in_words_follow_the_language() -> None:
    assert "noviembre" in formatting.date_words(MOMENT)
    formatting.install_locale("en")
    assert "November" in formatting.date_words(MOMENT)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        formatting.clock_ms(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_unknown_is_a_dash_and_never_nought() -> None:
    shown = {
        formatting.clock_ms(None),
        formatting.date_iso(None),
        formatting.number(None, 1, "ms"),
        formatting.count(None),
        formatting.percent(None),
        formatting.speed(None, 2.0),
        formatting.seconds(None),
        formatting.signed_ms(None),
        formatting.plate(None),
        formatting.plate(""),
    }
    assert shown == {DASH}
    assert formatting.number(0.0, 0, "ms") != DASH


def test_speed_carries_its_uncertainty() -> None:
    assert formatting.speed(87.34, 2.06) == "87.3 ± 2.1\u00a0km/h"
    assert formatting.speed(87.34) == "87\u00a0km/h"


@pytest.mark.parametrize(
    ("offset_ms", "shown"),
    [(12.4, "+12\u00a0ms"), (-3.0, "−3\u00a0ms"), (-0.2, "+0\u00a0ms")],
)
def test_an_offset_has_its_sign(offset_ms: float, shown: str) -> None:
    assert formatting.signed_ms(offset_ms) == shown


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ("AHK472", "AHK-472"),
        ("M1W737", "M1W-737"),
        ("AB1234", "AB1-234"),
        ("ABC1234", "ABC-1234"),
        ("ABÑ123", "ABÑ123"),
        ("1234AB", "1234-AB"),
        ("ABC-123", "ABC-123"),
        ("X1", "X1"),
    ],
)
def test_plates_are_written_as_on_the_road(read: str, shown: str) -> None:
    assert formatting.plate(read) == shown


def test_a_measurement_has_one_figure_that_matters() -> None:
    assert formatting.magnitude(SPEED) == "83\u00a0km/h"
    assert formatting.magnitude(RED_LIGHT) == "1.48\u00a0s"


def test_thousands_are_set_apart() -> None:
    assert formatting.number(1180.04, 1, "px") == "1180.0\u00a0px"
    assert formatting.count(1234567) == "1\u202f234\u202f567"
