"""How often reviewers uphold what the engine found."""

import math
from dataclasses import dataclass

from app.domain.infraction import InfractionKind
from app.domain.summary import PeriodSummary

_Z_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Upheld over decided, with its 95 % Wilson score interval; fractions of 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", 1927. `value` is None where nothing was decided yet.
    """

    upheld: int
    decided: int
    value: float | None
    low: float
    high: float


def precision_of(upheld: int, decided: int) -> Precision:
    """Return the precision of `upheld` out of `decided` cases."""
    if not 0 <= upheld <= decided:
        raise ValueError(f"{upheld} upheld of {decided} decided")
    if decided == 0:
        return Precision(upheld=0, decided=0, value=None, low=0.0, high=1.0)
    share, square = upheld / decided, _Z_95**2
    scale = 1 + square / decided
    middle = (share + square / (2 * decided)) / scale
    variance = share * (1 - share) / decided + square / (4 * decided**2)
    half = _Z_95 * math.sqrt(variance) / scale
    return Precision(
        upheld=upheld,
        decided=decided,
        value=share,
        low=max(0.0, middle - half),
        high=min(1.0, middle + half),
    )


def by_kind(summary: PeriodSummary) -> dict[InfractionKind, Precision]:
    """Return the precision of every kind, those without decisions included."""
    return {kind: _of_kind(summary, kind) for kind in InfractionKind}


def _of_kind(summary: PeriodSummary, kind: InfractionKind) -> Precision:
    decided = summary.decided_by_kind.get(kind, 0)
    rejected = summary.rejected_by_kind.get(kind, 0)
    return precision_of(max(decided - rejected, 0), decided)
