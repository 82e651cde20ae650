"""Makes documents and puts them into the export folder, whole or not at all."""

import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.audit import ChainHead
from app.domain.clock import Clock
from app.domain.errors import StorageFull
from app.domain.infraction import Case, InfractionKind
from app.domain.reading import ReadingPurpose
from app.evidence.case_check import CaseChecker
from app.ports import CaseStore, EvidenceStore, SiteStore
from app.report import notice, period
from app.report.catalogue import Catalogue
from app.report.masked import masked_pictures
from app.report.notice_pdf import notice_pdf
from app.report.period import MAX_LISTED, PeriodRequest
from app.report.period_pdf import period_pdf
from app.review.queue import CaseFilter, load

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Makes documents in one language for one person; blocking, for a worker thread.

    Every document is written beside its place and given its name when it is whole, so
    a name in `folder` never stands for half a PDF.
    """

    evidence: EvidenceStore
    clock: Clock
    folder: Path
    language: str
    catalogue: Catalogue
    checker: CaseChecker
    head: Callable[[], ChainHead]
    """Asks the server where the audit chain ends."""

    def notice(self, case: Case) -> Path:
        """Make the notice of a case, a draft while it has no number.

        Raises StateConflict unless it is confirmed, EvidenceDamaged when a file, the
        manifest or the seal is not what was recorded, StorageFull when the disk is.
        """
        report = self.checker.sound(case.infraction)
        content = notice.compose(
            case, self.catalogue, self.language, report=report, head=self.head()
        )
        name = case.notice_number or f"draft-{case.infraction.id}"
        pictures = masked_pictures(case.infraction, self.evidence)
        return self._write(f"{name}-{self.language}", notice_pdf(content, pictures))

    def period(
        self,
        cases: CaseStore,
        site: SiteStore,
        *,
        since: datetime,
        until: datetime,
        kind: InfractionKind | None,
        made_by: str,
    ) -> Path:
        """Make the report of [since, until); StorageFull when the disk is."""
        wanted = CaseFilter(states=(), since=since, until=until)
        listed = _by_time(load(cases, wanted, MAX_LISTED))
        found = [case.infraction for case in listed]
        reports = self.checker.seals(found)
        request = PeriodRequest(
            summary=cases.summary(since, until),
            cases=listed,
            cameras={camera.id: camera.name for camera in site.cameras()},
            kind=kind,
            made_at=self.clock.now(),
            made_by=made_by,
            zone=self.catalogue.zone,
            seals=dict(zip([each.id for each in found], reports, strict=True)),
            head=self.head(),
        )
        days = [f"{m.astimezone(self.catalogue.zone):%Y%m%d}" for m in (since, until)]
        name = "-".join(["report", *days, kind.value if kind else "all", self.language])
        return self._write(name, period_pdf(period.compose(request, self.language)))

    def _write(self, name: str, data: bytes) -> Path:
        path = self.folder / f"{_UNSAFE.sub('_', name)}.pdf"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                dir=self.folder, suffix=".part", delete=False
            ) as part:
                part.write(data)
                part.flush()
                os.fsync(part.fileno())
            Path(part.name).replace(path)
        except OSError as error:
            raise StorageFull(
                f"The document cannot be written to {self.folder} "
                f"({error.strerror}). Free space or choose another folder."
            ) from error
        return path


def printed_notice(publisher: Publisher, cases: CaseStore, case: Case) -> Path:
    """Make a notice, once the trail says so; raises what both of them raise."""
    cases.note_reading(case.infraction.id, ReadingPurpose.PRINT)
    return publisher.notice(case)


def _by_time(cases: Sequence[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: case.infraction.occurred.wall)
