"""Whether a case is what it was: files, manifest, signature, key, time-stamp.

Looks in that order and stops at the first thing that does not hold. For whom plates are
masked the plate alone is left out: shown for a reason, it is looked at as well.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.domain.errors import EvidenceDamaged
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import Sha256
from app.domain.infraction import Infraction
from app.domain.seal import EngineKey, Seal, SealReport, SealTrouble
from app.evidence.manifest import Manifest, described_part, read_manifest
from app.evidence.seal import SealUnreadable, SignatureWrong, read_seal
from app.evidence.seal_key import handed_over
from app.evidence.timestamp import StampTrust, look_at_stamps
from app.ports import EvidenceReader, SealRegister

_log = logging.getLogger(__name__)
_CLOCK_STEP = timedelta(minutes=5)
"""By so much a clock may have been set back between the key and its first seal."""


class _Broken(Exception):
    """Something does not hold."""

    def __init__(self, trouble: SealTrouble, subject: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.subject = subject


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChecker:
    """Checks cases of one store; blocking, for a worker thread.

    With `any_key` nobody tells whose key it is. Without `trust` a time-stamp is looked
    at, and not believed.
    """

    store: EvidenceReader
    register: SealRegister
    trust: StampTrust | None = None
    any_key: bool = False

    def files(self, infraction: Infraction) -> SealReport:
        """Hash every file again, then look at the seal; one report."""
        for item in infraction.evidence:
            try:
                self.store.open(item.sha256).close()
            except EvidenceDamaged:
                return SealReport(
                    trouble=SealTrouble.FILE_DAMAGED, subject=item.kind.value
                )
        return replace(self.seal(infraction), files=len(infraction.evidence))

    def sound(self, infraction: Infraction, *, files: bool = True) -> SealReport:
        """Return what was found, with or without the other files; sound or refused.

        Raises EvidenceDamaged, and says so in the log, when something is not what was
        recorded. A time-stamp that does not hold is told, and refuses nothing: anybody
        who may write stamps could stop any case with one.
        """
        report = self.files(infraction) if files else self.seal(infraction)
        if report.trouble is None:
            return report
        what = ":".join(p for p in (report.trouble.value, report.subject) if p)
        _log.error("case %s is not what was sealed: %s", infraction.id, what)
        raise EvidenceDamaged(
            f"This case is not what its engine sealed ({what}). Do not decide or print "
            "it, and have an administrator verify it."
        )

    def seal(self, infraction: Infraction) -> SealReport:
        """Look at manifest, seal, key and time-stamp alone; both files are hashed."""
        return self.seals([infraction])[0]

    def seals(self, infractions: Collection[Infraction]) -> list[SealReport]:
        """Look at the seals of many cases; the server is asked twice for all."""
        keys = None if self.any_key else self.register.keys()
        reports = [self._looked_at(each, keys) for each in infractions]
        items = [_seal_item(each) for each in infractions]
        stamps = self.register.stamps([item.sha256 for item in items if item])
        return [
            self._with_stamp(report, item, stamps)
            for report, item in zip(reports, items, strict=True)
        ]

    def _with_stamp(
        self,
        report: SealReport,
        item: EvidenceItem | None,
        stamps: Mapping[Sha256, Sequence[bytes]],
    ) -> SealReport:
        if report.seal is None or item is None:
            return report
        given, expected = stamps.get(item.sha256, ()), report.seal.time_stamp
        found = look_at_stamps(given, item.sha256, self.trust, expected=expected)
        return replace(report, stamp=found)

    def _looked_at(
        self, infraction: Infraction, keys: Sequence[EngineKey] | None
    ) -> SealReport:
        try:
            seal = self._believable(infraction)
            if seal is not None and keys is not None:
                _require_key(seal, keys)
        except _Broken as broken:
            return SealReport(trouble=broken.trouble, subject=broken.subject)
        return SealReport(seal=seal, key_checked=keys is not None)

    def _believable(self, infraction: Infraction) -> Seal | None:
        """Return the seal; None for a case that was never to have one."""
        manifest_item = _only(infraction, EvidenceKind.MANIFEST)
        item = _only(infraction, EvidenceKind.SEAL)
        if manifest_item is None:
            if item is not None:
                raise _Broken(SealTrouble.MANIFEST_MISSING)
            return None
        manifest = self._manifest(manifest_item)
        if not _describes(manifest.infraction, described_part(infraction)):
            raise _Broken(SealTrouble.MANIFEST_DIFFERS)
        if item is None:
            if manifest.sealing_key is not None:
                raise _Broken(SealTrouble.SEAL_MISSING)
            return None
        seal = self._read(item)
        _require_own(seal, infraction, manifest_item, manifest)
        return seal

    def _manifest(self, item: EvidenceItem) -> Manifest:
        try:
            with self.store.open(item.sha256) as file:
                return read_manifest(file)
        except EvidenceDamaged:
            raise _Broken(SealTrouble.FILE_DAMAGED, item.kind.value) from None
        except ValueError:
            raise _Broken(SealTrouble.MANIFEST_UNREADABLE) from None

    def _read(self, item: EvidenceItem) -> Seal:
        try:
            with self.store.open(item.sha256) as file:
                return read_seal(file)
        except EvidenceDamaged:
            raise _Broken(SealTrouble.FILE_DAMAGED, item.kind.value) from None
        except SealUnreadable:
            raise _Broken(SealTrouble.SEAL_UNREADABLE) from None
        except SignatureWrong:
            raise _Broken(SealTrouble.SIGNATURE_WRONG) from None


def _describes(sealed: Infraction, shown: Infraction) -> bool:
    """Compare all that is shown; of a masked plate, where it has characters."""
    if shown.plate.is_masked:
        sealed = replace(sealed, plate=sealed.plate.masked())
    return sealed == shown


def _seal_item(infraction: Infraction) -> EvidenceItem | None:
    items = (i for i in infraction.evidence if i.kind is EvidenceKind.SEAL)
    return next(items, None)


def _only(infraction: Infraction, kind: EvidenceKind) -> EvidenceItem | None:
    """Return the file of a kind; of two the manifest would describe neither."""
    items = [item for item in infraction.evidence if item.kind is kind]
    if len(items) > 1:
        raise _Broken(SealTrouble.MANIFEST_DIFFERS)
    return items[0] if items else None


def _require_own(
    seal: Seal, infraction: Infraction, item: EvidenceItem, manifest: Manifest
) -> None:
    made = infraction.provenance
    if seal.infraction_id != infraction.id or seal.engine_id != made.engine_id:
        raise _Broken(SealTrouble.OTHER_CASE)
    if seal.manifest_sha256 != item.sha256:
        raise _Broken(SealTrouble.OTHER_MANIFEST)
    if seal.key != manifest.sealing_key:
        raise _Broken(SealTrouble.OTHER_KEY)


def _require_key(seal: Seal, keys: Sequence[EngineKey]) -> None:
    entry = next((k for k in keys if k.key == seal.key), None)
    if entry is None or entry.station != seal.station:
        raise _Broken(SealTrouble.KEY_UNKNOWN)
    if entry.replaces is not None and not handed_over(entry):
        raise _Broken(SealTrouble.HANDOVER_WRONG)
    # Whoever only says that a key was replaced, without its signature, ends nothing.
    ends = [k.begins for k in keys if k.replaces == seal.key and handed_over(k)]
    begun = seal.sealed_at >= entry.begins - _CLOCK_STEP
    if not begun or any(seal.sealed_at >= end for end in ends):
        raise _Broken(SealTrouble.KEY_NOT_IN_FORCE)
