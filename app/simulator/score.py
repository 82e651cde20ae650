"""Findings of the engine against the truth of the simulated world.

Only this module and the drills read the truth; nothing that detects does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.infraction import InfractionKind

MATCH_WINDOW = timedelta(seconds=1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """An infraction that the world committed, at a wall time."""

    kind: InfractionKind
    at: datetime
    plate: str | None
    speed_kmh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvent:
    """An infraction that the engine found."""

    kind: InfractionKind
    at: datetime
    plate: str | None
    speed_kmh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A span of wall time, `start` included, `end` not."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        """Tell whether `moment` lies in it."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of one camera and one kind, and how well matches were measured.

    `speed_errors_kmh` are signed, measured less true. `plates_published` counts the
    matches whose plate was published, `plates_right` those that were also correct.
    """

    true_found: int = 0
    false_found: int = 0
    missed: int = 0
    plates_published: int = 0
    plates_right: int = 0
    speed_errors_kmh: tuple[float, ...] = ()

    @property
    def precision(self) -> float | None:
        """Share of the findings that are true; None without findings."""
        found = self.true_found + self.false_found
        return self.true_found / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of the true infractions that were found; None without any."""
        due = self.true_found + self.missed
        return self.true_found / due if due else None

    def __add__(self, other: "Score") -> "Score":
        """Pool two scores."""
        return Score(
            true_found=self.true_found + other.true_found,
            false_found=self.false_found + other.false_found,
            missed=self.missed + other.missed,
            plates_published=self.plates_published + other.plates_published,
            plates_right=self.plates_right + other.plates_right,
            speed_errors_kmh=self.speed_errors_kmh + other.speed_errors_kmh,
        )


def looped(
    events: Sequence[tuple[InfractionKind, float, str | None, float | None]],
    epoch: datetime,
    loop_s: float,
    until: datetime,
) -> Iterator[TrueEvent]:
    """Yield the events (kind, clip second, plate, km/h) of every loop to `until`."""
    start = epoch
    while start < until:
        for kind, time_s, plate, speed_kmh in events:
            at = start + timedelta(seconds=time_s)
            yield TrueEvent(kind=kind, at=at, plate=plate, speed_kmh=speed_kmh)
        start += timedelta(seconds=loop_s)


def score(
    truth: Sequence[TrueEvent],
    found: Sequence[FoundEvent],
    observed: Sequence[Interval],
) -> Score:
    """Match findings to truth one to one, of the same kind.

    Those with the same plate first, then the nearest in time: two vehicles may cross
    side by side.

    Truth outside the `observed` intervals cannot be missed, but a finding that
    matches it is true all the same.
    """
    pairs = sorted(
        (not _same_plate(f.plate, t.plate), abs(f.at - t.at), i, j)
        for i, f in enumerate(found)
        for j, t in enumerate(truth)
        if f.kind is t.kind and abs(f.at - t.at) <= MATCH_WINDOW
    )
    matches: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in pairs:
        if i not in matches and j not in taken:
            matches[i] = j
            taken.add(j)
    matched = [(found[i], truth[j]) for i, j in matches.items()]
    missed = [
        t
        for j, t in enumerate(truth)
        if j not in taken and any(t.at in interval for interval in observed)
    ]
    return _counted(matched, len(found) - len(matches), len(missed))


def _counted(
    matched: Sequence[tuple[FoundEvent, TrueEvent]], false_found: int, missed: int
) -> Score:
    published = [(f, t) for f, t in matched if f.plate is not None]
    return Score(
        true_found=len(matched),
        false_found=false_found,
        missed=missed,
        plates_published=len(published),
        plates_right=sum(_same_plate(f.plate, t.plate) for f, t in published),
        speed_errors_kmh=tuple(
            f.speed_kmh - t.speed_kmh
            for f, t in matched
            if f.speed_kmh is not None and t.speed_kmh is not None
        ),
    )


def _same_plate(found: str | None, true: str | None) -> bool:
    if found is None or true is None:
        return False
    return found.replace("-", "") == true.replace("-", "")
