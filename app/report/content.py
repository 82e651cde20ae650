"""What documents are made of, and how they write numbers and times.

Pure: no file is opened and nothing is drawn here. Peru writes a decimal point, so the
figures read the same in both languages. The unknown is a dash, never 0.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.domain.evidence import EvidenceKind
from app.domain.ids import Sha256
from app.report.wording import DocumentWording

UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table of facts."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A still of the evidence store with the line that stands below it."""

    kind: EvidenceKind
    sha256: Sha256
    media_type: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashLine:
    """One evidence file as the foot of the document names it."""

    name: str
    sha256: Sha256
    size_bytes: int


def printable(text: str, limit: int = 400) -> str:
    """Return `text` without control and formatting characters, cut to `limit`."""
    kept = [c for c in text if unicodedata.category(c)[0] != "C" or c == "\n"]
    return "".join(kept)[:limit]


def number(value: float | None, unit: str, digits: int = 1) -> str:
    """Return a figure with its unit, a dash when it is not known."""
    return UNKNOWN if value is None else f"{value:.{digits}f} {unit}"


def interval(value: float, uncertainty: float, unit: str, digits: int = 1) -> str:
    """Return `value ± uncertainty unit`, both with the same number of digits."""
    return f"{value:.{digits}f} ± {uncertainty:.{digits}f} {unit}"


def money(amount: Decimal, symbol: str) -> str:
    """Return an amount such as `S/ 1,320.00`."""
    return f"{symbol} {amount:,.2f}"


def percent(value: Decimal | int) -> str:
    """Return a percentage without superfluous zeros."""
    return f"{Decimal(value).normalize():f} %"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return the local time to the millisecond, 14:03:27.480."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def iso_minute(moment: datetime, zone: ZoneInfo) -> str:
    """Return date and time for tables, 2026-11-24 14:03."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def date_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return local date and time to the second with the offset from UTC."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"


def date_in_words(moment: datetime, zone: ZoneInfo, words: DocumentWording) -> str:
    """Return the local date in words, as documents want it."""
    local = moment.astimezone(zone)
    return words.text(
        "format",
        "date",
        weekday=words.lists["weekdays"][local.weekday()],
        day=local.day,
        month=words.lists["months"][local.month - 1],
        year=local.year,
    )


def offset_ms(offset_ns: int | None) -> str:
    """Return a clock offset with its sign, a dash when the camera did not say."""
    return UNKNOWN if offset_ns is None else f"{offset_ns / 1e6:+.0f} ms"
