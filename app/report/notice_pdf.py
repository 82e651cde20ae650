"""A notice as a PDF: the decisive picture first, then what it proves."""

from collections.abc import Mapping
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    HRFlowable,
    KeepTogether,
    PageBreak,
    Spacer,
)

from app.domain.evidence import EvidenceKind
from app.report import layout
from app.report.content import Picture
from app.report.layout import (
    BODY,
    HAIRLINE,
    HEADING,
    INK,
    SMALL,
    STRONG,
    TITLE,
    TITLE_RIGHT,
    WIDTH,
    Text,
    columns,
    figures,
    paragraph,
)
from app.report.masked import MaskedPicture
from app.report.notice import NoticeContent

_GUTTER = 6 * mm
_HALF = (WIDTH - _GUTTER) / 2
_DECISIVE_HEIGHT = 92 * mm
_STRIP_HEIGHT = 32 * mm
_QR_SIDE = 26 * mm
_RIGHT_SMALL = Text(7, quiet=True, right=True)

_Pictures = Mapping[EvidenceKind, tuple[Picture, MaskedPicture]]


def notice_pdf(
    content: NoticeContent, pictures: Mapping[EvidenceKind, MaskedPicture]
) -> bytes:
    """Return the notice as a PDF; the same content gives the same bytes.

    It takes masked copies of all pictures of the content, and nothing else.
    """
    shown: _Pictures = {
        picture.kind: (picture, pictures[picture.kind]) for picture in content.pictures
    }
    words = content.wording
    number = content.number or words.text("document", "draft")
    return layout.build(
        lambda: _story(content, shown),
        title=f"{words.text('document', 'title')} {number}",
        subject=content.headline,
        footer=f"{number} · {content.plate} · {content.instrument} · {content.trail}",
        page_of=lambda page, total: words.text(
            "format", "page", page=page, total=total
        ),
    )


def _story(content: NoticeContent, shown: _Pictures) -> list[Any]:
    return [
        *_head(content),
        *_decisive(shown),
        _strip(content, shown),
        Spacer(0, 1 * mm),
        paragraph(content.wording.text("document", "masked"), SMALL),
        Spacer(0, 1 * mm),
        *_charge(content),
        Spacer(0, 2 * mm),
        _facts(content),
        PageBreak(),
        *_rights(content),
        Spacer(0, 4 * mm),
        *_origin(content),
        CondPageBreak(70 * mm),
        Spacer(0, 4 * mm),
        *_evidence(content),
    ]


def _head(content: NoticeContent) -> list[Any]:
    words = content.wording
    left = [
        paragraph(words.text("document", "authority"), SMALL),
        paragraph(words.text("document", "title"), TITLE),
        paragraph(words.text("document", "subtitle"), SMALL),
    ]
    number = content.number or words.text("document", "draft")
    right = [
        paragraph(words.text("document", "number"), _RIGHT_SMALL),
        paragraph(number, TITLE_RIGHT),
    ]
    return [
        columns([left, right], [WIDTH * 0.62, WIDTH * 0.38]),
        _rule(2 * mm, INK, 1.0),
    ]


def _rule(space: float, color: Any, thickness: float) -> Any:
    return HRFlowable(
        width="100%",
        thickness=thickness,
        color=color,
        spaceBefore=space,
        spaceAfter=space,
    )


def _decisive(shown: _Pictures) -> list[Any]:
    picture, source = shown[EvidenceKind.STILL_DECISIVE]
    return [
        layout.picture(source, WIDTH, _DECISIVE_HEIGHT),
        Spacer(0, 1 * mm),
        paragraph(f"{picture.caption} · SHA-256 {source.original}", SMALL),
        Spacer(0, 2 * mm),
    ]


def _strip(content: NoticeContent, shown: _Pictures) -> Any:
    gap = 3 * mm
    width = (WIDTH - 2 * gap) / 3
    kinds = (EvidenceKind.STILL_BEFORE, EvidenceKind.STILL_AFTER, EvidenceKind.PLATE)
    cells = [_strip_cell(content, shown, kind, width) for kind in kinds]
    return columns(
        [cells[0], "", cells[1], "", cells[2]], [width, gap, width, gap, width]
    )


def _strip_cell(
    content: NoticeContent, shown: _Pictures, kind: EvidenceKind, width: float
) -> list[Any]:
    words = content.wording
    found = shown.get(kind)
    if found is None:
        missing = words.text("document", "missing_picture")
        return [paragraph(f"{words.name('picture', kind.value)}: {missing}", SMALL)]
    picture, source = found
    return [
        layout.picture(source, width, _STRIP_HEIGHT),
        Spacer(0, 1 * mm),
        paragraph(f"{picture.caption} · {source.original[:12]}…", SMALL),
    ]


def _charge(content: NoticeContent) -> list[Any]:
    words = content.wording
    what = [
        paragraph(f"{content.code} · {content.headline}", Text(10, bold=True)),
        paragraph(content.instrument, STRONG if content.estimate else BODY),
    ]
    points = f"{content.points} {words.text('label', 'points').lower()}"
    price = [
        paragraph(content.fine, Text(13, bold=True, right=True)),
        paragraph(f"{points} · {content.discount}", _RIGHT_SMALL),
    ]
    return [
        _rule(1 * mm, INK, HAIRLINE * 2),
        columns([what, price], [WIDTH * 0.66, WIDTH * 0.34]),
        _rule(1.5 * mm, INK, HAIRLINE * 2),
    ]


def _facts(content: NoticeContent) -> Any:
    words = content.wording
    left = [
        paragraph(words.text("section", "vehicle"), HEADING),
        figures(content.vehicle, _HALF),
    ]
    right = [
        paragraph(words.text("section", "measurement"), HEADING),
        figures(content.measurement, _HALF),
    ]
    return columns([left, "", right], [_HALF, _GUTTER, _HALF])


def _rights(content: NoticeContent) -> list[Any]:
    words = content.wording
    left = [
        paragraph(words.text("section", "sanction"), HEADING),
        figures(content.sanction, _HALF),
    ]
    right = [
        *_sentences(words.text("section", "object"), words.lists["object"]),
        Spacer(0, 3 * mm),
        *_sentences(words.text("section", "pay"), words.lists["pay"]),
    ]
    foot = [paragraph(content.law, SMALL)]
    if content.estimate:
        foot.append(paragraph(words.text("document", "estimate_long"), STRONG))
    return [
        columns([left, "", right], [_HALF, _GUTTER, _HALF]),
        Spacer(0, 3 * mm),
        *foot,
    ]


def _sentences(title: str, sentences: tuple[str, ...]) -> list[Any]:
    out: list[Any] = [paragraph(title, HEADING), Spacer(0, 1 * mm)]
    for sentence in sentences:
        out += [paragraph(sentence), Spacer(0, 1.2 * mm)]
    return out


def _origin(content: NoticeContent) -> list[Any]:
    words = content.wording
    return [
        paragraph(words.text("section", "origin"), HEADING),
        figures(content.origin, WIDTH, label_share=0.22, strong=False),
    ]


def _evidence(content: NoticeContent) -> list[Any]:
    words = content.wording
    lines = [
        [line.name, f"{line.size_bytes:,} B", line.sha256] for line in content.hashes
    ]
    width = WIDTH - _QR_SIDE - _GUTTER
    table = layout.grid(
        [],
        lines,
        [width * 0.18, width * 0.12, width * 0.7],
        right=(1,),
        style=Text(6.5, quiet=True),
    )
    digest = paragraph(f"{words.text('label', 'digest')}: {content.digest}", SMALL)
    qr_code = layout.qr_code(content.qr_text, _QR_SIDE)
    block = columns(
        [[table, Spacer(0, 1 * mm), digest], "", qr_code], [width, _GUTTER, _QR_SIDE]
    )
    title = paragraph(words.text("section", "evidence"), HEADING)
    return [
        KeepTogether(
            [title, Spacer(0, 1 * mm), block, Spacer(0, 14 * mm), _signature(content)]
        )
    ]


def _signature(content: NoticeContent) -> Any:
    words = content.wording
    line = [
        _rule(0, INK, HAIRLINE),
        paragraph(words.text("section", "signature"), SMALL),
    ]
    note = [
        paragraph(words.text("document", "privacy"), SMALL),
        paragraph(words.text("document", "counsel"), Text(7, bold=True)),
    ]
    return columns([note, "", line], [WIDTH * 0.56, _GUTTER, WIDTH * 0.44 - _GUTTER])
