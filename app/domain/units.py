"""Conversions between units; the unit of a number stands in its name."""

from app.domain.clock import NS_PER_S

_KMH_PER_MS = 3.6


def kmh_from_ms(speed_ms: float) -> float:
    """Convert metres per second to kilometres per hour."""
    return speed_ms * _KMH_PER_MS


def ms_from_kmh(speed_kmh: float) -> float:
    """Convert kilometres per hour to metres per second."""
    return speed_kmh / _KMH_PER_MS


def seconds_from_ns(duration_ns: int) -> float:
    """Convert nanoseconds to seconds."""
    return duration_ns / NS_PER_S


def ns_from_seconds(duration_s: float) -> int:
    """Convert seconds to whole nanoseconds."""
    return round(duration_s * NS_PER_S)
