"""Cases with real evidence files: pictures are drawn, clips are encoded.

Each test changes what it is about; the rest is plausible and always the same.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, InfractionId, Login
from app.domain.infraction import (
    Case,
    Infraction,
    InfractionState,
    RejectReason,
    Review,
    Verdict,
)
from app.ports import EvidenceStore
from tests.builders.infractions import OCCURRED, speeding

REVIEWER = Login("ana")
NUMBER = "PE-2026-000042"
DECIDED = datetime(2026, 3, 14, 15, 20, tzinfo=UTC)
_STILLS = (
    (EvidenceKind.STILL_BEFORE, -800, (1280, 720)),
    (EvidenceKind.STILL_DECISIVE, 0, (1280, 720)),
    (EvidenceKind.STILL_AFTER, 800, (1280, 720)),
    (EvidenceKind.PLATE, 0, (320, 160)),
)


def case_of(infraction: Infraction | None = None, **changes: Any) -> Case:
    """Return a pending case of a speeding infraction."""
    made = Case(
        infraction=infraction or speeding(),
        camera_name="Av. Arequipa · norte",
        location="Av. Arequipa cdra. 12, Lince",
        state=InfractionState.PENDING,
    )
    return replace(made, **changes)


def decision(case: Case, **changes: Any) -> Review:
    """Return ana's confirmation of a case."""
    made = Review(
        infraction_id=case.infraction.id,
        reviewer=REVIEWER,
        verdict=Verdict.CONFIRM,
        reason=None,
        comment="",
        plate_text=case.plate_text or "ABC123",
        decided_at=DECIDED,
    )
    return replace(made, **changes)


def confirmed(case: Case, **changes: Any) -> Case:
    """Return the case after ana confirmed it."""
    review = decision(case, **changes)
    return replace(case, state=InfractionState.CONFIRMED, reviews=(review,))


def rejected(case: Case, reason: RejectReason, **changes: Any) -> Case:
    """Return the case after ana rejected it."""
    review = decision(
        case, verdict=Verdict.REJECT, reason=reason, plate_text=None, **changes
    )
    return replace(case, state=InfractionState.REJECTED, reviews=(review,))


def notified(case: Case, number: str = NUMBER) -> Case:
    """Return a confirmed case with a notice."""
    return replace(
        confirmed(case), state=InfractionState.NOTIFIED, notice_number=number
    )


@dataclass(frozen=True, slots=True)
class DrawnEvidence:
    """Puts drawn stills into a store, below names that are always the same."""

    store: EvidenceStore
    folder: Path

    def stills(self, seed: int = 0) -> tuple[EvidenceItem, ...]:
        """Return three stills and a plate, in the store."""
        return tuple(
            self.still(kind, delay_ms, size, seed) for kind, delay_ms, size in _STILLS
        )

    def still(
        self,
        kind: EvidenceKind,
        delay_ms: int = 0,
        size: tuple[int, int] = (1280, 720),
        seed: int = 0,
    ) -> EvidenceItem:
        """Return one drawn still."""
        return self.file(kind, jpeg(kind.value, size, seed), "image/jpeg", delay_ms)

    def file(
        self, kind: EvidenceKind, data: bytes, media_type: str, delay_ms: int = 0
    ) -> EvidenceItem:
        """Return any bytes as evidence."""
        path = self.folder / f"{kind.value}.bin"
        path.write_bytes(data)
        sha256, size_bytes = self.store.put(path)
        ordinal = list(EvidenceKind).index(kind)
        return EvidenceItem(
            id=EvidenceId(UUID(int=0x01980000_0000_7000_8000_0000_0000_0100 + ordinal)),
            kind=kind,
            sha256=sha256,
            media_type=media_type,
            size_bytes=size_bytes,
            captured_at=OCCURRED.wall + timedelta(milliseconds=delay_ms),
        )


def fixed_id(ordinal: int = 0) -> InfractionId:
    """Return an identity that is the same in every run."""
    return InfractionId(UUID(int=0x01980000_0000_7000_8000_0000_0000_0200 + ordinal))


def jpeg(label: str, size: tuple[int, int] = (1280, 720), seed: int = 0) -> bytes:
    """Return a drawn street with a vehicle and a label, as JPEG."""
    width, height = size
    picture = Image.new("RGB", size, (96 + seed % 32, 104, 110))
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [(width * 0.4, 0), (width * 0.6, 0), (width, height), (0, height)],
        fill=(58, 60, 64),
    )
    left = width * 0.42 + seed % 17
    draw.rectangle(
        (left, height * 0.45, left + width * 0.2, height * 0.8), fill=(170, 40, 40)
    )
    draw.text((12, 12), f"{label} {seed}", fill=(255, 255, 255))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def with_evidence(case: Case, evidence: Sequence[EvidenceItem]) -> Case:
    """Return the case with these evidence files."""
    return replace(case, infraction=replace(case.infraction, evidence=tuple(evidence)))
