"""What the data bar of a still says; how it looks is `app.evidence.data_bar`."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.config.camera import ConfigurationVersion
from app.domain.camera import Camera
from app.domain.clock import UNKNOWN_DATE, is_known
from app.domain.evidence import EvidenceKind
from app.domain.infraction import Infraction
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement
from app.domain.plate import PlateReading
from app.domain.signal import LampPhase
from app.domain.units import seconds_from_ns
from app.evidence.labels import Labels

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """A label and its value; `span` of the four columns of the bar."""

    label: str
    value: str
    span: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StillFacts:
    """What one still shows: `number` of `count` frames, at `wall`, under `lamp`."""

    kind: EvidenceKind
    number: int
    count: int
    wall: datetime
    lamp: LampPhase | None


def bar_rows(
    infraction: Infraction,
    camera: Camera,
    configuration: ConfigurationVersion,
    still: StillFacts,
    labels: Labels,
    zone: tzinfo | None = None,
) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of the bar, row by row; `zone` None is the computer's own."""
    provenance = infraction.provenance
    what = f"{labels.kinds[infraction.kind]} · {labels.moments[still.kind]}"
    return (
        (
            Cell(labels.infraction, what, 2),
            Cell(labels.moment, _moment(still.wall, labels, zone), 2),
        ),
        (
            *_measured(infraction, still, labels),
            Cell(labels.plate, _plate(infraction.plate, labels)),
            Cell(labels.frame, f"{still.number}/{still.count}"),
        ),
        (
            Cell(labels.camera, _clean(camera.name)),
            Cell(labels.place, _clean(camera.location), 2),
            Cell(labels.track, str(infraction.track_id)),
        ),
        (
            Cell(labels.case, str(infraction.id), 2),
            Cell(
                labels.configuration,
                f"v{configuration.version} · {configuration.id[-8:]}",
            ),
            Cell(
                labels.software,
                _clean(f"{provenance.software_version} · {provenance.model_name}"),
            ),
        ),
    )


def local_time(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return date, time and offset: "2026-03-14 10:09:26.535 -05:00".

    Milliseconds are cut, not rounded: a time is never shown before it was.
    """
    text = moment.astimezone(zone).isoformat(" ", "milliseconds")
    return f"{text[:23]} {text[23:]}"


def _moment(wall: datetime, labels: Labels, zone: tzinfo | None) -> str:
    if is_known(wall):
        return local_time(wall, zone)
    after_s = (wall - UNKNOWN_DATE) / timedelta(seconds=1)
    return labels.moment_unknown.format(f"{after_s:.3f}")


def _measured(
    infraction: Infraction, still: StillFacts, labels: Labels
) -> tuple[Cell, Cell]:
    measurement = infraction.measurement
    if isinstance(measurement, SpeedMeasurement):
        return _speed(measurement, labels)
    return _red_light(measurement, still, labels)


def _speed(measurement: SpeedMeasurement, labels: Labels) -> tuple[Cell, Cell]:
    instrument = measurement.certified_instrument or labels.estimate
    value = (
        f"{measurement.speed_kmh:.1f} ± {measurement.uncertainty_kmh:.1f} km/h"
        f" ({_clean(instrument)})"
    )
    return (
        Cell(labels.measured, value),
        Cell(labels.limit, f"{measurement.limit_kmh:g} km/h"),
    )


def _red_light(
    measurement: RedLightMeasurement, still: StillFacts, labels: Labels
) -> tuple[Cell, Cell]:
    red_for_s = seconds_from_ns(measurement.red_for_ns)
    uncertainty_s = seconds_from_ns(measurement.uncertainty_ns)
    lamp = still.lamp or measurement.phase
    return (
        Cell(labels.red_for, f"{red_for_s:.2f} ± {uncertainty_s:.2f} s"),
        Cell(labels.lamp, labels.phases[lamp]),
    )


def _plate(plate: PlateReading, labels: Labels) -> str:
    if plate.text is None:
        return labels.unread
    return f"{_clean(plate.text)} ({plate.confidence:.2f})"


def _clean(text: str) -> str:
    """Drop what would not print: control and formatting characters, line breaks."""
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join("".join(kept).split())[:_LONGEST]
