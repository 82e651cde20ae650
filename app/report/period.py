"""The content of a period report: the figures, and the cases behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from app.domain.audit import ChainHead
from app.domain.ids import CameraId, InfractionId
from app.domain.infraction import Case, InfractionKind, InfractionState
from app.domain.measurement import Measurement, SpeedMeasurement
from app.domain.seal import SealReport
from app.domain.summary import HourCount, PeriodSummary
from app.domain.units import seconds_from_ns
from app.report.content import UNKNOWN, Figure, interval, iso_minute, percent
from app.report.precision import Precision, by_kind
from app.report.seals import period_seals, trail_text
from app.report.summarise import summarise
from app.report.wording import DocumentWording
from app.review.plate_text import pretty

MAX_LISTED = 2_000
"""Cases in one document; it says so when there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRequest:
    """What was asked for, by whom, and when; `head` is where the audit chain ends."""

    summary: PeriodSummary
    cases: Sequence[Case]
    cameras: Mapping[CameraId, str]
    kind: InfractionKind | None
    made_at: datetime
    made_by: str
    zone: ZoneInfo
    seals: Mapping[InfractionId, SealReport]
    head: ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodContent:
    """A period report in one language; every text is plain and not yet escaped.

    `hours` counts infractions by local hour of the day, 24 of them.
    """

    wording: DocumentWording
    range: str
    scope: str
    made: str
    figures: tuple[Figure, ...]
    hours: tuple[int, ...]
    kinds: tuple[tuple[str, ...], ...]
    cameras: tuple[tuple[str, ...], ...]
    reasons: tuple[tuple[str, ...], ...]
    cases: tuple[tuple[str, ...], ...]
    cut: str
    seals: str
    trail: str


def compose(request: PeriodRequest, language: str) -> PeriodContent:
    """Return what the report of a period says.

    The figures come from the summary, which the server counted; with a `kind` they
    are counted from the cases of that kind.
    """
    words = DocumentWording.load(language)
    cases = [c for c in request.cases if request.kind in (None, c.infraction.kind)]
    if request.kind is not None:
        given = request.summary
        request = replace(request, summary=summarise(cases, given.since, given.until))
    summary = request.summary
    shown = cases[:MAX_LISTED]
    cut = words.text("period", "cut", shown=len(shown), total=len(cases))
    return PeriodContent(
        wording=words,
        range=words.text(
            "period",
            "range",
            since=iso_minute(summary.since, request.zone),
            until=iso_minute(summary.until, request.zone),
        ),
        scope=_scope(request.kind, words),
        made=words.text(
            "period",
            "made",
            when=iso_minute(request.made_at, request.zone),
            person=request.made_by,
        ),
        figures=_figures(request, words),
        hours=hours_of_day(summary.by_hour, request.zone),
        kinds=_kinds(request, words),
        cameras=_cameras(request, words),
        reasons=_reasons(summary, words),
        cases=tuple(_case_row(case, request.zone, words) for case in shown),
        cut=cut if len(shown) < len(cases) else "",
        seals=period_seals(
            [request.seals[case.infraction.id] for case in shown], request.zone, words
        ),
        trail=trail_text(request.head, words),
    )


def hours_of_day(counts: Iterable[HourCount], zone: tzinfo) -> tuple[int, ...]:
    """Return 24 counts by local hour of the day."""
    hours = [0] * 24
    for entry in counts:
        hours[entry.start.astimezone(zone).hour] += entry.count
    return tuple(hours)


def measured_text(measurement: Measurement) -> str:
    """Return the measured value with its interval, short enough for a list."""
    if isinstance(measurement, SpeedMeasurement):
        return interval(measurement.speed_kmh, measurement.uncertainty_kmh, "km/h")
    return interval(
        seconds_from_ns(measurement.red_for_ns),
        seconds_from_ns(measurement.uncertainty_ns),
        "s",
        2,
    )


def _scope(kind: InfractionKind | None, words: DocumentWording) -> str:
    if kind is None:
        return words.text("period", "all_kinds")
    return words.text("period", "only_kind", kind=words.name("kind", kind.value))


def _figures(request: PeriodRequest, words: DocumentWording) -> tuple[Figure, ...]:
    summary, states = request.summary, request.summary.by_state

    def figure(key: str, value: str) -> Figure:
        return Figure(words.text("period", key), value)

    median = summary.median_decision_s
    oldest = summary.oldest_pending
    return (
        figure("total", f"{summary.total:,}"),
        *(figure(s.value, f"{states.get(s, 0):,}") for s in InfractionState),
        figure("median", UNKNOWN if median is None else _duration(median)),
        figure(
            "oldest", UNKNOWN if oldest is None else iso_minute(oldest, request.zone)
        ),
    )


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _kinds(
    request: PeriodRequest, words: DocumentWording
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            words.name("kind", kind.value),
            f"{request.summary.by_kind.get(kind, 0):,}",
            f"{precision.decided:,}",
            f"{precision.upheld:,}",
            precision_text(precision),
        )
        for kind, precision in by_kind(request.summary).items()
        if request.kind in (None, kind)
    )


def precision_text(precision: Precision) -> str:
    """Return the precision with its interval, a dash where nothing was decided."""
    if precision.value is None:
        return UNKNOWN
    low, high = round(precision.low * 100), round(precision.high * 100)
    return f"{percent(round(precision.value * 100))} ({low}–{high})"


def _cameras(
    request: PeriodRequest, words: DocumentWording
) -> tuple[tuple[str, ...], ...]:
    counts = sorted(request.summary.by_camera.items(), key=lambda i: (-i[1], str(i[0])))
    total = sum(request.summary.by_camera.values())
    retired = words.text("period", "unknown_camera")
    return tuple(
        (request.cameras.get(camera, retired), f"{count:,}", _share(count, total))
        for camera, count in counts
    )


def _reasons(
    summary: PeriodSummary, words: DocumentWording
) -> tuple[tuple[str, ...], ...]:
    counts = sorted(summary.by_reject_reason.items(), key=lambda i: (-i[1], i[0].value))
    total = sum(summary.by_reject_reason.values())
    return tuple(
        (words.name("reason", reason.value), f"{count:,}", _share(count, total))
        for reason, count in counts
    )


def _share(count: int, total: int) -> str:
    return percent(round(100 * count / total)) if total else UNKNOWN


def _case_row(case: Case, zone: ZoneInfo, words: DocumentWording) -> tuple[str, ...]:
    finding = case.infraction
    return (
        f"{finding.occurred.wall.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        words.name("kind", finding.kind.value),
        case.camera_name,
        pretty(case.plate_text),
        measured_text(finding.measurement),
        words.name("state", case.state.value),
        case.notice_number or UNKNOWN,
    )
