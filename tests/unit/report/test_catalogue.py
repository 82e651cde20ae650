"""Codes, fines and bands of the bundled catalogue."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.infraction import Case
from app.report.catalogue import Catalogue
from tests.builders.cases import case_of
from tests.builders.infractions import SPEED, red_light, speeding

CATALOGUE = Catalogue.load()


def _speeding(considered_excess_kmh: float) -> Case:
    measured = replace(
        SPEED,
        speed_kmh=SPEED.limit_kmh + considered_excess_kmh + SPEED.uncertainty_kmh,
    )
    return case_of(speeding(measurement=measured))


@pytest.mark.parametrize(
    ("excess_kmh", "code", "fine"),
    [
        (0.1, "M20a", "990.00"),
        (10.0, "M20a", "990.00"),
        (10.1, "M20b", "1320.00"),
        (30.0, "M20b", "1320.00"),
        (30.1, "M20c", "2750.00"),
        (120.0, "M20c", "2750.00"),
    ],
)
def test_the_band_follows_the_considered_excess(
    excess_kmh: float, code: str, fine: str
) -> None:
    entry = CATALOGUE.for_case(_speeding(excess_kmh))
    assert entry.code == code
    assert entry.fine == Decimal(fine)


@given(st.floats(0, 140), st.floats(0.0, 20))
def test_more_uncertainty_never_makes_a_dearer_fine(
    speed_kmh: float, uncertainty_kmh: float
) -> None:
    sure = replace(SPEED, speed_kmh=SPEED.limit_kmh + speed_kmh, uncertainty_kmh=0.0)
    doubtful = replace(sure, uncertainty_kmh=uncertainty_kmh)
    fines = [
        CATALOGUE.for_case(case_of(speeding(measurement=measured))).fine
        for measured in (sure, doubtful)
    ]
    assert fines[1] <= fines[0]


def test_red_light_is_m17_without_discount() -> None:
    entry = CATALOGUE.for_case(case_of(red_light()))
    assert (entry.code, entry.points, entry.discounts) == ("M17", 80, ())
    assert entry.fine == Decimal("660.00")


def test_serious_infractions_have_their_discounts() -> None:
    entry = CATALOGUE.entries["G28"]
    assert entry.fine == Decimal("440.00")
    left = [entry.discounted(discount) for discount in entry.discounts]
    assert left == [Decimal("74.80"), Decimal("145.20")]


def test_every_entry_has_both_languages_and_a_fine_within_the_law() -> None:
    assert len(CATALOGUE.entries) >= 30
    for entry in CATALOGUE.entries.values():
        assert entry.text.text("es") != entry.text.text("en")
        assert Decimal(0) < entry.fine <= entry.unit.amount
        assert entry.points > 0
