"""A period report as a PDF: figures, hours, tables, and the list of cases."""

from collections.abc import Sequence
from typing import Any

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, KeepTogether, Spacer

from app.report import layout
from app.report.content import Figure
from app.report.fonts import family
from app.report.layout import (
    BODY,
    HAIRLINE,
    HEADING,
    INK,
    QUIET,
    RULE,
    SMALL,
    TITLE,
    WIDTH,
    Text,
    columns,
    paragraph,
)
from app.report.period import PeriodContent

_CHART_HEIGHT = 36 * mm
_AXIS = 5 * mm
_GAP = 5 * mm
_VALUE = Text(13, bold=True)


def period_pdf(content: PeriodContent) -> bytes:
    """Return the report as a PDF; the same content gives the same bytes."""
    words = content.wording
    return layout.build(
        lambda: _story(content),
        title=words.text("period", "title"),
        subject=content.range,
        footer=f"{words.text('period', 'title')} · {content.range} · {content.trail}",
        page_of=lambda page, total: words.text(
            "format", "page", page=page, total=total
        ),
    )


def _story(content: PeriodContent) -> list[Any]:
    words = content.wording
    story = [*_head(content), _figure_row(content.figures), Spacer(0, _GAP)]
    if not content.cases and not any(content.hours):
        return [*story, paragraph(words.text("period", "none"), BODY)]
    return [
        *story,
        *_hours(content),
        *_kinds(content),
        *_side_by_side(content),
        *_cases(content),
        Spacer(0, _GAP),
        paragraph(words.text("period", "estimate"), SMALL),
        *([paragraph(content.seals, SMALL)] if content.seals else []),
    ]


def _head(content: PeriodContent) -> list[Any]:
    words = content.wording
    return [
        paragraph(words.text("document", "authority"), SMALL),
        paragraph(words.text("period", "title"), TITLE),
        paragraph(f"{content.range} · {content.scope}", BODY),
        paragraph(content.made, SMALL),
        HRFlowable(
            width="100%", thickness=1, color=INK, spaceBefore=2 * mm, spaceAfter=3 * mm
        ),
    ]


def _figure_row(figures: Sequence[Figure]) -> Any:
    cells = [
        [paragraph(figure.label, SMALL), paragraph(figure.value, _value(figure))]
        for figure in figures
    ]
    narrow = WIDTH * 0.125
    wide = (WIDTH - narrow * (len(cells) - 2)) / 2
    widths = [narrow] * (len(cells) - 2) + [wide] * 2
    return columns(cells, widths)


def _value(figure: Figure) -> Text:
    return _VALUE if len(figure.value) < 12 else Text(9, bold=True, leading=1.8)


def _hours(content: PeriodContent) -> list[Any]:
    title = paragraph(content.wording.text("period", "by_hour"), HEADING)
    return [KeepTogether([title, _hour_chart(content.hours)]), Spacer(0, _GAP)]


def _hour_chart(hours: Sequence[int]) -> Drawing:
    """Return 24 bars with their counts above and every third hour below."""
    drawing = Drawing(WIDTH, _CHART_HEIGHT + _AXIS)
    top = max(*hours, 1)
    step = WIDTH / len(hours)
    room = _CHART_HEIGHT - 5 * mm
    for hour, count in enumerate(hours):
        height = room * count / top
        left = hour * step + step * 0.15
        drawing.add(
            Rect(
                left,
                _AXIS,
                step * 0.7,
                height,
                fillColor=QUIET,
                strokeColor=INK,
                strokeWidth=HAIRLINE,
            )
        )
        middle = hour * step + step / 2
        if count:
            drawing.add(_label(middle, _AXIS + height + 1 * mm, str(count)))
        if hour % 3 == 0:
            drawing.add(_label(middle, 1 * mm, f"{hour:02d}"))
    drawing.add(Line(0, _AXIS, WIDTH, _AXIS, strokeColor=RULE, strokeWidth=HAIRLINE))
    return drawing


def _label(x: float, y: float, text: str) -> String:
    return String(
        x,
        y,
        text,
        textAnchor="middle",
        fontName=family().regular,
        fontSize=7,
        fillColor=INK,
    )


def _kinds(content: PeriodContent) -> list[Any]:
    words = content.wording
    head = [
        words.text("period", k)
        for k in ("kind", "count", "decided", "upheld", "precision")
    ]
    table = layout.grid(
        head,
        content.kinds,
        [WIDTH * share for share in (0.32, 0.15, 0.15, 0.15, 0.23)],
        right=(1, 2, 3, 4),
    )
    return [
        KeepTogether(
            [
                paragraph(words.text("period", "by_kind"), HEADING),
                table,
                Spacer(0, 1 * mm),
                paragraph(words.text("period", "precision_note"), SMALL),
            ]
        ),
        Spacer(0, _GAP),
    ]


def _side_by_side(content: PeriodContent) -> list[Any]:
    words = content.wording
    half = (WIDTH - _GAP) / 2
    left = [
        paragraph(words.text("period", "by_camera"), HEADING),
        _shares(content, "camera", content.cameras, half),
    ]
    right: list[Any] = [paragraph(words.text("period", "reasons"), HEADING)]
    if content.reasons:
        right.append(_shares(content, "reason", content.reasons, half))
    else:
        right.append(paragraph(words.text("period", "no_rejections"), BODY))
    return [columns([left, "", right], [half, _GAP, half]), Spacer(0, _GAP)]


def _shares(
    content: PeriodContent,
    first: str,
    rows: Sequence[Sequence[str]],
    width: float,
) -> Any:
    head = [content.wording.text("period", k) for k in (first, "count", "share")]
    widths = [width * share for share in (0.56, 0.24, 0.2)]
    return layout.grid(head, rows, widths, right=(1, 2))


def _cases(content: PeriodContent) -> list[Any]:
    if not content.cases:
        return []
    words = content.wording
    keys = ("when", "kind", "camera", "plate", "measured", "state", "number")
    shares = (0.17, 0.15, 0.18, 0.1, 0.14, 0.11, 0.15)
    table = layout.grid(
        [words.text("period", key) for key in keys],
        content.cases,
        [WIDTH * share for share in shares],
        style=Text(7),
    )
    out = [paragraph(words.text("period", "cases"), HEADING), table]
    if content.cut:
        out.append(paragraph(content.cut, SMALL))
    return out
