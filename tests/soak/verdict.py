"""From what was seen to yes or no."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.soak.observer import Sample
from tests.soak.plan import Incident

BACK_WITHIN_S = 10.0
NOTICED_WITHIN_S = 5.0
"""Three seconds for the stall, and the second between two reports, and one to spare."""
SHUTDOWN_WITHIN_S = 3.0
_MOST_MB_PER_HOUR = 24.0
_MOST_GROWTH_MB = 80.0
_SLOPE_NEEDS_S = 1200.0
_SPARE_THREADS = 3
_SPARE_DESCRIPTORS = 4


@dataclass(slots=True)
class Outcome:
    """What came of an incident; None: it never happened."""

    incident: Incident
    noticed_after_s: float | None = None
    back_after_s: float | None = None
    said: str = ""


@dataclass(slots=True)
class Seen:
    """Everything that a soak saw."""

    samples: list[Sample] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    shutdown_s: float = 0.0
    exit_code: int | None = None
    left: list[str] = field(default_factory=list)
    reports: int = 0
    longest_silence_s: float = 0.0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, and whether it held."""

    name: str
    held: bool
    detail: str


def slope_mb_per_hour(samples: Sequence[Sample]) -> float:
    """Return the growth of memory by least squares."""
    count = len(samples)
    mean_s = sum(s.at_s for s in samples) / count
    mean_mb = sum(s.rss_mb for s in samples) / count
    spread = sum((s.at_s - mean_s) ** 2 for s in samples)
    if spread == 0:
        return 0.0
    both = sum((s.at_s - mean_s) * (s.rss_mb - mean_mb) for s in samples)
    return both / spread * 3600


def judge(seen: Seen, *, settle_s: float, seconds: float) -> list[Check]:
    """Return all checks; `settle_s` is when rings are full and models warm."""
    settled = [s for s in seen.samples if s.at_s >= settle_s]
    return [
        _back(seen),
        _noticed(seen),
        _memory(settled, seconds - settle_s),
        _steady("threads", [s.threads for s in settled], _SPARE_THREADS),
        _steady("descriptors", [s.descriptors for s in settled], _SPARE_DESCRIPTORS),
        _steady("shared memory", [s.segments for s in settled], 0),
        _steady("child processes", [s.children for s in settled], 0),
        Check(
            "shutdown",
            seen.shutdown_s <= SHUTDOWN_WITHIN_S and seen.exit_code == 0,
            f"{seen.shutdown_s:.2f} s, code {seen.exit_code}",
        ),
        Check("nothing left", not seen.left, ", ".join(seen.left) or "nothing"),
        Check(
            "reports came all the time",
            seen.longest_silence_s < 4.0,
            f"{seen.reports}, longest pause {seen.longest_silence_s:.1f} s",
        ),
        Check("no error in the log", not seen.errors, "; ".join(seen.errors[:3])),
    ]


def _back(seen: Seen) -> Check:
    late = [
        o
        for o in seen.outcomes
        if o.back_after_s is None or o.back_after_s > BACK_WITHIN_S
    ]
    times = [o.back_after_s for o in seen.outcomes if o.back_after_s is not None]
    worst = f"worst {max(times):.1f} s" if times else "none"
    failed = "".join(f"; {o.incident} {o.back_after_s}" for o in late[:4])
    return Check(
        "every camera back within 10 s",
        not late and bool(times),
        f"{len(times)} of {len(seen.outcomes)} back, {worst}{failed}",
    )


def _noticed(seen: Seen) -> Check:
    silenced = [
        o
        for o in seen.outcomes
        if o.incident.trouble.silences
        and o.incident.end_s - o.incident.begin_s > NOTICED_WITHIN_S
    ]
    late = [
        o
        for o in silenced
        if o.noticed_after_s is None or o.noticed_after_s > NOTICED_WITHIN_S
    ]
    times = [o.noticed_after_s for o in silenced if o.noticed_after_s is not None]
    worst = f"worst {max(times):.1f} s" if times else "none long enough"
    failed = "".join(f"; {o.incident} {o.noticed_after_s}" for o in late[:4])
    return Check(
        "every silence told within 5 s",
        not late,
        f"{len(times)} of {len(silenced)} told, {worst}{failed}",
    )


def _memory(settled: Sequence[Sample], lasting_s: float) -> Check:
    if len(settled) < 4:
        return Check("memory flat", held=False, detail="too few samples")
    third = max(1, len(settled) // 3)
    before = median(s.rss_mb for s in settled[:third])
    after = median(s.rss_mb for s in settled[-third:])
    slope = slope_mb_per_hour(settled)
    held = after - before <= _MOST_GROWTH_MB
    if lasting_s >= _SLOPE_NEEDS_S:
        held = held and slope <= _MOST_MB_PER_HOUR
    return Check(
        "memory flat",
        held,
        f"{before:.0f} -> {after:.0f} MB, {slope:+.1f} MB/hour by least squares, "
        f"peak {max(s.rss_mb for s in settled):.0f} MB",
    )


def _steady(what: str, counts: Sequence[int], spare: int) -> Check:
    if len(counts) < 4:
        return Check(f"{what} steady", held=False, detail="too few samples")
    third = max(1, len(counts) // 3)
    before, after = median(counts[:third]), median(counts[-third:])
    return Check(
        f"{what} steady",
        after <= before + spare,
        f"{before:.0f} -> {after:.0f}, most {max(counts)}",
    )
