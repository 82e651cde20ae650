"""What is kept of a plate, as a folder: summary, data, masked pictures, hashes."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.errors import EvidenceDamaged, StorageFull
from app.domain.evidence import EvidenceKind
from app.domain.subject import SubjectCase, SubjectRead, SubjectRecord
from app.evidence.codec import infraction_to_json
from app.ports import EvidenceStore
from app.report.masked import MaskedPicture, masked_pictures
from app.report.subject_pdf import CasePictures, subject_pdf

FORM = 1
SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectExport:
    """Writes what is kept of one plate, in one language; blocking."""

    evidence: EvidenceStore
    zone: ZoneInfo
    language: str

    def write(self, record: SubjectRecord, folder: Path) -> Path:
        """Make a new folder below `folder`, whole or not at all; return it.

        A picture that is not what was recorded is left out, and said to be. Raises
        StorageFull when the folder cannot be written.
        """
        place = folder / f"subject-{record.plate}-{record.request[-12:]}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
            try:
                self._fill(record, part)
                part.rename(place)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
        except OSError as error:
            raise StorageFull(
                f"The export cannot be written to {folder} "
                f"({error.strerror}). Free space or choose another folder."
            ) from error
        return place

    def _fill(self, record: SubjectRecord, part: Path) -> None:
        shown = [(case, self._pictures(case)) for case in record.cases]
        files = {
            f"{case.infraction.id}-{kind.value}.jpg": picture.data
            for case, pictures in shown
            for kind, picture in (pictures or {}).items()
        }
        files["data.json"] = _as_json(record, shown)
        files["summary.pdf"] = subject_pdf(record, shown, self.zone, self.language)
        sums = [
            f"{hashlib.sha256(data).hexdigest()}  {name}\n"
            for name, data in sorted(files.items())
        ]
        files[SUMS] = "".join(sums).encode()
        for name, data in files.items():
            _write(part / name, data)

    def _pictures(self, case: SubjectCase) -> CasePictures:
        try:
            return masked_pictures(case.infraction, self.evidence)
        except EvidenceDamaged:
            return None


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _as_json(
    record: SubjectRecord, shown: list[tuple[SubjectCase, CasePictures]]
) -> bytes:
    document = {
        "form": FORM,
        "request": record.request,
        "plate": record.plate,
        "reason": record.reason,
        "asked_by": record.asked_by,
        "asked_at": record.asked_at.isoformat(),
        "cases": [_case(case, pictures) for case, pictures in shown],
        "reads": [_read(read) for read in record.reads],
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _case(case: SubjectCase, pictures: CasePictures) -> dict[str, Any]:
    return {
        "finding": infraction_to_json(case.infraction),
        "state": case.state.value,
        "camera": case.camera_name,
        "location": case.location,
        "notice_number": case.notice_number,
        "plate_in_force": case.plate_in_force,
        "decisions": list(case.decisions),
        "pictures_damaged": pictures is None,
        "pictures": [
            _picture(case, kind, picture) for kind, picture in (pictures or {}).items()
        ],
    }


def _picture(
    case: SubjectCase, kind: EvidenceKind, picture: MaskedPicture
) -> Mapping[str, str]:
    return {
        "file": f"{case.infraction.id}-{kind.value}.jpg",
        "kind": kind.value,
        "sha256": hashlib.sha256(picture.data).hexdigest(),
        "original_sha256": picture.original,
    }


def _read(read: SubjectRead) -> dict[str, Any]:
    return {
        "camera": read.camera_name,
        "location": read.location,
        "seen_at": read.seen_at.isoformat(),
        "published": read.published,
        "confidence": read.confidence,
        "vehicle_class": read.vehicle_class,
    }
