"""The words on the stills, in each language of the product."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.evidence import EvidenceKind
from app.domain.infraction import InfractionKind
from app.domain.signal import LampPhase


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """One language; `estimate` follows a speed that no certified instrument made."""

    camera: str
    place: str
    moment: str
    moment_unknown: str
    infraction: str
    measured: str
    estimate: str
    limit: str
    red_for: str
    lamp: str
    plate: str
    unread: str
    track: str
    frame: str
    case: str
    configuration: str
    software: str
    kinds: Mapping[InfractionKind, str]
    moments: Mapping[EvidenceKind, str]
    phases: Mapping[LampPhase, str]


SPANISH = Labels(
    camera="Cámara",
    place="Lugar",
    moment="Fecha y hora",
    moment_unknown="no consta; {} s desde el inicio de la grabación",
    infraction="Infracción",
    measured="Velocidad",
    estimate="estimada",
    limit="Límite",
    red_for="En rojo al cruzar la línea",
    lamp="Semáforo",
    plate="Placa",
    unread="no leída",
    track="Vehículo",
    frame="Cuadro",
    case="Caso",
    configuration="Configuración",
    software="Programa y modelo",
    kinds={
        InfractionKind.SPEEDING: "Exceso de velocidad",
        InfractionKind.RED_LIGHT: "Luz roja",
    },
    moments={
        EvidenceKind.STILL_BEFORE: "antes",
        EvidenceKind.STILL_DECISIVE: "momento decisivo",
        EvidenceKind.STILL_AFTER: "después",
    },
    phases={
        LampPhase.RED: "rojo",
        LampPhase.AMBER: "ámbar",
        LampPhase.GREEN: "verde",
        LampPhase.UNKNOWN: "no se distingue",
    },
)

ENGLISH = Labels(
    camera="Camera",
    place="Place",
    moment="Date and time",
    moment_unknown="not known; {} s after the recording began",
    infraction="Infraction",
    measured="Speed",
    estimate="estimated",
    limit="Limit",
    red_for="Red for, at the line",
    lamp="Signal",
    plate="Plate",
    unread="not read",
    track="Vehicle",
    frame="Frame",
    case="Case",
    configuration="Configuration",
    software="Software and model",
    kinds={
        InfractionKind.SPEEDING: "Speeding",
        InfractionKind.RED_LIGHT: "Red light",
    },
    moments={
        EvidenceKind.STILL_BEFORE: "before",
        EvidenceKind.STILL_DECISIVE: "decisive moment",
        EvidenceKind.STILL_AFTER: "after",
    },
    phases={
        LampPhase.RED: "red",
        LampPhase.AMBER: "amber",
        LampPhase.GREEN: "green",
        LampPhase.UNKNOWN: "not visible",
    },
)

LANGUAGES: Mapping[str, Labels] = {"es": SPANISH, "en": ENGLISH}
