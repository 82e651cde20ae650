"""What looks after cases and their files from the command line, put together."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.bootstrap.database import database, owner_dsn
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.domain.clock import SystemClock
from app.domain.errors import StorageFull
from app.domain.retention import RetentionRule
from app.evidence.open_store import (
    OpenedEvidence,
    eraser_of,
    folder_store,
    open_evidence,
    set_aside_store,
)
from app.ports import Progress

if TYPE_CHECKING:
    from db.check import CheckFinding, Mending


def check_database(
    paths: Paths,
    superuser_dsn: str | None,
    *,
    mend: bool = False,
    backups: Sequence[Path] = (),
    since: str = "",
    progress: Progress,
) -> Iterator["CheckFinding"]:
    """Yield each thing that does not hold together, mended where that is asked for."""
    from db.check import check

    opened = _opened(paths)
    mending = _mending(paths, opened, backups) if mend else None
    with owner_dsn(paths, superuser_dsn) as dsn:
        yield from check(
            dsn, opened.store, mending=mending, since=since, progress=progress
        )


def _opened(paths: Paths) -> OpenedEvidence:
    return open_evidence(paths, open_secret_store(paths))


def _mending(
    paths: Paths, opened: OpenedEvidence, backups: Sequence[Path]
) -> "Mending":
    from app.evidence.copies import Copies
    from db.check import Mending

    aside = set_aside_store(paths, opened)
    stores = [folder_store(folder, opened.keys) for folder in backups]
    copies = Copies(opened.store, aside, stores, backups, [paths.spool / "work"])
    return Mending(aside=aside, put_back=copies.put_back, now=SystemClock().now())


def retention(paths: Paths, superuser_dsn: str | None) -> list[RetentionRule]:
    """Return for how long cases of each type and state are kept."""
    from db.case_erasure import retention_rules

    with owner_dsn(paths, superuser_dsn) as dsn:
        return retention_rules(dsn)


def change_retention(
    paths: Paths,
    dsn: str | None,
    *,
    login: str,
    password: str,
    kind: str,
    state: str,
    days: int,
) -> None:
    """Change a term in an administrator's name; KeyError for no such one."""
    from db.address import with_login
    from db.case_erasure import set_retention

    with database(paths, dsn, open_secret_store(paths)) as server:
        set_retention(with_login(server.address, login, password), kind, state, days)


def dry_run(paths: Paths, superuser_dsn: str | None, on: datetime) -> Iterator[str]:
    """Say case by case what a pass at that moment would erase, and what is held."""
    from db.case_erasure import overdue_cases

    go = stay = files = size_bytes = 0
    with owner_dsn(paths, superuser_dsn) as dsn:
        for case in overdue_cases(dsn, on):
            go, stay = go + (not case.held), stay + case.held
            files += 0 if case.held else case.files
            size_bytes += 0 if case.held else case.size_bytes
            would = "held " if case.held else "erase"
            yield (
                f"{would}  {case.id}  {case.kind}, {case.state}, {case.camera}, "
                f"of {day_of(case.occurred_at)}, due since {day_of(case.due_at)}, "
                f"{case.files} files, {case.size_bytes} bytes"
            )
    yield (
        f"{go} case(s) would be erased, {files} files and {size_bytes} bytes with "
        f"them; {stay} stay because they are held."
    )


def apply_retention(paths: Paths, superuser_dsn: str | None) -> tuple[str, bool]:
    """Erase what is due; return what was done, and whether all of it was."""
    from db.case_erasure import Erasing

    with owner_dsn(paths, superuser_dsn) as dsn:
        done = Erasing(dsn, eraser_of(paths, _opened(paths)))
        done.finish()
    return str(done), done.trouble is None


def keep_months(paths: Paths, superuser_dsn: str | None) -> str:
    """Keep the tables of months in order; return what was done."""
    from db.months import MonthKeeping

    with owner_dsn(paths, superuser_dsn) as dsn:
        done = MonthKeeping(dsn)
        done.finish()
    return str(done)


def change_trail_term(
    paths: Paths, dsn: str | None, *, login: str, password: str, days: int | None
) -> None:
    """Set months of the trail aside after so many days, in an administrator's name."""
    from db.address import with_login
    from db.months import set_trail_term

    with database(paths, dsn, open_secret_store(paths)) as server:
        set_trail_term(with_login(server.address, login, password), days)


def show_months(paths: Paths, superuser_dsn: str | None) -> Iterator[str]:
    """Say part by part what it holds, and what a pass would do with it now."""
    from db.months import months

    with owner_dsn(paths, superuser_dsn) as dsn:
        for each in months(dsn):
            until = f"until {each.ends:%Y-%m-%d}" if each.ends else "any other time"
            would = {"drop": "would be dropped", "archive": "would be set aside"}
            said = would.get(each.act or "", "stays")
            yield (
                f"{each.part:24} {until}, about {each.rows} rows, {said}"
                f"{f': {each.why}' if each.why else ''}"
            )


def show_certificates(
    paths: Paths, superuser_dsn: str | None, case: str | None, out: Path | None
) -> Iterator[str]:
    """Yield a line for each certificate, and write each to a file of its own."""
    from db.certificates import certificates

    with owner_dsn(paths, superuser_dsn) as dsn:
        for each in certificates(dsn, case):
            said = each.document
            yield (
                f"no. {said['number']}: case {said['case']}, {said['reason']}, by "
                f"{said['finished_by']} on {said['finished_at'][:19]} UTC, "
                f"{len(said['files'])} files, sha256 {each.sha256}, "
                f"entry {each.sequence} of the trail"
            )
            if out is not None:
                text = json.dumps(asdict(each), indent=1, ensure_ascii=False)
                _write(out / f"certificate-{said['number']:08}.json", text + "\n")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageFull(
            f"The certificate cannot be written to {path.parent} "
            f"({error.strerror}). Free space or choose another folder."
        ) from error


def export_subject(
    paths: Paths,
    dsn: str | None,
    *,
    login: str,
    password: str,
    plate: str,
    reason: str,
    out: Path,
    language: str,
) -> Path:
    """Write what is kept of a plate below `out`, in somebody's name."""
    from app.report.catalogue import Catalogue
    from app.report.subject import SubjectExport
    from db.address import with_login
    from db.subject import subject_record

    with database(paths, dsn, open_secret_store(paths)) as server:
        record = subject_record(
            with_login(server.address, login, password), plate, reason
        )
    export = SubjectExport(
        evidence=_opened(paths).store,
        zone=Catalogue.load().zone,
        language=language,
    )
    return export.write(record, out)


def end_of_day(text: str) -> datetime:
    """Return the last moment of a day written as 2027-01-31; ValueError.

    The day of the site: whoever locks a case until then counts on all of it.
    """
    day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=_zone())
    return day.replace(hour=23, minute=59, second=59)


def day_of(moment: datetime) -> str:
    """Return the day of the site in which a moment lies, as 2027-01-31."""
    return f"{moment.astimezone(_zone()):%Y-%m-%d}"


def _zone() -> ZoneInfo:
    from app.report.catalogue import Catalogue

    return Catalogue.load().zone
