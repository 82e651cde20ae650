"""What a notice says, before it is drawn."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import EvidenceDamaged, StateConflict
from app.domain.evidence import EvidenceKind
from app.domain.infraction import Case, Infraction, RejectReason
from app.domain.seal import SealReport
from app.report.catalogue import Catalogue
from app.report.content import Figure
from app.report.notice import NoticeContent, compose, evidence_digest
from app.report.wording import LANGUAGES, DocumentWording
from tests.builders.cases import (
    DrawnEvidence,
    case_of,
    confirmed,
    notified,
    rejected,
    with_evidence,
)
from tests.builders.infractions import RED_LIGHT, SPEED, red_light, speeding
from tests.builders.sealed import HEAD
from tests.fakes.evidence_store import MemoryEvidenceStore

CATALOGUE = Catalogue.load()


@pytest.fixture
def drawn(tmp_path: Path) -> DrawnEvidence:
    """Return a maker of stills."""
    return DrawnEvidence(MemoryEvidenceStore(), tmp_path)


def _ready(drawn: DrawnEvidence, infraction: Infraction | None = None) -> Case:
    return notified(with_evidence(case_of(infraction), drawn.stills()))


def _values(figures: tuple[Figure, ...]) -> dict[str, str]:
    return {figure.label: figure.value for figure in figures}


def _compose(case: Case, language: str = "en") -> NoticeContent:
    return compose(case, CATALOGUE, language, report=SealReport(), head=HEAD)


def test_a_speeding_notice_gives_every_figure(drawn: DrawnEvidence) -> None:
    content = _compose(_ready(drawn, speeding()))
    values = _values(content.measurement)
    assert values["Measured speed"] == "83.4 ± 2.1 km/h"
    assert values["Considered speed"] == "81.3 km/h"
    assert values["Limit"] == "60 km/h"
    assert values["Enforcement margin"] == "5 km/h"
    assert values["Considered excess"] == "21.3 km/h"
    assert (content.code, content.fine) == ("M20b", "S/ 1,320.00")


def test_a_red_light_notice_gives_the_lamp_and_its_interval(
    drawn: DrawnEvidence,
) -> None:
    values = _values(_compose(_ready(drawn, red_light())).measurement)
    assert values["Lamp at crossing"] == "RED"
    assert values["Red for, at crossing"] == "1.48 ± 0.08 s"
    assert values["Considered time"] == "1.40 s"
    assert values["Grace"] == "0.30 s"
    assert values["Amber before"] == "3.00 s"


def test_the_unknown_is_a_dash(drawn: DrawnEvidence) -> None:
    measured = replace(RED_LIGHT, amber_ns=None, crossing_speed_kmh=None)
    case = _ready(drawn, red_light(measurement=measured))
    values = _values(_compose(case).measurement)
    assert values["Amber before"] == "—"
    assert values["Speed at crossing"] == "—"
    assert _values(_compose(case).vehicle)["Owner"] == "—"


def test_time_stands_in_the_local_zone_and_in_utc(drawn: DrawnEvidence) -> None:
    values = _values(_compose(_ready(drawn), "es").vehicle)
    assert values["Hora local"] == "10:09:26.535"
    assert values["Hora UTC"] == "2026-03-14 15:09:26.535Z"
    assert values["Fecha"] == "sábado 14 de marzo de 2026"


def test_an_estimate_says_so_and_a_certified_instrument_is_named(
    drawn: DrawnEvidence,
) -> None:
    estimate = _compose(_ready(drawn), "es")
    assert estimate.estimate
    assert estimate.instrument == "Estimación, no medida por instrumento certificado"
    measured = replace(SPEED, certified_instrument="Cinemómetro {X} N.º 7")
    certified = _compose(_ready(drawn, speeding(measurement=measured)), "es")
    assert not certified.estimate
    assert "Cinemómetro {X} N.º 7" in certified.instrument


def test_a_corrected_plate_keeps_the_original_read(drawn: DrawnEvidence) -> None:
    case = confirmed(with_evidence(case_of(), drawn.stills()), plate_text="ABD124")
    plate = _compose(case).vehicle[0]
    assert plate.value == "ABD-124"
    assert "ABC-123" in plate.note


def test_pictures_come_decisive_first(drawn: DrawnEvidence) -> None:
    kinds = [picture.kind for picture in _compose(_ready(drawn)).pictures]
    assert kinds[0] is EvidenceKind.STILL_DECISIVE
    assert len(kinds) == 4


def test_one_digest_stands_for_the_set_in_any_order(drawn: DrawnEvidence) -> None:
    stills = drawn.stills()
    digest = evidence_digest(stills)
    assert evidence_digest(stills[::-1]) == digest
    assert evidence_digest(stills[1:]) != digest
    assert digest in _compose(_ready(drawn)).qr_text


def test_only_a_confirmed_case_with_its_picture_becomes_a_notice(
    drawn: DrawnEvidence,
) -> None:
    pending = with_evidence(case_of(), drawn.stills())
    for case in (pending, rejected(pending, RejectReason.TEST)):
        with pytest.raises(StateConflict):
            _compose(case)
    with pytest.raises(EvidenceDamaged, match="decisive"):
        _compose(confirmed(case_of()))
    assert _compose(confirmed(pending)).number is None


def test_both_languages_have_the_same_texts() -> None:
    words = [DocumentWording.load(language) for language in LANGUAGES]
    sections = [
        {name: frozenset(texts) for name, texts in w.texts.items()} for w in words
    ]
    assert sections[0] == sections[1]
    assert words[0].lists.keys() == words[1].lists.keys()
    assert all(len(w.lists["months"]) == 12 for w in words)
