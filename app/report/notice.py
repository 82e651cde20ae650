"""The content of a notice: everything it says, before anything is drawn."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from app.domain.audit import ChainHead
from app.domain.errors import EvidenceDamaged, StateConflict
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import Sha256
from app.domain.infraction import Case, InfractionState, Review, Verdict
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement
from app.domain.seal import SealReport
from app.domain.units import seconds_from_ns
from app.report.catalogue import Catalogue, CatalogueEntry
from app.report.content import (
    UNKNOWN,
    Figure,
    HashLine,
    Picture,
    clock_time,
    date_in_words,
    interval,
    money,
    number,
    offset_ms,
    percent,
)
from app.report.masked import PRINTED
from app.report.seals import seal_rows, trail_text
from app.report.wording import DocumentWording
from app.review.plate_text import pretty, same


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeContent:
    """A notice in one language; every text is plain and not yet escaped.

    `number` is None for a draft. `pictures` come decisive first. `digest` is the
    SHA-256 over the lines `<sha256> <kind>\\n` of all evidence, sorted: one hash
    that stands for the whole set, and what the QR code carries.
    """

    wording: DocumentWording
    number: str | None
    plate: str
    headline: str
    code: str
    fine: str
    points: str
    discount: str
    estimate: bool
    instrument: str
    law: str
    vehicle: tuple[Figure, ...]
    measurement: tuple[Figure, ...]
    sanction: tuple[Figure, ...]
    origin: tuple[Figure, ...]
    pictures: tuple[Picture, ...]
    hashes: tuple[HashLine, ...]
    digest: Sha256
    qr_text: str
    trail: str


def compose(
    case: Case,
    catalogue: Catalogue,
    language: str,
    *,
    report: SealReport,
    head: ChainHead,
) -> NoticeContent:
    """Return what the notice of a confirmed case says.

    `report` is what a check of the case found, `head` where the audit chain ends.

    Raises StateConflict unless the case is confirmed or notified, EvidenceDamaged
    when it has no decisive picture, and ConfigurationInvalid when the catalogue has
    no code for it.
    """
    if case.state not in (InfractionState.CONFIRMED, InfractionState.NOTIFIED):
        raise StateConflict(
            "Only a confirmed case can become a notice. Review it first."
        )
    evidence = case.infraction.evidence
    if not any(item.kind is EvidenceKind.STILL_DECISIVE for item in evidence):
        raise EvidenceDamaged(
            "The case has no picture of the decisive moment, so no notice is made "
            "of it."
        )
    words = DocumentWording.load(language)
    entry = catalogue.for_case(case)
    digest = evidence_digest(evidence)
    number_or_id = case.notice_number or str(case.infraction.id)
    return NoticeContent(
        wording=words,
        number=case.notice_number,
        plate=pretty(case.plate_text),
        headline=entry.text.text(language),
        code=entry.code,
        fine=money(entry.fine, entry.currency_symbol),
        points=str(entry.points),
        discount=_discounts(entry, words)[0],
        estimate=_certified(case) is None,
        instrument=_instrument(case, words),
        law=words.text(
            "document",
            "legal_basis",
            law=catalogue.head.law.text(language),
            version=f"{catalogue.head.country} {catalogue.head.version}",
        ),
        vehicle=_vehicle(case, catalogue, words),
        measurement=_measurement(case, words),
        sanction=_sanction(entry, words),
        origin=(
            *_origin(case, catalogue, words),
            *seal_rows(report, catalogue.zone, words),
        ),
        pictures=_pictures(case, catalogue, words),
        hashes=_hashes(evidence, words),
        digest=digest,
        qr_text=f"ATALAYA1;{number_or_id};{case.infraction.id};{digest}",
        trail=trail_text(head, words),
    )


def evidence_digest(evidence: Sequence[EvidenceItem]) -> Sha256:
    """Return one SHA-256 for a set of evidence files, whatever their order."""
    lines = sorted(f"{item.sha256} {item.kind.value}\n" for item in evidence)
    return Sha256(hashlib.sha256("".join(lines).encode()).hexdigest())


def _certified(case: Case) -> str | None:
    measured = case.infraction.measurement
    if isinstance(measured, SpeedMeasurement):
        return measured.certified_instrument
    return None


def _instrument(case: Case, words: DocumentWording) -> str:
    certified = _certified(case)
    if certified is None:
        return words.text("document", "estimate")
    return words.text("document", "certified", instrument=certified)


def _vehicle(
    case: Case, catalogue: Catalogue, words: DocumentWording
) -> tuple[Figure, ...]:
    finding, zone = case.infraction, catalogue.zone
    moment = finding.occurred.wall

    def label(key: str) -> str:
        return words.text("label", key)

    vehicle_class = words.name("vehicle", finding.vehicle_class.name.lower())
    return (
        Figure(label("plate"), pretty(case.plate_text), _plate_note(case, words)),
        Figure(label("vehicle_class"), vehicle_class),
        Figure(label("owner"), UNKNOWN, words.text("note", "owner")),
        Figure(label("place"), case.location or UNKNOWN),
        Figure(label("camera"), case.camera_name),
        Figure(label("date"), date_in_words(moment, zone, words)),
        Figure(label("local_time"), clock_time(moment, zone), zone.key),
        Figure(label("utc_time"), _utc(case)),
    )


def _utc(case: Case) -> str:
    moment = case.infraction.occurred.wall.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _plate_note(case: Case, words: DocumentWording) -> str:
    reading = case.infraction.plate
    read = pretty(reading.text) if reading.text else words.text("note", "unread")
    if not same(case.plate_text, reading.text):
        return words.text("note", "corrected", read=read)
    return words.text(
        "note", "confidence", percent=percent(round(reading.confidence * 100.0))
    )


def _measurement(case: Case, words: DocumentWording) -> tuple[Figure, ...]:
    measured = case.infraction.measurement
    if isinstance(measured, SpeedMeasurement):
        return _speed_rows(measured, words)
    return _lamp_rows(measured, words)


def _speed_rows(
    measured: SpeedMeasurement, words: DocumentWording
) -> tuple[Figure, ...]:
    def row(key: str, value: str, note: str = "") -> Figure:
        return Figure(words.text("label", key), value, note)

    stretch = words.text(
        "note",
        "stretch",
        metres=f"{measured.stretch_m:.2f}",
        seconds=f"{seconds_from_ns(measured.duration_ns):.3f}",
        points=measured.point_count,
    )
    excess = measured.considered_kmh - measured.limit_kmh
    return (
        row(
            "speed",
            interval(measured.speed_kmh, measured.uncertainty_kmh, "km/h"),
            words.text("format", "coverage"),
        ),
        row(
            "considered",
            number(measured.considered_kmh, "km/h"),
            words.text("note", "considered"),
        ),
        row("limit", number(measured.limit_kmh, "km/h", 0)),
        row("tolerance", number(measured.tolerance_kmh, "km/h", 0)),
        row("excess", number(excess, "km/h"), words.text("note", "excess")),
        row("stretch", stretch),
    )


def _lamp_rows(
    measured: RedLightMeasurement, words: DocumentWording
) -> tuple[Figure, ...]:
    def row(key: str, value: str, note: str = "") -> Figure:
        return Figure(words.text("label", key), value, note)

    red_s = seconds_from_ns(measured.red_for_ns)
    sigma_s = seconds_from_ns(measured.uncertainty_ns)
    amber_s = None if measured.amber_ns is None else seconds_from_ns(measured.amber_ns)
    limit = number(measured.limit_kmh, "km/h", 0)
    return (
        row("lamp", words.name("phase", measured.phase.value)),
        row(
            "red_for",
            interval(red_s, sigma_s, "s", 2),
            words.text("format", "coverage"),
        ),
        row(
            "red_considered",
            number(red_s - sigma_s, "s", 2),
            words.text("note", "considered"),
        ),
        row("grace", number(seconds_from_ns(measured.grace_ns), "s", 2)),
        row("amber", number(amber_s, "s", 2)),
        row("crossing_speed", number(measured.crossing_speed_kmh, "km/h")),
        row("limit", limit),
    )


def _sanction(entry: CatalogueEntry, words: DocumentWording) -> tuple[Figure, ...]:
    symbol = entry.currency_symbol
    basis = words.text(
        "note",
        "fine",
        percent=percent(entry.unit_percent),
        unit=entry.unit.name,
        year=entry.unit.year,
        amount=money(entry.unit.amount, symbol),
    )
    rows = [
        Figure(words.text("label", "code"), entry.code),
        Figure(
            words.text("label", "classification"),
            entry.classification.text(words.language),
        ),
        Figure(words.text("label", "fine"), money(entry.fine, symbol), basis),
        Figure(words.text("label", "points"), str(entry.points)),
    ]
    label = words.text("label", "discount")
    rows += [Figure(label, text) for text in _discounts(entry, words)]
    return tuple(rows)


def _discounts(entry: CatalogueEntry, words: DocumentWording) -> tuple[str, ...]:
    if not entry.discounts:
        return (words.text("note", "no_discount"),)
    return tuple(
        words.text(
            "note",
            "discount_days" if discount.within_days else "discount_rest",
            percent=percent(discount.percent),
            days=discount.within_days,
            amount=money(entry.discounted(discount), entry.currency_symbol),
        )
        for discount in entry.discounts
    )


def _origin(
    case: Case, catalogue: Catalogue, words: DocumentWording
) -> tuple[Figure, ...]:
    finding = case.infraction
    origin = finding.provenance
    decision = _confirmation(case)
    decided = UNKNOWN if decision is None else _stamp(decision, catalogue)

    def row(key: str, value: str) -> Figure:
        return Figure(words.text("label", key), value)

    return (
        row("reviewer", UNKNOWN if decision is None else decision.reviewer),
        row("decided", decided),
        row("case", str(finding.id)),
        row("configuration", str(origin.configuration_id)),
        row("calibration", str(finding.measurement.calibration_id)),
        row("rule", origin.rule_version),
        row("software", f"Atalaya {origin.software_version}"),
        row("model", origin.model_name),
        row("model_hash", origin.model_sha256),
        row("clock_offset", offset_ms(finding.occurred.clock_offset_ns)),
    )


def _confirmation(case: Case) -> Review | None:
    confirmed = [r for r in case.reviews if r.verdict is Verdict.CONFIRM]
    return confirmed[-1] if confirmed else None


def _stamp(review: Review, catalogue: Catalogue) -> str:
    local = review.decided_at.astimezone(catalogue.zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {catalogue.zone.key}"


def _pictures(
    case: Case, catalogue: Catalogue, words: DocumentWording
) -> tuple[Picture, ...]:
    by_kind = {item.kind: item for item in case.infraction.evidence}
    return tuple(
        Picture(
            kind=kind,
            sha256=item.sha256,
            media_type=item.media_type,
            caption=f"{words.name('picture', kind.value)} · "
            f"{clock_time(item.captured_at, catalogue.zone)}",
        )
        for kind in PRINTED
        if (item := by_kind.get(kind)) is not None
    )


def _hashes(
    evidence: Sequence[EvidenceItem], words: DocumentWording
) -> tuple[HashLine, ...]:
    return tuple(
        HashLine(
            name=words.name("picture", item.kind.value),
            sha256=item.sha256,
            size_bytes=item.size_bytes,
        )
        for item in sorted(evidence, key=lambda item: (item.kind.value, item.sha256))
    )
