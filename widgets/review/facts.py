"""The facts of a case as rows of label and value, in the installed language."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.infraction import Case, Review, Verdict
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement
from app.domain.units import seconds_from_ns
from widgets.common import formatting
from widgets.common.words import kind_name, phase_name, reason_name, vehicle_name


@dataclass(frozen=True, slots=True)
class Fact:
    """One row; `note` stands quietly behind the value."""

    label: str
    value: str
    note: str = ""


_tr = QCoreApplication.translate


def headline(case: Case) -> str:
    """Return what happened: the rule, and below it the figure that matters."""
    measured = case.infraction.measurement
    name = kind_name(case.infraction.kind)
    if isinstance(measured, SpeedMeasurement):
        return f"{name}\n{formatting.number(measured.speed_kmh, 1, 'km/h')}"
    after = _tr("facts", "{} after red").format(formatting.seconds(measured.red_for_ns))
    return f"{name}\n{after}"


def instrument(case: Case) -> str:
    """Return what measured; an estimate unless a certified instrument is named."""
    measured = case.infraction.measurement
    if isinstance(measured, SpeedMeasurement) and measured.certified_instrument:
        return measured.certified_instrument
    return _tr("facts", "Estimate, not measured by a certified instrument")


def measurement(case: Case) -> tuple[Fact, ...]:
    """Return the measured values, each with its interval and its limit."""
    measured = case.infraction.measurement
    if isinstance(measured, SpeedMeasurement):
        return _speed(measured)
    return _lamp(measured)


def _speed(measured: SpeedMeasurement) -> tuple[Fact, ...]:
    excess = measured.considered_kmh - measured.limit_kmh
    stretch = _tr("facts", "{0} in {1}, {2} points").format(
        formatting.number(measured.stretch_m, 2, "m"),
        formatting.seconds(measured.duration_ns, 3),
        measured.point_count,
    )
    return (
        Fact(
            _tr("facts", "Measured"),
            formatting.speed(measured.speed_kmh, measured.uncertainty_kmh),
            "95 %",
        ),
        Fact(
            _tr("facts", "Considered"),
            formatting.number(measured.considered_kmh, 1, "km/h"),
            _tr("facts", "less uncertainty"),
        ),
        Fact(
            _tr("facts", "Limit"),
            formatting.number(measured.limit_kmh, 0, "km/h"),
            f"+ {formatting.number(measured.tolerance_kmh, 0, 'km/h')}",
        ),
        Fact(_tr("facts", "Excess"), formatting.number(excess, 1, "km/h")),
        Fact(_tr("facts", "Stretch"), stretch),
    )


def _lamp(measured: RedLightMeasurement) -> tuple[Fact, ...]:
    red_s = seconds_from_ns(measured.red_for_ns)
    sigma_s = seconds_from_ns(measured.uncertainty_ns)
    red = f"{formatting.number(red_s, 2)} ± {formatting.number(sigma_s, 2, 's')}"
    return (
        Fact(_tr("facts", "Lamp"), phase_name(measured.phase)),
        Fact(_tr("facts", "Red for"), red, "95 %"),
        Fact(
            _tr("facts", "Considered"),
            formatting.number(red_s - sigma_s, 2, "s"),
            _tr("facts", "less uncertainty"),
        ),
        Fact(_tr("facts", "Grace"), formatting.seconds(measured.grace_ns)),
        Fact(_tr("facts", "Amber before"), formatting.seconds(measured.amber_ns)),
        Fact(
            _tr("facts", "Speed"),
            formatting.number(measured.crossing_speed_kmh, 1, "km/h"),
            _tr("facts", "limit {}").format(
                formatting.number(measured.limit_kmh, 0, "km/h")
            ),
        ),
    )


def origin(case: Case) -> tuple[Fact, ...]:
    """Return everything that is needed to make the finding again."""
    finding = case.infraction
    made = finding.provenance
    offset_ns = finding.occurred.clock_offset_ns
    return (
        Fact(_tr("facts", "Vehicle"), vehicle_name(finding.vehicle_class)),
        Fact(_tr("facts", "Rule"), made.rule_version),
        Fact(_tr("facts", "Configuration"), str(made.configuration_id)[-12:]),
        Fact(_tr("facts", "Model"), made.model_name, made.model_sha256[:12]),
        Fact(_tr("facts", "Software"), made.software_version),
        Fact(
            _tr("facts", "Camera clock"),
            formatting.signed_ms(None if offset_ns is None else offset_ns / 1e6),
        ),
        Fact(_tr("facts", "Case"), str(finding.id)[-12:]),
    )


def history(case: Case) -> tuple[Fact, ...]:
    """Return every decision, oldest first."""
    return tuple(_decision(review) for review in case.reviews)


def _decision(review: Review) -> Fact:
    what = (
        _tr("facts", "Confirmed by {}")
        if review.verdict is Verdict.CONFIRM
        else _tr("facts", "Rejected by {}")
    )
    details = [
        reason_name(review.reason) if review.reason else "",
        review.comment,
    ]
    return Fact(
        formatting.clock(review.decided_at),
        what.format(review.reviewer),
        " · ".join(part for part in details if part),
    )
