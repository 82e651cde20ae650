"""Compares rows, documents, hashes, the trail and the evidence files."""

from collections.abc import Iterator

from app.ports import EvidenceStore, Progress
from db import address
from db.check_finding import CheckFinding, Trouble
from db.check_objects import Mending, StoredNames, check_objects
from db.check_rows import check_rows
from db.faults import translated

__all__ = ["CheckFinding", "Mending", "StoredNames", "Trouble", "check"]


def _quiet(_what: str, _share: float) -> None:
    """Show nothing."""


def check(
    dsn: str,
    store: EvidenceStore,
    stored: StoredNames,
    *,
    mending: Mending | None = None,
    since: str = "",
    progress: Progress = _quiet,
) -> Iterator[CheckFinding]:
    """Yield all that is wrong; nothing when everything holds together.

    `dsn` is a superuser's. Each file that a row names is hashed again. With `since` the
    rows are passed over and the files begin at that name, where an earlier run ended.
    With `mending` what can be mended safely is.
    """
    parameters = address.parse(dsn)
    if not since:
        with translated(), address.connect(parameters) as connection:
            yield from check_rows(connection, progress)
    with translated(), address.connect(parameters, autocommit=True) as connection:
        yield from check_objects(connection, store, stored, mending, progress, since)
