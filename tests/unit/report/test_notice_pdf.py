"""The notice as a file: whole, the same each time, and deaf to markup."""

import io
from dataclasses import replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pypdf
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

from app.domain.errors import EvidenceDamaged
from app.domain.evidence import EvidenceKind
from app.domain.infraction import Case
from app.domain.plate import PlateReading
from app.domain.seal import SealReport
from app.report.catalogue import Catalogue
from app.report.masked import masked_pictures
from app.report.notice import compose
from app.report.notice_pdf import notice_pdf
from tests.builders.cases import (
    NUMBER,
    DrawnEvidence,
    case_of,
    confirmed,
    fixed_id,
    notified,
    with_evidence,
)
from tests.builders.infractions import red_light, speeding
from tests.builders.sealed import HEAD
from tests.fakes.evidence_store import MemoryEvidenceStore

CATALOGUE = Catalogue.load()
HOSTILE = '<img src="/etc/passwd"/> & <b>\u202e"'


@pytest.fixture
def store(tmp_path: Path) -> MemoryEvidenceStore:
    """Return an empty store."""
    return MemoryEvidenceStore()


@pytest.fixture
def drawn(store: MemoryEvidenceStore, tmp_path: Path) -> DrawnEvidence:
    """Return a maker of stills."""
    return DrawnEvidence(store, tmp_path)


def _pdf(case: Case, store: MemoryEvidenceStore, language: str = "es") -> bytes:
    content = compose(case, CATALOGUE, language, report=SealReport(), head=HEAD)
    return notice_pdf(content, masked_pictures(case.infraction, store))


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_notice_holds_what_the_law_and_the_driver_need(
    store: MemoryEvidenceStore, drawn: DrawnEvidence, language: str
) -> None:
    stills = drawn.stills()
    case = notified(with_evidence(case_of(speeding(id=fixed_id())), stills))
    text = _text(_pdf(case, store, language))
    for wanted in (
        NUMBER,
        "ABC-123",
        "M20b",
        "S/ 1,320.00",
        "83.4 ± 2.1 km/h",
        "81.3 km/h",
        "10:09:26.535",
        "2026-03-14 15:09:26.535Z",
        "Av. Arequipa cdra. 12, Lince",
        str(fixed_id()),
        str(case.infraction.provenance.configuration_id),
    ):
        assert wanted in text, wanted
    # pypdf breaks long words where the cell ends.
    packed = text.replace(" ", "")
    assert all(item.sha256 in packed for item in stills)
    estimate = "Estimate, not" if language == "en" else "Estimación, no medida"
    assert text.count(estimate) >= 2


def test_the_pages_are_a4_numbered_and_carry_their_font(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    case = notified(with_evidence(case_of(red_light()), drawn.stills()))
    reader = pypdf.PdfReader(io.BytesIO(_pdf(case, store)))
    assert len(reader.pages) == 2
    for number, page in enumerate(reader.pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"Página {number} de 2" in " ".join(page.extract_text().split())
        assert _embedded_fonts(page)


def test_the_same_case_gives_the_same_bytes(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    case = notified(with_evidence(case_of(speeding(id=fixed_id())), drawn.stills()))
    first = _pdf(case, store)
    assert _pdf(case, store) == first
    assert _pdf(replace(case, notice_number="PE-2026-000043"), store) != first


def test_markup_from_outside_is_shown_and_never_obeyed(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    finding = speeding(plate=PlateReading(text=HOSTILE, confidence=0.9))
    case = with_evidence(
        case_of(finding, camera_name=HOSTILE, location=HOSTILE), drawn.stills()
    )
    pdf = _pdf(confirmed(case, plate_text=HOSTILE, comment=HOSTILE), store)
    text = _text(pdf)
    assert '<img src="/etc/passwd"/>' in text
    assert "root:" not in text
    assert "\u202e" not in text
    assert len(_images(pdf)) == 4


def test_a_very_long_word_stays_on_the_page(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    case = with_evidence(case_of(location="x" * 3000), drawn.stills())
    assert _pdf(confirmed(case), store)


def test_a_still_that_was_changed_makes_no_notice(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    case = confirmed(with_evidence(case_of(), drawn.stills()))
    plate = next(i for i in case.infraction.evidence if i.kind is EvidenceKind.PLATE)
    store.files[plate.sha256] += b"!"
    with pytest.raises(EvidenceDamaged):
        _pdf(case, store)


@pytest.mark.parametrize("data", [b"", b"GIF89a nothing", b"<svg/>"])
def test_what_is_not_a_picture_makes_no_notice(
    store: MemoryEvidenceStore, drawn: DrawnEvidence, data: bytes
) -> None:
    item = drawn.file(EvidenceKind.STILL_DECISIVE, data, "image/jpeg")
    case = confirmed(with_evidence(case_of(), [item]))
    with pytest.raises(EvidenceDamaged):
        _pdf(case, store)


def test_a_picture_bomb_is_refused_by_its_header(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    item = drawn.file(EvidenceKind.STILL_DECISIVE, out.getvalue(), "image/png")
    case = confirmed(with_evidence(case_of(), [item]))
    with pytest.raises(EvidenceDamaged, match="too large"):
        _pdf(case, store)


def test_a_case_with_one_still_makes_a_notice(
    store: MemoryEvidenceStore, drawn: DrawnEvidence
) -> None:
    item = drawn.still(EvidenceKind.STILL_DECISIVE)
    text = _text(_pdf(confirmed(with_evidence(case_of(), [item])), store))
    assert "No hay imagen" in text
    assert "BORRADOR SIN NÚMERO" in text


def test_the_qr_code_on_the_page_can_be_read(
    store: MemoryEvidenceStore, drawn: DrawnEvidence, tmp_path: Path
) -> None:
    case = notified(with_evidence(case_of(), drawn.stills()))
    content = compose(case, CATALOGUE, "es", report=SealReport(), head=HEAD)
    path = tmp_path / "notice.pdf"
    pictures = masked_pictures(case.infraction, store)
    path.write_bytes(notice_pdf(content, pictures))
    # A reader holds its camera nearer or farther until it has it, and so does this.
    found = {
        cv2.QRCodeDetector().detectAndDecode(_page(path, 1, width_px))[0]
        for width_px in (1240, 1654, 2067, 2480, 3307)
    }
    assert found - {""} == {content.qr_text}


def test_a_notice_survives_the_photocopier(
    store: MemoryEvidenceStore, drawn: DrawnEvidence, tmp_path: Path
) -> None:
    """Text and lines need no colour: outside the pictures the page is grey."""
    case = notified(with_evidence(case_of(), drawn.stills()))
    path = tmp_path / "notice.pdf"
    path.write_bytes(_pdf(case, store))
    page = _page(path, 1).astype(np.int16)
    assert int((page.max(axis=2) - page.min(axis=2)).max()) < 12


def _page(
    path: Path, number: int, width_px: int = 1654
) -> "np.typing.NDArray[np.uint8]":
    document = QPdfDocument()
    assert document.load(str(path)) is QPdfDocument.Error.None_
    image = document.render(number, QSize(width_px, round(width_px * 297 / 210)))
    flat = QImage(image.size(), QImage.Format.Format_RGB888)
    flat.fill(0xFFFFFFFF)
    for_paper = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(for_paper.constBits(), np.uint8).reshape(
        for_paper.height(), for_paper.bytesPerLine() // 4, 4
    )
    alpha = rows[..., 3:].astype(np.float32) / 255
    paper = rows[..., :3] * alpha + 255 * (1 - alpha)
    document.close()
    return np.ascontiguousarray(paper.astype(np.uint8))


def _embedded_fonts(page: pypdf.PageObject) -> list[str]:
    resources = cast("pypdf.generic.DictionaryObject", page["/Resources"])
    fonts = cast("pypdf.generic.DictionaryObject", resources["/Font"])
    found = []
    for name in fonts:
        font = cast("pypdf.generic.DictionaryObject", fonts[name])
        described = cast(
            "pypdf.generic.DictionaryObject", font.get("/FontDescriptor", {})
        )
        if "/FontFile2" in described:
            found.append(name)
    return found


def _images(pdf: bytes) -> list[str]:
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    return [image.name for image in page.images]
