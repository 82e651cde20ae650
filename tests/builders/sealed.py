"""A sealed case of small files, made without any video."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from app.domain.audit import ChainHead
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, Sha256, new_uuid
from app.domain.infraction import Infraction
from app.domain.network import NetworkFacts
from app.domain.seal import EngineKey, Seal
from app.evidence.manifest import Manifest, Origin, StreamFacts, write_manifest
from app.evidence.seal import Sealer, read_seal
from app.evidence.seal_key import SealKey
from app.ports import EvidenceStore
from tests.builders.captures import CAMERA
from tests.builders.infractions import OCCURRED, speeding
from tests.fakes.manual_clock import ManualClock
from tests.fakes.secrets import MemorySecrets

HEAD = ChainHead(database="1/atalaya", sequence=1204, sha256=Sha256("4f5a9c01" * 8))
SEALED_AT = datetime(2026, 3, 14, 15, 10, tzinfo=UTC)
ORIGIN = Origin(
    workstation="desk",
    plate_reader=NetworkFacts(name="plate-reader", sha256=Sha256("cd" * 32)),
    plate_locator=NetworkFacts(name="contrast", sha256=None),
)


@dataclass(frozen=True, kw_only=True)
class SealedCases:
    """Makes cases in `store`, sealed with the key of `secrets`."""

    store: EvidenceStore
    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    time_stamp: bool = False
    sealed_at: datetime = SEALED_AT
    own: Sealer | None = None
    """What seals instead of the key of `secrets`."""

    @property
    def entry(self) -> EngineKey:
        """The key as the server is told."""
        return SealKey.of(self.secrets, self.clock).entry("desk")

    @property
    def sealer(self) -> Sealer:
        """What seals here."""
        if self.own is not None:
            return self.own
        key = SealKey.of(self.secrets, self.clock)
        return Sealer(key, "desk", time_stamp=self.time_stamp)

    def case(self, infraction: Infraction | None = None) -> Infraction:
        """Return a case with its files, or two small ones, a manifest and a seal."""
        found = infraction or speeding()
        return self.sealed(self.described(found, key=self.sealer.public))

    def described(self, infraction: Infraction, key: str | None) -> Infraction:
        """Return a case with its manifest, which names this sealing key."""
        bare = infraction if infraction.evidence else self._with_files(infraction)
        path = self.folder / "manifest.json"
        write_manifest(manifest_of(bare, key), path)
        made = self.item(EvidenceKind.MANIFEST, path.read_bytes())
        return replace(bare, evidence=(*bare.evidence, made))

    def _with_files(self, infraction: Infraction) -> Infraction:
        kinds = (EvidenceKind.STILL_DECISIVE, EvidenceKind.CLIP)
        files = [
            self.item(k, f"{k} {infraction.id}".encode(), "image/jpeg") for k in kinds
        ]
        return replace(infraction, evidence=tuple(files))

    def sealed(self, infraction: Infraction) -> Infraction:
        """Return the case with a seal over the manifest that it has."""
        manifest = item_of(infraction, EvidenceKind.MANIFEST)
        data = self.sealer.seal(infraction, manifest.sha256, self.sealed_at)
        made = self.item(EvidenceKind.SEAL, data)
        return replace(infraction, evidence=(*infraction.evidence, made))

    def with_seal(
        self, infraction: Infraction, change: Callable[[bytes], bytes]
    ) -> Infraction:
        """Return the case with another file as its seal."""
        seal = item_of(infraction, EvidenceKind.SEAL)
        with self.store.open(seal.sha256) as file:
            made = self.item(EvidenceKind.SEAL, change(file.read()))
        return replace(infraction, evidence=(*infraction.evidence[:-1], made))

    def seal_of(self, infraction: Infraction) -> Seal:
        """Return what the seal says."""
        item = item_of(infraction, EvidenceKind.SEAL)
        with self.store.open(item.sha256) as file:
            return read_seal(file)

    def item(
        self, kind: EvidenceKind, data: bytes, media_type: str = "application/json"
    ) -> EvidenceItem:
        """Return any bytes as evidence."""
        path = self.folder / f"{kind.value}.bin"
        path.write_bytes(data)
        sha256, size_bytes = self.store.put(path)
        return EvidenceItem(
            id=EvidenceId(new_uuid()),
            kind=kind,
            sha256=sha256,
            media_type=media_type,
            size_bytes=size_bytes,
            captured_at=OCCURRED.wall,
        )


def manifest_of(infraction: Infraction, key: str | None) -> Manifest:
    """Return a plausible manifest."""
    return Manifest(
        recorded_at=SEALED_AT,
        infraction=infraction,
        camera=CAMERA,
        configuration_version=3,
        configuration_sha256=Sha256("ef" * 32),
        calibration_sha256=None,
        stream=StreamFacts(
            codec="h264",
            width_px=1280,
            height_px=720,
            clip_start_ns=1,
            clip_end_ns=2,
            clip_frame_count=50,
        ),
        missing=(),
        origin=ORIGIN,
        sealing_key=key,
    )


def item_of(infraction: Infraction, kind: EvidenceKind) -> EvidenceItem:
    """Return the file of a kind."""
    return next(item for item in infraction.evidence if item.kind is kind)
