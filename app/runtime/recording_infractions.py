"""The infractions of a recording, as files that other programs can read."""

import csv
import os
import re
import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.domain.clock import NS_PER_S, is_known
from app.domain.evidence import EvidenceItem
from app.domain.infraction import Infraction
from app.domain.measurement import SpeedMeasurement
from app.evidence.case_folder import file_name
from app.evidence.json_form import write
from app.evidence.store import LocalEvidenceStore
from app.runtime.recording_files import write_object
from app.runtime.recording_tracks import inert

SCHEMA_VERSION = 1
_UNSAFE = re.compile(r"[^\w-]+")
COLUMNS = (
    "id",
    "kind",
    "camera",
    "stream_s",
    "wall",
    "plate",
    "plate_confidence",
    "vehicle_class",
    "track_id",
    "speed_kmh",
    "speed_uncertainty_kmh",
    "limit_kmh",
    "red_for_s",
    "red_for_uncertainty_s",
    "model",
    "model_sha256",
    "configuration_id",
    "rule_version",
    "software_version",
    "manifest_sha256",
    "case",
)


class InfractionList:
    """An `InfractionSink` that keeps what it is given, for as long as the run lasts."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._found: dict[object, Infraction] = {}

    def add(self, infraction: Infraction) -> None:
        """Keep once."""
        with self._lock:
            self._found.setdefault(infraction.id, infraction)

    def __len__(self) -> int:
        """Return how many there are."""
        with self._lock:
            return len(self._found)

    def in_order(self) -> list[Infraction]:
        """Return them in order of stream time."""
        with self._lock:
            found = list(self._found.values())
        return sorted(found, key=lambda i: (i.occurred.stream_ns, i.track_id))


def write_infractions(
    folder: Path,
    found: Sequence[Infraction],
    store: LocalEvidenceStore,
    *,
    camera: str,
    head: dict[str, Any],
) -> None:
    """Write infractions.json and .csv, and a folder per case with readable names.

    The files of a case are links to the evidence, which stays under its hashes.
    """
    rows = []
    for number, infraction in enumerate(found, 1):
        case = Path("cases") / _case_name(number, infraction)
        _link_case(folder / case, infraction.evidence, store)
        rows.append(_document(infraction, camera, case))
    document = {"schema_version": SCHEMA_VERSION, **head, "infractions": rows}
    write_object(folder / "infractions.json", document)
    _write_csv(folder / "infractions.csv", found, rows)


def _document(infraction: Infraction, camera: str, case: Path) -> dict[str, Any]:
    occurred = infraction.occurred
    document = write(Infraction, infraction)
    del document["occurred"]
    for item in document["evidence"]:
        item["path"] = f"evidence/{_place(item['sha256'])}"
        item.pop("captured_at")
    known = is_known(occurred.wall)
    return {
        **document,
        "camera": camera,
        "stream_s": occurred.stream_ns / NS_PER_S,
        "wall": occurred.wall.isoformat() if known else None,
        "case": case.as_posix(),
    }


def _write_csv(
    path: Path, found: Sequence[Infraction], rows: Sequence[dict[str, Any]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for infraction, row in zip(found, rows, strict=True):
            writer.writerow(_flat(infraction, row))


def _flat(infraction: Infraction, row: dict[str, Any]) -> dict[str, Any]:
    provenance = infraction.provenance
    manifest = (i["sha256"] for i in row["evidence"] if i["kind"] == "manifest")
    return {
        **{name: row[name] for name in ("id", "kind", "stream_s", "wall", "case")},
        "camera": inert(row["camera"]),
        "plate": infraction.plate.text,
        "plate_confidence": round(infraction.plate.confidence, 3),
        "vehicle_class": row["vehicle_class"],
        "track_id": infraction.track_id,
        **_measured(infraction),
        "model": inert(provenance.model_name),
        "model_sha256": provenance.model_sha256,
        "configuration_id": provenance.configuration_id,
        "rule_version": provenance.rule_version,
        "software_version": provenance.software_version,
        "manifest_sha256": next(manifest, None),
    }


def _measured(infraction: Infraction) -> dict[str, Any]:
    seen = infraction.measurement
    if isinstance(seen, SpeedMeasurement):
        return {
            "speed_kmh": round(seen.speed_kmh, 2),
            "speed_uncertainty_kmh": round(seen.uncertainty_kmh, 2),
            "limit_kmh": seen.limit_kmh,
        }
    return {
        "red_for_s": round(seen.red_for_ns / NS_PER_S, 3),
        "red_for_uncertainty_s": round(seen.uncertainty_ns / NS_PER_S, 3),
        "limit_kmh": seen.limit_kmh,
    }


def _case_name(number: int, infraction: Infraction) -> str:
    """Return 003-speeding-0041.764s-TSK001."""
    at_s = infraction.occurred.stream_ns / NS_PER_S
    plate = _UNSAFE.sub("", infraction.plate.text or "unread")
    return f"{number:03d}-{infraction.kind.value}-{at_s:08.3f}s-{plate}"


def _link_case(
    folder: Path, evidence: Iterable[EvidenceItem], store: LocalEvidenceStore
) -> None:
    folder.mkdir(parents=True)
    for item in evidence:
        sealed = store.local_path(item.sha256)
        name = folder / file_name(item)
        try:
            os.link(sealed, name)
        except OSError:
            shutil.copyfile(sealed, name)


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
