"""The period report: its figures, its hours, its file."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import NS_PER_S
from app.domain.infraction import Case, InfractionKind, RejectReason
from app.domain.seal import SealReport
from app.domain.summary import HourCount
from app.report import period
from app.report.period import PeriodRequest, hours_of_day
from app.report.period_pdf import period_pdf
from app.report.precision import precision_of
from app.report.summarise import summarise
from tests.builders.cases import case_of, confirmed, fixed_id, notified, rejected
from tests.builders.infractions import CAMERA_ID, OCCURRED, red_light, speeding
from tests.builders.sealed import HEAD

LIMA = ZoneInfo("America/Lima")
SINCE = datetime(2026, 3, 14, 5, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)


def _cases(count: int) -> list[Case]:
    cases = []
    for place in range(count):
        make = red_light if place % 3 == 0 else speeding
        time = OCCURRED.shifted(place * 60 * NS_PER_S)
        case = case_of(make(id=fixed_id(place), occurred=time))
        cases.append(
            (
                case,
                confirmed(case),
                notified(case, f"PE-2026-{place:06}"),
                rejected(case, RejectReason.PLATE_UNREADABLE),
            )[place % 4]
        )
    return cases


def _request(cases: list[Case], kind: InfractionKind | None = None) -> PeriodRequest:
    return PeriodRequest(
        summary=summarise(cases, SINCE, UNTIL),
        cases=cases,
        cameras={CAMERA_ID: "Av. Arequipa · norte"},
        kind=kind,
        made_at=UNTIL,
        made_by="Sofía Paredes",
        zone=LIMA,
        seals={case.infraction.id: SealReport() for case in cases},
        head=HEAD,
    )


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_figures_come_from_the_summary() -> None:
    content = period.compose(_request(_cases(24)), "en")
    values = {figure.label: figure.value for figure in content.figures}
    assert values["Infractions"] == "24"
    assert values["Pending"] == values["Rejected"] == "6"
    assert sum(content.hours) == 24
    assert content.kinds[0][:4] == ("Speeding", "16", "12", "8")
    assert content.reasons == (("Plate unreadable", "6", "100 %"),)


def test_one_kind_narrows_every_figure() -> None:
    content = period.compose(_request(_cases(24), InfractionKind.RED_LIGHT), "en")
    assert content.figures[0].value == "8"
    assert sum(content.hours) == 8
    assert [row[0] for row in content.kinds] == ["Red light"]
    assert {row[1] for row in content.cases} == {"Red light"}


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_file_lists_every_case_on_numbered_pages(language: str) -> None:
    pdf = period_pdf(period.compose(_request(_cases(90)), language))
    text = _text(pdf)
    pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert pages > 1
    last = f"Page {pages} of {pages}" if language == "en" else f"Página {pages} de"
    assert last in text
    assert text.count("ABC-123") == 90
    assert "Sofía Paredes" in text


def test_the_same_period_gives_the_same_bytes() -> None:
    request = _request(_cases(12))
    first = period_pdf(period.compose(request, "es"))
    assert period_pdf(period.compose(request, "es")) == first


def test_an_empty_period_says_so() -> None:
    text = _text(period_pdf(period.compose(_request([]), "es")))
    assert "No hubo infracciones" in text


def test_hostile_names_stay_text() -> None:
    case = case_of(camera_name='<img src="/etc/passwd"/>')
    text = _text(period_pdf(period.compose(_request([case]), "es")))
    assert "root:" not in text
    assert "passwd" in text.replace(" ", "")


def test_hours_are_local_hours() -> None:
    start = datetime(2026, 3, 14, 4, tzinfo=UTC)
    count = HourCount(start=start, kind=InfractionKind.SPEEDING, count=3)
    hours = hours_of_day([count], LIMA)
    assert hours[23] == 3
    assert sum(hours) == 3


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_precision(upheld: int, more: int) -> None:
    decided = upheld + more
    precision = precision_of(upheld, decided)
    assert 0.0 <= precision.low <= precision.high <= 1.0
    if precision.value is None:
        assert decided == 0
        return
    assert precision.low - 1e-9 <= precision.value <= precision.high + 1e-9


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, table I: 15 of 148, method 3.
    precision = precision_of(15, 148)
    assert precision.low == pytest.approx(0.0624, abs=5e-5)
    assert precision.high == pytest.approx(0.1605, abs=5e-5)


def test_more_upheld_than_decided_is_a_bug() -> None:
    with pytest.raises(ValueError, match="decided"):
        precision_of(3, 2)
