"""The manifest: who captured what, when, with what, and the hash of every file.

It is stored as evidence itself, so that its own hash in the database seals the others,
and a package of files can be checked anywhere without the product's database.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic import BaseModel

from app.domain.camera import Camera
from app.domain.errors import EvidenceDamaged
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import Sha256
from app.domain.infraction import Infraction
from app.domain.network import NetworkFacts
from app.evidence.json_form import form_of, write
from app.ports import EvidenceReader

SCHEMA_VERSION = 2
_ADDED_IN_2 = ("origin", "sealing_key")
MEDIA_TYPE = "application/json"
_MOST_BYTES = 4 << 20
_NAMES_IT = frozenset({EvidenceKind.MANIFEST, EvidenceKind.SEAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A file that could not be made, and why in one sentence."""

    kind: EvidenceKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """The video as it came, and where the clip lies in stream time."""

    codec: str
    width_px: int
    height_px: int
    clip_start_ns: int | None
    clip_end_ns: int | None
    clip_frame_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the case was made, and with which networks its plate was read."""

    workstation: str
    plate_reader: NetworkFacts | None = None
    plate_locator: NetworkFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that one capture consists of.

    `infraction` names engine, software, model, rule and configuration; its evidence is
    every file but the manifest. The hashes of configuration and calibration are over
    their canonical JSON (`canonical_sha256`), `calibration_sha256` None without one.
    `sealing_key` is the public key that the seal is made with, in hexadecimal; None
    where none was to be had, and in version 1, which knows no `origin` either.
    """

    recorded_at: datetime
    infraction: Infraction
    camera: Camera
    configuration_version: int
    configuration_sha256: Sha256
    calibration_sha256: Sha256 | None
    stream: StreamFacts
    missing: tuple[Missing, ...]
    origin: Origin | None
    sealing_key: str | None


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write the file, indented for people; ValueError if it would not read back."""
    data = {"schema_version": SCHEMA_VERSION, **write(Manifest, manifest)}
    text = json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")


def read_manifest(file: BinaryIO) -> Manifest:
    """Read what `write_manifest` wrote, now or in version 1; else ValueError."""
    text = file.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError("the manifest is too large")
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("the manifest is nested too deep") from None
    return cast("Manifest", form_of(Manifest).restore(_brought_up(data)))


def _brought_up(data: Any) -> dict[str, Any]:
    """Return the fields of any known version as those of the present one."""
    if not isinstance(data, dict):
        raise ValueError("expected an object")
    version = data.pop("schema_version", None)
    if isinstance(version, bool) or version not in (1, SCHEMA_VERSION):
        raise ValueError("the manifest is of an unknown version")
    if version == 1:
        if any(name in data for name in _ADDED_IN_2):
            raise ValueError("a manifest of version 1 has no such fields")
        data |= dict.fromkeys(_ADDED_IN_2)
    return data


def damaged_files(
    infraction: Infraction, store: EvidenceReader
) -> tuple[EvidenceItem, ...]:
    """Hash every file of a case again; return those that are not what they were.

    A case that the manifest does not describe file by file counts as a damaged
    manifest: somebody exchanged one or the other.
    """
    damaged = [item for item in infraction.evidence if not _sound(item, store)]
    for item in infraction.evidence:
        if item.kind is EvidenceKind.MANIFEST and item not in damaged:
            with store.open(item.sha256) as file:
                described = read_manifest(file).infraction
            if described != described_part(infraction):
                damaged.append(item)
    return tuple(damaged)


def canonical_sha256(record: BaseModel) -> Sha256:
    """Hash a configuration: its JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(
        record.model_dump(mode="json"), sort_keys=True, separators=(",", ":")
    )
    return Sha256(hashlib.sha256(text.encode()).hexdigest())


def _sound(item: EvidenceItem, store: EvidenceReader) -> bool:
    try:
        store.open(item.sha256).close()
    except EvidenceDamaged:
        return False
    return True


def described_part(infraction: Infraction) -> Infraction:
    """Return the case as its manifest has it: without what names the manifest."""
    kept = (item for item in infraction.evidence if item.kind not in _NAMES_IT)
    return replace(infraction, evidence=tuple(kept))
