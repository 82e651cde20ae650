"""From a finding to sealed evidence: stills, plate, clip, track, manifest, spool.

What cannot be made is named in the manifest with the reason; the rest is kept all the
same, and the infraction is never lost. Only a disk that is full or refuses to write
stops the work, so that it is done again, from the start, when that is mended.
"""

import errno
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

from app.domain.clock import Clock
from app.domain.errors import EnvironmentFault, StorageFull
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, new_uuid
from app.domain.infraction import Infraction
from app.domain.plate import PlateReading
from app.evidence import manifest
from app.evidence.capture import CaptureRequest
from app.evidence.labels import LANGUAGES
from app.evidence.maker import CaseMaker, MadeFile, NotMade, Style
from app.evidence.seal import MEDIA_TYPE as SEAL_MEDIA_TYPE
from app.evidence.seal import Sealer
from app.ports import EvidenceStore, InfractionSink, PlateReader, StampRequests

__all__ = ["CaptureRequest", "Recorder"]

_log = logging.getLogger(__name__)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DISK = _FULL | {errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}
_QUICK = frozenset({EvidenceKind.CLIP, EvidenceKind.TRACK})
_ORDER = {kind: index for index, kind in enumerate(EvidenceKind)}


class Recorder:
    """Makes and keeps the evidence of one case at a time, on the caller's thread.

    `spool` is the durable queue that takes the finished infraction; `work_dir` holds
    files while they are made. `plate_reader` finds the plate to crop; without it the
    whole vehicle is shown. `language` is "es" or "en"; `zone` is the time zone on the
    stills, the computer's own when None. `origin` is what the manifest says of this
    computer. `sealer` signs the manifest, and `stamps` is asked for a time-stamp on
    each seal; without them cases have none.
    """

    def __init__(
        self,
        store: EvidenceStore,
        spool: InfractionSink,
        clock: Clock,
        work_dir: Path,
        *,
        plate_reader: PlateReader | None = None,
        language: str = "es",
        zone: tzinfo | None = None,
        origin: manifest.Origin | None = None,
        sealer: Sealer | None = None,
        stamps: StampRequests | None = None,
    ) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._work_dir = work_dir
        self._plate_reader = plate_reader
        self._style = Style(LANGUAGES[language], zone)
        self._origin = origin
        self._sealer = sealer
        self._stamps = stamps
        self._hurried = threading.Event()
        work_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(work_dir)

    def hurry(self) -> None:
        """From now on leave out what takes decoding: the engine is being stopped.

        A case then has its clip, its track and its manifest, which says what is
        missing; that is made within a fraction of a second.
        """
        self._hurried.set()

    def record(self, request: CaptureRequest) -> Infraction:
        """Make, store and spool; return the infraction with its evidence.

        Blocks for about as long as decoding the stills takes. When it returns, the
        case survives a power cut. Raises StorageFull when there is no room, or the disk
        refuses to write: it must be tried again.
        """
        try:
            with tempfile.TemporaryDirectory(dir=self._work_dir) as folder:
                infraction = self._seal(request, Path(folder))
        except OSError as error:
            raise _refusal(error) from error
        size = sum(item.size_bytes for item in infraction.evidence)
        _log.info("sealed %d files, %d bytes", len(infraction.evidence), size)
        self._ask_for_stamp(infraction)
        self._spool.add(infraction)
        return infraction

    def _seal(self, request: CaptureRequest, folder: Path) -> Infraction:
        maker = CaseMaker(request, folder, self._style, self._plate_reader)
        ledger = _Ledger(self._store, request.infraction)
        for kind, make in maker.steps():
            if self._hurried.is_set() and kind not in _QUICK:
                ledger.leave_out(kind, "The engine was being stopped.")
            else:
                ledger.keep(kind, make)
        ledger.read_plate(maker.plate)
        described = self._describe(request, maker, ledger)
        ledger.keep(EvidenceKind.MANIFEST, lambda: _written(described, folder))
        self._keep_seal(ledger, described.recorded_at, folder)
        return ledger.infraction

    def _keep_seal(self, ledger: "_Ledger", at: datetime, folder: Path) -> None:
        item = ledger.stored(EvidenceKind.MANIFEST)
        if self._sealer is not None and item is not None:
            seal = self._sealer.seal(ledger.infraction, item.sha256, at)
            ledger.keep(EvidenceKind.SEAL, lambda: _seal_file(seal, at, folder))

    def _ask_for_stamp(self, infraction: Infraction) -> None:
        for item in infraction.evidence:
            if item.kind is EvidenceKind.SEAL and self._stamps is not None:
                self._stamps.ask(infraction.id, item.sha256)

    def _describe(
        self, request: CaptureRequest, maker: CaseMaker, ledger: "_Ledger"
    ) -> manifest.Manifest:
        body = request.configuration.body
        calibration_sha256 = None
        if body.calibration is not None:
            calibration_sha256 = manifest.canonical_sha256(body.calibration)
        return manifest.Manifest(
            recorded_at=self._clock.now(),
            infraction=ledger.infraction,
            camera=request.camera,
            configuration_version=request.configuration.version,
            configuration_sha256=manifest.canonical_sha256(body),
            calibration_sha256=calibration_sha256,
            stream=maker.stream_facts,
            missing=tuple(ledger.missing),
            origin=self._origin,
            sealing_key=self._sealer.public if self._sealer else None,
        )


class _Ledger:
    """What of a case is stored, and what is missing."""

    def __init__(self, store: EvidenceStore, infraction: Infraction) -> None:
        self._store = store
        self._bare = infraction
        self._items: list[EvidenceItem] = []
        self.missing: list[manifest.Missing] = []

    @property
    def infraction(self) -> Infraction:
        """The case with what is stored by now."""
        items = sorted(self._items, key=lambda item: _ORDER[item.kind])
        return replace(self._bare, evidence=tuple(items))

    def stored(self, kind: EvidenceKind) -> EvidenceItem | None:
        """Return what is stored of a kind."""
        return next((item for item in self._items if item.kind is kind), None)

    def read_plate(self, plate: PlateReading) -> None:
        """Take over what the evidence showed of the plate."""
        self._bare = replace(self._bare, plate=plate)

    def keep(self, kind: EvidenceKind, make: Callable[[], MadeFile]) -> None:
        """Make and store one file; note why when it cannot be made."""
        try:
            made = make()
        except (ValueError, NotMade, EnvironmentFault) as error:
            self._miss(kind, str(error))
        except OSError as error:
            if error.errno in _DISK:
                raise
            self._miss(kind, "A file that the program needs is missing.")
        except Exception:  # noqa: BLE001 - a bug in one still must not cost the case
            self._miss(kind, "The program failed; its log says where.")
        else:
            self._items.append(self._put(kind, made))

    def leave_out(self, kind: EvidenceKind, reason: str) -> None:
        """Note why one file is not made."""
        self.missing.append(manifest.Missing(kind=kind, reason=reason))

    def _put(self, kind: EvidenceKind, made: MadeFile) -> EvidenceItem:
        sha256, size_bytes = self._store.put(made.path)
        return EvidenceItem(
            id=EvidenceId(new_uuid()),
            kind=kind,
            sha256=sha256,
            media_type=made.media_type,
            size_bytes=size_bytes,
            captured_at=made.captured_at,
        )

    def _miss(self, kind: EvidenceKind, reason: str) -> None:
        _log.warning(
            "case %s has no %s: %s", self._bare.id, kind, reason, exc_info=True
        )
        self.leave_out(kind, reason)


def _sweep(work_dir: Path) -> None:
    """Remove what an engine left that was ended while it made a case."""
    for left in work_dir.iterdir():
        shutil.rmtree(left, ignore_errors=True)


def _refusal(error: OSError) -> StorageFull:
    if error.errno in _FULL:
        return StorageFull(
            "The engine's disk is full and evidence cannot be made. "
            "Free space on that disk."
        )
    return StorageFull(
        f"Evidence cannot be written to the engine's disk ({error.strerror}). "
        "Check that disk, and the rights on its folders."
    )


def _written(described: manifest.Manifest, folder: Path) -> MadeFile:
    path = folder / "manifest.json"
    manifest.write_manifest(described, path)
    return MadeFile(path, manifest.MEDIA_TYPE, described.recorded_at)


def _seal_file(seal: bytes, sealed_at: datetime, folder: Path) -> MadeFile:
    path = folder / "seal.json"
    path.write_bytes(seal)
    return MadeFile(path, SEAL_MEDIA_TYPE, sealed_at)
