"""The page that all documents share: A4, hairlines, one family, page n of m.

Only black and greys that survive a photocopy. Nothing from outside reaches reportlab's
paragraph parser unescaped: that parser reads local files through `<img src>`.
"""

import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    PageTemplate,
    Paragraph,
    Table,
)

from app.report.content import Figure, printable
from app.report.fonts import family
from app.report.masked import MaskedPicture

# Text armour around binary streams: a fifth more bytes, and slow without the C part.
rl_config.useA85 = 0

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
HEIGHT = A4[1] - 2 * MARGIN
HAIRLINE = 0.4
INK = HexColor("#000000")
QUIET = HexColor("#404040")
RULE = HexColor("#808080")

_FOOTER_HEIGHT = 8 * mm
_LABEL_SHARE = 0.36
_CELL_CHARACTERS = 240
"""More than any honest value; a cell taller than a page could not be set."""
_ROW_STYLE = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A size and weight; see `styled`."""

    size: float
    bold: bool = False
    quiet: bool = False
    right: bool = False
    leading: float = 1.25


BODY = Text(8.5)
STRONG = Text(8.5, bold=True)
SMALL = Text(7, quiet=True)
HEADING = Text(9.5, bold=True)
TITLE = Text(15, bold=True)
TITLE_RIGHT = Text(15, bold=True, right=True)


def paragraph(text: str, style: Text = BODY) -> Flowable:
    """Return plain `text` as a paragraph; markup in it is shown, never obeyed."""
    return Paragraph(_safe(text), _paragraph_style(style))


def figures(
    rows: Sequence[Figure],
    width: float,
    *,
    label_share: float = _LABEL_SHARE,
    strong: bool = True,
) -> Flowable:
    """Return facts as label and value, a hairline between them."""
    cells = [[paragraph(row.label, SMALL), _value(row, strong)] for row in rows]
    table = Table(cells, colWidths=[width * label_share, width * (1 - label_share)])
    table.setStyle(
        [
            *_ROW_STYLE,
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("LINEBELOW", (0, 0), (-1, -1), HAIRLINE, RULE),
        ]
    )
    return table


def columns(cells: Sequence[Any], widths: Sequence[float]) -> Flowable:
    """Return flowables side by side, without lines or padding."""
    table = Table([list(cells)], colWidths=list(widths))
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return table


def grid(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    right: Collection[int] = (),
    style: Text = BODY,
) -> Flowable:
    """Return a table; its head, if any, repeats on each page.

    The columns numbered in `right` are set flush right.
    """

    def cell(column: int, text: str, plain: Text) -> Flowable:
        short = printable(text, _CELL_CHARACTERS)
        return paragraph(short, replace(plain, right=column in right))

    cells = [[cell(i, text, SMALL) for i, text in enumerate(head)]] if head else []
    cells += [[cell(i, text, style) for i, text in enumerate(row)] for row in rows]
    if not cells:
        raise ValueError("a table needs a head or a row")
    table = Table(cells, colWidths=list(widths), repeatRows=1 if head else 0)
    table.setStyle(
        [
            *_ROW_STYLE,
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("LINEBELOW", (0, 0), (-1, -1), HAIRLINE, RULE),
            *([("LINEBELOW", (0, 0), (-1, 0), HAIRLINE * 2, INK)] if head else []),
        ]
    )
    return table


def picture(source: MaskedPicture, width: float, height: float) -> Flowable:
    """Return a still as large as fits into `width` x `height`, never stretched."""
    scale = min(width / source.width_px, height / source.height_px)
    image = Image(
        io.BytesIO(source.data),
        width=source.width_px * scale,
        height=source.height_px * scale,
    )
    image.hAlign = "LEFT"
    return image


def qr_code(text: str, side: float) -> Flowable:
    """Return a QR code (ISO/IEC 18004, error correction M) of `side` points."""
    modules = _qr_modules(text)
    size = side / len(modules)
    drawing = Drawing(side, side)
    for row, line in enumerate(modules):
        top = side - (row + 1) * size
        for start, end in _runs(line):
            drawing.add(
                Rect(
                    start * size,
                    top,
                    (end - start) * size,
                    size,
                    fillColor=INK,
                    strokeColor=None,
                )
            )
    return drawing


@lru_cache(maxsize=64)
def _qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    side = range(code.getModuleCount())
    return tuple(tuple(bool(code.isDark(row, at)) for at in side) for row in side)


def _runs(line: Sequence[bool]) -> list[tuple[int, int]]:
    """Return [start, end) of each run of dark modules."""
    edges = [i for i in range(len(line) + 1) if _dark(line, i) != _dark(line, i - 1)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _dark(line: Sequence[bool], place: int) -> bool:
    return 0 <= place < len(line) and line[place]


def build(
    story: Callable[[], list[Any]],
    *,
    title: str,
    subject: str,
    footer: str,
    page_of: Callable[[int, int], str],
) -> bytes:
    """Lay out the story and return the PDF; the same story gives the same bytes.

    It is laid out twice, because only then is the number of pages known. `story`
    makes its flowables anew each time: reportlab consumes them.
    """
    pages = _lay_out(story(), io.BytesIO(), title, subject, footer, lambda _: "")
    out = io.BytesIO()
    _lay_out(story(), out, title, subject, footer, lambda page: page_of(page, pages))
    return out.getvalue()


def _lay_out(
    story: list[Any],
    out: io.BytesIO,
    title: str,
    subject: str,
    footer: str,
    page_text: Callable[[int], str],
) -> int:
    def on_page(canvas: Any, document: Any) -> None:
        _draw_footer(canvas, footer, page_text(document.page))

    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=printable(title),
        subject=printable(subject),
        author="Atalaya",
        creator="Atalaya",
        invariant=1,
        pageCompression=1,
    )
    frame = Frame(
        MARGIN,
        MARGIN + _FOOTER_HEIGHT,
        WIDTH,
        HEIGHT - _FOOTER_HEIGHT,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=on_page))
    document.build(story)
    return int(document.page)


def _draw_footer(canvas: Any, left: str, right: str) -> None:
    canvas.saveState()
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(HAIRLINE)
    canvas.line(MARGIN, MARGIN + 4 * mm, MARGIN + WIDTH, MARGIN + 4 * mm)
    canvas.setFont(family().regular, 7)
    canvas.setFillColor(QUIET)
    canvas.drawString(MARGIN, MARGIN, printable(left, 120))
    canvas.drawRightString(MARGIN + WIDTH, MARGIN, printable(right, 60))
    canvas.restoreState()


def _value(row: Figure, strong: bool) -> list[Flowable]:
    text = printable(row.value, _CELL_CHARACTERS)
    cell = [paragraph(text, STRONG if strong else BODY)]
    if row.note:
        cell.append(paragraph(printable(row.note, _CELL_CHARACTERS), SMALL))
    return cell


def _safe(text: str) -> str:
    return escape(printable(text, 2000)).replace("\n", "<br/>")


def _paragraph_style(style: Text) -> Any:
    names = family()
    return ParagraphStyle(
        name=repr(style),
        fontName=names.bold if style.bold else names.regular,
        fontSize=style.size,
        leading=style.size * style.leading,
        textColor=QUIET if style.quiet else INK,
        alignment=TA_RIGHT if style.right else 0,
        # A hash or a hostile name without spaces must not run off the page.
        splitLongWords=1,
    )
