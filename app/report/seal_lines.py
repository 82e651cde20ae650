"""What a check of a case found, as lines for a terminal."""

from collections.abc import Iterator

from app.domain.infraction import Infraction
from app.domain.seal import Seal, SealReport, SealTrouble, StampFinding, StampState
from app.evidence.signing import fingerprint

_TROUBLES = {
    SealTrouble.DOCUMENT_ALTERED: "the finding in the database was altered",
    SealTrouble.FILE_DAMAGED: "the file is missing, or is not the one recorded",
    SealTrouble.MANIFEST_MISSING: "the case has a seal and no manifest",
    SealTrouble.MANIFEST_UNREADABLE: "the manifest cannot be read",
    SealTrouble.MANIFEST_DIFFERS: "the manifest describes another case",
    SealTrouble.SEAL_MISSING: "the manifest names a key, and there is no seal",
    SealTrouble.SEAL_UNREADABLE: "the seal cannot be read",
    SealTrouble.SIGNATURE_WRONG: "the signature of the seal is wrong",
    SealTrouble.OTHER_CASE: "the seal is of another case",
    SealTrouble.OTHER_MANIFEST: "the seal is of another manifest",
    SealTrouble.OTHER_KEY: "the seal was made with another key than the manifest names",
    SealTrouble.KEY_UNKNOWN: "nobody knows the key of the seal",
    SealTrouble.KEY_NOT_IN_FORCE: "the key was not in force when the case was sealed",
    SealTrouble.HANDOVER_WRONG: "the key was not handed over by the one before",
}
_STAMPS = {
    StampState.NONE: "none was asked for",
    StampState.WAITING: "asked for, and not there yet",
    StampState.WRONG: "not of this seal, or of nobody who is trusted",
}


def seal_lines(infraction: Infraction, report: SealReport) -> Iterator[str]:
    """Yield what was looked at, and at the end the first thing that does not hold."""
    yield f"case {infraction.id}"
    if report.files:
        yield f"files: {report.files}, each with its SHA-256"
    if report.seal is not None:
        yield from _of_seal(report.seal, report.key_checked)
        yield f"time-stamp: {_of_stamp(report.stamp)}"
    elif report.trouble is None:
        yield "seal: none, the case was recorded without one"
    if report.trouble is not None:
        where = f" ({report.subject})" if report.subject else ""
        yield f"The first thing that does not hold: {_TROUBLES[report.trouble]}{where}."
    elif report.stamp.state is StampState.WRONG:
        yield "The first thing that does not hold: the time-stamp."
    else:
        yield "Everything that was looked at holds."


def _of_seal(seal: Seal, key_checked: bool) -> Iterator[str]:
    known = "known" if key_checked else "not looked up: name it with --key"
    yield f"sealed: {seal.sealed_at.isoformat()} on {seal.workstation}"
    yield f"engine: {seal.engine_id}, software {seal.software_version}"
    yield f"key: {seal.key}"
    yield f"fingerprint: {fingerprint(seal.key)} ({known})"


def _of_stamp(stamp: StampFinding) -> str:
    at = stamp.at.isoformat() if stamp.at else ""
    if stamp.state is StampState.HOLDS:
        return f"{at} by {stamp.authority}"
    if stamp.state is StampState.UNCHECKED:
        return f"{at}, not believed without the authority's CA: name it with --ca"
    return _STAMPS[stamp.state]
