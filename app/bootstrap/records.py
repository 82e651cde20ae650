"""What looks after plates, trail and seals from the command line, put together."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.database import owner_dsn, session_of
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.config.server_bundle import chosen_server
from app.domain.ids import InfractionId

if TYPE_CHECKING:
    from app.domain.infraction import Infraction
    from app.domain.seal import SealReport
    from app.evidence.timestamp import StampTrust
    from db.audit_check import AuditReport


def keep_plates(
    paths: Paths, dsn: str | None, *, login: str, password: str, days: int | None
) -> int:
    """Set, in somebody's name, for how many days plates are kept; return them.

    Without `days` nothing is changed. Raises LoginRefused or NotPermitted.
    """
    with session_of(paths, dsn or chosen_server(paths), login, password) as one:
        if days is not None:
            one.plates.set_keep_days(days)
        return one.plates.keep_days()


def forget_plates(
    paths: Paths, superuser_dsn: str | None, *, dry_run: bool
) -> Iterator[str]:
    """Forget the plates older than is kept, and say how many; or only what would go."""
    from db.plate_retention import Forgetting, forgettable

    with owner_dsn(paths, superuser_dsn) as dsn:
        would = forgettable(dsn)
        since = f", the oldest of {would.oldest:%Y-%m-%d}" if would.oldest else ""
        yield f"{would.reads} reads would be forgotten{since}."
        yield f"Reads are kept for {would.keep_days} days."
        yield f"{would.kept_by_case} old reads stay for their case."
        yield f"{would.kept_by_watch} old reads stay as hits of the watch list."
        if dry_run:
            return
        done = Forgetting(dsn)
        done.finish()
        yield f"{done.reads} reads and {done.plates} plates were forgotten."


def verify_audit(
    paths: Paths,
    superuser_dsn: str | None,
    files: Sequence[Path] = (),
    keys: Sequence[str] = (),
) -> "AuditReport":
    """Walk the audit chain; without `files` against the anchors kept here.

    Trusted are this workstation's own key and `keys`.
    """
    from app.evidence.anchors import AnchorKey, read_anchors
    from app.runtime.anchoring import anchor_file
    from db.audit_check import database_of
    from db.audit_check import verify_audit as walk

    trusted = AnchorKey.of(open_secret_store(paths)).public
    with owner_dsn(paths, superuser_dsn) as dsn:
        own = anchor_file(paths.anchors, database_of(dsn))
        read = files or ([own] if own.exists() else [])
        anchors = [anchor for file in read for anchor in read_anchors(file)]
        return walk(dsn, anchors, (trusted, *keys))


def stamp_trust(paths: Paths, ca_file: Path | None = None) -> "StampTrust | None":
    """Return whose time-stamps are believed: of a CA file, else of the settings."""
    from app.config.timestamping import load_timestamping

    if ca_file is None:
        settings = load_timestamping(paths.root)
        ca_file = Path(settings.ca_file) if settings else None
    if ca_file is None:
        return None
    from app.evidence.timestamp import StampTrust

    return StampTrust.of_file(ca_file)


def verify_case(
    paths: Paths,
    superuser_dsn: str | None,
    case: InfractionId,
    trust: "StampTrust | None",
    export: Path | None = None,
) -> "tuple[Infraction, SealReport]":
    """Check a case of the database; write its files to `export` when it holds."""
    from app.evidence.open_store import open_evidence
    from app.runtime.case_verification import verified
    from db.case_reader import open_cases

    store = open_evidence(paths, open_secret_store(paths)).store
    with owner_dsn(paths, superuser_dsn) as dsn, open_cases(dsn) as cases:
        return verified(cases, store, case, trust, export)
