"""The trail as a table for other programs, whole or not at all."""

import csv
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TextIO

from app.domain.audit import AuditEntry, AuditQuery
from app.domain.errors import StorageFull
from app.ports import AuditTrail

_PAGE = 500
_HEAD = (
    "sequence",
    "time",
    "person",
    "workstation",
    "act",
    "subject",
    "detail",
    "sha256",
)
# What a spreadsheet takes for a formula, and would run.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_audit(
    trail: AuditTrail, query: AuditQuery, folder: Path, made_at: datetime
) -> tuple[Path, int]:
    """Write all entries that match, newest first; return the file and how many.

    Blocking, for a worker thread. Times are UTC. Entries that are added meanwhile are
    not in it. Raises StorageFull when the disk is.
    """
    path = folder / f"audit-{made_at:%Y%m%d-%H%M%S}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
                count = _write(file, trail, query)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StorageFull(
            f"The document cannot be written to {folder} "
            f"({error.strerror}). Free space or choose another folder."
        ) from error
    return path, count


def _write(file: TextIO, trail: AuditTrail, query: AuditQuery) -> int:
    writer = csv.writer(file)
    writer.writerow(_HEAD)
    count, after, more = 0, None, True
    while more:
        page = trail.entries(query, after=after, limit=_PAGE)
        writer.writerows(_row(entry) for entry in page.entries)
        count += len(page.entries)
        more = page.more
        after = page.entries[-1].sequence if page.entries else None
    return count


def _row(entry: AuditEntry) -> list[str]:
    cells = (
        str(entry.sequence),
        entry.at.isoformat(),
        entry.login,
        entry.workstation,
        entry.action,
        entry.subject,
        entry.detail,
        entry.sha256,
    )
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
