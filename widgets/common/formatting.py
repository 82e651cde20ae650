"""Figures and times as the product writes them; the unknown is a dash, never 0.

Times are shown in the workstation's own zone. Figures follow the installed language;
Peru writes its decimals with a point, as English does.
"""

import re
import tomllib
from datetime import datetime, tzinfo
from functools import cache
from typing import Final

from PySide6.QtCore import QDate, QLocale

from app.config.paths import RESOURCES
from app.domain.clock import NS_PER_S, require_aware
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement

DASH: Final = "–"
_SIGNS: Final = {"L": "[A-Z]", "N": "[0-9]", "A": "[A-Z0-9]"}
_NARROW_SPACE: Final = "\u202f"
_LOCALES: Final = {
    "es": QLocale(QLocale.Language.Spanish, QLocale.Country.Peru),
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


def install_locale(language: str) -> None:
    """Make "es" or "en" the locale of every figure and date picker."""
    locale = QLocale(_LOCALES[language])
    # Thousands are set apart by `count` alone: 1,180 px would be read as 1.18.
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    QLocale.setDefault(locale)


def clock_ms(moment: datetime | None) -> str:
    """Return a local time to the millisecond: 14:03:27.480."""
    if moment is None:
        return DASH
    local = _local(moment)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def clock(moment: datetime | None) -> str:
    """Return a local time: 14:03:27."""
    return DASH if moment is None else f"{_local(moment):%H:%M:%S}"


def clock_minutes(moment: datetime | None) -> str:
    """Return a local time: 14:03."""
    return DASH if moment is None else f"{_local(moment):%H:%M}"


def date_iso(moment: datetime | None) -> str:
    """Return a local date for tables: 2026-11-24."""
    return DASH if moment is None else f"{_local(moment):%Y-%m-%d}"


def date_time_iso(moment: datetime | None, zone: tzinfo | None = None) -> str:
    """Return date and time for tables: 2026-11-24 14:03:27; local without a zone."""
    if moment is None:
        return DASH
    shown = _local(moment) if zone is None else moment.astimezone(zone)
    return f"{shown:%Y-%m-%d %H:%M:%S}"


def date_words(moment: datetime | None) -> str:
    """Return a local date in words, in the installed language."""
    if moment is None:
        return DASH
    local = _local(moment)
    day = QDate(local.year, local.month, local.day)
    return QLocale().toString(day, QLocale.FormatType.LongFormat)


def number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """Return a figure with its unit: 74 ms."""
    if value is None:
        return DASH
    figure = QLocale().toString(float(value), "f", digits)
    return f"{figure}\u00a0{unit}" if unit else figure


def count(value: int | None) -> str:
    """Return a whole number, its thousands apart."""
    return DASH if value is None else f"{value:,}".replace(",", _NARROW_SPACE)


def percent(fraction: float | None, digits: int = 0) -> str:
    """Return a fraction of 1 as a percentage."""
    return DASH if fraction is None else number(fraction * 100, digits, "%")


def signed_ms(offset_ms: float | None) -> str:
    """Return a difference with its sign: +12 ms."""
    if offset_ms is None:
        return DASH
    sign = "−" if round(offset_ms) < 0 else "+"
    return f"{sign}{number(abs(offset_ms), 0, 'ms')}"


def speed(speed_kmh: float | None, uncertainty_kmh: float | None = None) -> str:
    """Return a speed, with its expanded uncertainty when there is one."""
    if speed_kmh is None:
        return DASH
    if uncertainty_kmh is None:
        return number(speed_kmh, 0, "km/h")
    return f"{number(speed_kmh, 1)} ± {number(uncertainty_kmh, 1, 'km/h')}"


def seconds(duration_ns: int | None, digits: int = 2) -> str:
    """Return a duration given in nanoseconds: 1.84 s."""
    return number(None if duration_ns is None else duration_ns / NS_PER_S, digits, "s")


def plate(text: str | None) -> str:
    """Return a plate as it is written on the road: AHK472 becomes AHK-472.

    A text that has none of the country's forms is left as it was read.
    """
    if not text:
        return DASH
    for shape, cut in _plate_forms():
        if shape.fullmatch(text):
            return f"{text[:cut]}-{text[cut:]}"
    return text


def magnitude(measurement: SpeedMeasurement | RedLightMeasurement) -> str:
    """Return the one figure that matters, short enough for a list."""
    if isinstance(measurement, SpeedMeasurement):
        return number(measurement.speed_kmh, 0, "km/h")
    return seconds(measurement.red_for_ns)


@cache
def _plate_forms() -> tuple[tuple[re.Pattern[str], int], ...]:
    """Return the forms of a plate without hyphen and where it goes, usual ones first.

    "AB1234" could be two forms; the more usual one is what the reader meant.
    """
    file = RESOURCES / "plates" / "pe.toml"
    patterns = tomllib.loads(file.read_text(encoding="utf-8"))["pattern"]
    patterns.sort(key=lambda pattern: pattern["weight"], reverse=True)
    forms = [str(pattern["form"]) for pattern in patterns]
    return tuple(
        (re.compile("".join(_SIGNS.get(sign, "") for sign in form)), form.index("-"))
        for form in forms
    )


def _local(moment: datetime) -> datetime:
    require_aware(moment, "moment")
    return moment.astimezone()
