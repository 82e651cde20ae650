"""A case as a folder of files that anybody can check, without server and network."""

import hashlib
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import EnvironmentFault, EvidenceDamaged
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, Sha256, new_uuid
from app.domain.infraction import Infraction
from app.domain.seal import EngineKey
from app.evidence.case_check import CaseChecker
from app.evidence.manifest import read_manifest
from app.evidence.seal import read_seal
from app.evidence.timestamp import MOST_BYTES, StampTrust
from app.ports import EvidenceReader

_SUFFIXES = {
    "image/jpeg": ".jpg",
    "video/mp4": ".mp4",
    "application/json": ".json",
}
_MANIFEST, _SEAL, _STAMPS = "manifest.json", "seal.json", "*.tsr"
_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


def file_name(item: EvidenceItem) -> str:
    """Return the name that a file of a case has outside of the store."""
    return f"{item.kind.value}{_SUFFIXES.get(item.media_type, '')}"


def write_case_folder(
    folder: Path, infraction: Infraction, store: EvidenceReader, stamps: Sequence[bytes]
) -> None:
    """Copy all files of a case into a new folder, each hashed again.

    Raises EvidenceDamaged, or EnvironmentFault where the folder is there already or
    cannot be filled; nothing is left of it then.
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
        try:
            _fill(folder, infraction, store, stamps)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    except OSError as error:
        raise EnvironmentFault(
            f"The case cannot be written to {folder} ({error.strerror}). Name a new "
            "folder on a disk with room."
        ) from None


def _fill(
    folder: Path, infraction: Infraction, store: EvidenceReader, stamps: Sequence[bytes]
) -> None:
    for item in infraction.evidence:
        with (
            store.open(item.sha256) as source,
            (folder / file_name(item)).open("wb") as out,
        ):
            shutil.copyfileobj(source, out)
    for number, response in enumerate(stamps, 1):
        (folder / f"stamp-{number}.tsr").write_bytes(response)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFolder:
    """What a folder says of itself: the case, and what it can be checked with."""

    infraction: Infraction
    checker: CaseChecker


def open_case_folder(
    folder: Path, keys: Collection[str], trust: StampTrust | None
) -> CaseFolder:
    """Read a folder as `write_case_folder` and the analysis of recordings leave it.

    `keys` are the public keys that are trusted; without any, every key will do. Raises
    EnvironmentFault where there is no manifest that can be read.
    """
    store = _FolderReader.of(folder)
    infraction = _described(folder)
    register = _FolderRegister(
        tuple(_entry(key, folder) for key in keys),
        tuple(_small(path) for path in sorted(folder.glob(_STAMPS))),
    )
    checker = CaseChecker(store=store, register=register, trust=trust, any_key=not keys)
    return CaseFolder(infraction=infraction, checker=checker)


@dataclass(frozen=True, slots=True)
class _FolderReader:
    """Files of a folder by the hash that they have now."""

    paths: Mapping[Sha256, Path]

    @classmethod
    def of(cls, folder: Path) -> "_FolderReader":
        files = [p for p in folder.iterdir() if p.is_file() and not p.is_symlink()]
        return cls({_hash_of(path): path for path in files})

    def open(self, sha256: Sha256) -> BinaryIO:
        if sha256 not in self.paths:
            raise EvidenceDamaged(
                f"No file of the folder has the SHA-256 {sha256[:12]}…. One is "
                "missing, or was altered."
            )
        return self.paths[sha256].open("rb")


@dataclass(frozen=True, slots=True)
class _FolderRegister:
    """The keys that somebody trusts, and the time-stamps that lie in the folder."""

    trusted: tuple[EngineKey, ...]
    responses: tuple[bytes, ...]

    def keys(self) -> Sequence[EngineKey]:
        return self.trusted

    def stamps(self, seals: Collection[Sha256]) -> Mapping[Sha256, Sequence[bytes]]:
        return dict.fromkeys(seals, self.responses)


def _described(folder: Path) -> Infraction:
    """Return the case of the manifest, with manifest and seal as they lie there."""
    try:
        with (folder / _MANIFEST).open("rb") as file:
            manifest = read_manifest(file)
    except (OSError, ValueError):
        raise EnvironmentFault(
            f"There is no manifest in {folder} that can be read. Name the folder of "
            "one case."
        ) from None
    own = [(EvidenceKind.MANIFEST, folder / _MANIFEST)]
    if (folder / _SEAL).is_file():
        own.append((EvidenceKind.SEAL, folder / _SEAL))
    items = [_item(kind, path, manifest.recorded_at) for kind, path in own]
    found = manifest.infraction
    return replace(found, evidence=(*found.evidence, *items))


def _item(kind: EvidenceKind, path: Path, at: datetime) -> EvidenceItem:
    return EvidenceItem(
        id=EvidenceId(new_uuid()),
        kind=kind,
        sha256=_hash_of(path),
        media_type="application/json",
        size_bytes=path.stat().st_size,
        captured_at=at,
    )


def _entry(key: str, folder: Path) -> EngineKey:
    """Return a trusted key as one that was always in force, whatever its station."""
    try:
        with (folder / _SEAL).open("rb") as file:
            station = read_seal(file).station
    except (OSError, ValueError):
        station = new_uuid()
    return EngineKey(station=station, key=key.lower(), since=_LONG_AGO, workstation="")


def _hash_of(path: Path) -> Sha256:
    with path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())


def _small(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
