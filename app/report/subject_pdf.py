"""The summary of what is kept of a plate, for people to read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, KeepTogether, Spacer

from app.domain.evidence import EvidenceKind
from app.domain.measurement import SpeedMeasurement
from app.domain.subject import SubjectCase, SubjectRecord
from app.report import layout
from app.report.content import UNKNOWN, Figure, number
from app.report.layout import BODY, HEADING, SMALL, TITLE, WIDTH, columns, paragraph
from app.report.masked import MaskedPicture
from app.report.wording import DocumentWording

CasePictures = Mapping[EvidenceKind, MaskedPicture] | None
"""Masked copies; None when a file of the case is not what was recorded."""

_GAP = 4 * mm
_PICTURE_HEIGHT = 42 * mm


def subject_pdf(
    record: SubjectRecord,
    shown: Sequence[tuple[SubjectCase, CasePictures]],
    zone: ZoneInfo,
    language: str,
) -> bytes:
    """Return the summary as a PDF, in the language of the documents."""
    summary = _Summary(DocumentWording.load(language), zone)
    title = summary.said("title", plate=record.plate)
    return layout.build(
        lambda: summary.story(record, shown),
        title=title,
        subject=title,
        footer=f"{title} · {record.request}",
        page_of=lambda page, total: summary.words.text(
            "format", "page", page=page, total=total
        ),
    )


class _Summary:
    """The parts of the document, in one language and time zone."""

    def __init__(self, words: DocumentWording, zone: ZoneInfo) -> None:
        self.words = words
        self._zone = zone

    def said(self, key: str, **places: object) -> str:
        return self.words.text("subject", key, **places)

    def story(
        self,
        record: SubjectRecord,
        shown: Sequence[tuple[SubjectCase, CasePictures]],
    ) -> list[Any]:
        made = [
            Figure(self.said("asked_by"), record.asked_by),
            Figure(self.said("asked_at"), self._moment(record.asked_at)),
            Figure(self.said("reason"), record.reason),
            Figure(self.said("cases"), str(len(record.cases))),
            Figure(self.said("reads"), str(len(record.reads))),
        ]
        story = [
            paragraph(self.said("title", plate=record.plate), TITLE),
            Spacer(0, _GAP),
            layout.figures(made, WIDTH),
            Spacer(0, 2 * mm),
            paragraph(self.said("explained"), BODY),
        ]
        for case, pictures in shown:
            story += [Spacer(0, _GAP), CondPageBreak(80 * mm)]
            story += self._case(case, pictures)
        return story + self._reads(record)

    def _case(self, case: SubjectCase, pictures: CasePictures) -> list[Any]:
        found, words = case.infraction, self.words
        facts = [
            Figure(self.said("when"), self._moment(found.occurred.wall)),
            Figure(words.text("label", "place"), case.location, case.camera_name),
            Figure(
                words.text("label", "vehicle_class"),
                words.name("vehicle", found.vehicle_class.name.lower()),
            ),
            Figure(
                words.text("label", "plate"),
                case.plate_in_force or UNKNOWN,
                self.said("read_as", plate=found.plate.text or UNKNOWN),
            ),
            Figure(
                words.text("section", "measurement"),
                self._measured(case),
                words.text("document", "estimate"),
            ),
            Figure(self.said("state"), words.name("state", case.state.value)),
            Figure(self.said("notice"), case.notice_number or UNKNOWN),
            *(self._decision(each) for each in case.decisions),
        ]
        head = paragraph(words.name("kind", found.kind.value), HEADING)
        body: list[Any] = [head, layout.figures(facts, WIDTH), Spacer(0, 2 * mm)]
        files = [
            paragraph(
                f"{words.name('picture', item.kind.value)} · {item.sha256} · "
                f"{item.size_bytes} B",
                SMALL,
            )
            for item in found.evidence
        ]
        return [KeepTogether(body), *self._pictures(pictures), *files]

    def _decision(self, decision: Mapping[str, Any]) -> Figure:
        verdict = "confirmed" if decision["verdict"] == "confirm" else "rejected"
        reason = decision["reason"]
        said = [
            self.words.name("state", verdict),
            *([self.words.name("reason", reason)] if reason else []),
            *([self.said("undone")] if decision["undone_at"] else []),
            decision["comment"],
        ]
        when = self._moment(datetime.fromisoformat(decision["decided_at"]))
        return Figure(self.said("decision"), " · ".join(filter(None, said)), when)

    def _pictures(self, pictures: CasePictures) -> list[Any]:
        if pictures is None:
            return [paragraph(self.said("damaged"), BODY)]
        if not pictures:
            return []
        width = WIDTH / len(pictures)
        cells = [
            layout.picture(each, width - 2 * mm, _PICTURE_HEIGHT)
            for each in pictures.values()
        ]
        masked = paragraph(self.words.text("document", "masked"), SMALL)
        return [columns(cells, [width] * len(cells)), Spacer(0, 1 * mm), masked]

    def _reads(self, record: SubjectRecord) -> list[Any]:
        if not record.reads:
            return []
        head = [self.said("when"), self.words.text("label", "place"), self.said("sure")]
        rows = [
            [
                self._moment(read.seen_at),
                f"{read.camera_name} · {read.location}",
                f"{read.confidence:.0%}",
            ]
            for read in record.reads
        ]
        widths = [WIDTH * 0.3, WIDTH * 0.55, WIDTH * 0.15]
        return [
            Spacer(0, _GAP),
            paragraph(self.said("reads_title"), HEADING),
            layout.grid(head, rows, widths, right=(2,)),
        ]

    def _measured(self, case: SubjectCase) -> str:
        measured = case.infraction.measurement
        if isinstance(measured, SpeedMeasurement):
            limit = self.words.text("label", "limit").lower()
            return (
                f"{number(measured.speed_kmh, 'km/h')} "
                f"({limit} {number(measured.limit_kmh, 'km/h', 0)})"
            )
        return number(measured.red_for_ns / 1e9, "s", 2)

    def _moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S %z}"
