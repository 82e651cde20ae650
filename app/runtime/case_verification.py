"""One case of the database, checked whole, and written out where that is wanted."""

from pathlib import Path
from typing import Protocol

from app.domain.errors import EvidenceDamaged, StateConflict
from app.domain.evidence import EvidenceKind
from app.domain.ids import InfractionId
from app.domain.infraction import Infraction
from app.domain.seal import SealReport, SealTrouble
from app.evidence.case_check import CaseChecker
from app.evidence.case_folder import write_case_folder
from app.evidence.timestamp import StampTrust
from app.ports import EvidenceStore, SealRegister


class Stored(Protocol):
    """A finding of the database; `whole` while it is the one that was stored."""

    @property
    def infraction(self) -> Infraction:
        """The finding."""
        ...

    @property
    def whole(self) -> bool:
        """Whether its hash is the one that was stored with it."""
        ...


class Cases(Protocol):
    """The database, as its owner reads it."""

    @property
    def register(self) -> SealRegister:
        """Keys and time-stamps."""
        ...

    def read(self, infraction_id: InfractionId) -> Stored:
        """Return a finding; KeyError without one."""
        ...


def verified(
    cases: Cases,
    store: EvidenceStore,
    infraction_id: InfractionId,
    trust: StampTrust | None,
    export: Path | None,
) -> tuple[Infraction, SealReport]:
    """Return a case and what a check of it found.

    Raises StateConflict without such a case, EvidenceDamaged when one that does not
    hold was to be written to `export`; a time-stamp that does not hold is told alone.
    """
    try:
        stored = cases.read(infraction_id)
    except KeyError:
        raise StateConflict(
            "There is no case with this identity. Check how it is written."
        ) from None
    infraction = stored.infraction
    if not stored.whole:
        return infraction, SealReport(trouble=SealTrouble.DOCUMENT_ALTERED)
    checker = CaseChecker(store=store, register=cases.register, trust=trust)
    report = checker.files(infraction)
    if export is not None:
        if report.trouble is not None:
            raise EvidenceDamaged(
                "The case is not written out, because it does not hold. Look at it "
                "without --export."
            )
        write_case_folder(
            export, infraction, store, _stamps(infraction, cases.register)
        )
    return infraction, report


def _stamps(infraction: Infraction, register: SealRegister) -> list[bytes]:
    seals = [i.sha256 for i in infraction.evidence if i.kind is EvidenceKind.SEAL]
    return [each for given in register.stamps(seals).values() for each in given]
