"""What was found in a recording, read from its folder; used off the GUI thread."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

from app.domain.clock import NS_PER_S
from app.domain.errors import EvidenceDamaged
from app.domain.ids import Sha256
from app.domain.infraction import InfractionKind
from app.domain.measurement import Measurement, SpeedMeasurement
from app.evidence.json_form import form_of
from app.evidence.store import LocalEvidenceStore
from app.runtime.recording_files import read_object
from widgets.common import formatting

_STILL = "still_decisive"
_UNREADABLE = "The results in {} cannot be read. Analyse the footage again."


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageInfraction:
    """One finding; `wall` is None where nobody knows when it was recorded."""

    kind: InfractionKind
    stream_s: float
    wall: datetime | None
    plate: str | None
    measurement: Measurement
    still: Sha256 | None
    case: Path

    @property
    def clip(self) -> Path:
        """The film of the case."""
        return self.case / "clip.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageResults:
    """All that one recording came to."""

    folder: Path
    summary: dict[str, Any]
    infractions: tuple[FootageInfraction, ...]


def load_results(folder: Path) -> FootageResults:
    """Read a folder; EvidenceDamaged when it is not as the analysis left it."""
    summary = read_object(folder / "summary.json")
    found = read_object(folder / "infractions.json")
    if summary is None or found is None:
        raise EvidenceDamaged(_UNREADABLE.format(folder))
    try:
        rows = tuple(_infraction(folder, row) for row in found["infractions"])
    except (KeyError, TypeError, ValueError):
        raise EvidenceDamaged(_UNREADABLE.format(folder)) from None
    return FootageResults(folder=folder, summary=summary, infractions=rows)


def load_still(folder: Path, still: Sha256) -> QImage:
    """Return a still after hashing it again; raises EvidenceDamaged."""
    store = LocalEvidenceStore(folder / "evidence")
    with store.open(still) as file:
        return QImage.fromData(file.read())


def moment_text(found: FootageInfraction) -> str:
    """Return when it was: wall time where it is known, else time of the recording."""
    if found.wall is not None:
        return formatting.clock_ms(found.wall)
    minutes, seconds = divmod(found.stream_s, 60)
    return f"+{int(minutes):02d}:{seconds:06.3f}"


def measured_text(found: FootageInfraction) -> str:
    """Return the measurement with its expanded uncertainty."""
    seen = found.measurement
    if isinstance(seen, SpeedMeasurement):
        return formatting.speed(seen.speed_kmh, seen.uncertainty_kmh)
    value = formatting.number(seen.red_for_ns / NS_PER_S, 2)
    doubt = formatting.number(seen.uncertainty_ns / NS_PER_S, 2, "s")
    return f"{value} ± {doubt}"


def _infraction(folder: Path, row: dict[str, Any]) -> FootageInfraction:
    wall = row["wall"]
    stills = [i["sha256"] for i in row["evidence"] if i["kind"] == _STILL]
    case = (folder / row["case"]).resolve()
    if not case.is_relative_to(folder.resolve()):
        raise ValueError("a case lies outside its folder")
    return FootageInfraction(
        kind=InfractionKind(row["kind"]),
        stream_s=float(row["stream_s"]),
        wall=None if wall is None else datetime.fromisoformat(wall),
        plate=row["plate"]["text"],
        measurement=form_of(Measurement).restore(row["measurement"]),
        still=Sha256(stills[0]) if stills else None,
        case=case,
    )
