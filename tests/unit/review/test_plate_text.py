"""Plates as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review.plate_text import PlateTextInvalid, familiar, normalise, pretty


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("abc-123", "ABC123"),
        (" M1W 737 ", "M1W737"),
        ("ab–1234", "AB1234"),
        ("1234-5A", "12345A"),
    ],
)
def test_what_people_type_becomes_letters_and_digits(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "A1", "ABC123456789", "ABC_123", "<img src=x>", "АВС123", "ABC\u0000123"],
)
def test_what_cannot_be_a_plate_is_refused(typed: str) -> None:
    with pytest.raises(PlateTextInvalid):
        normalise(typed)


@given(st.text(max_size=20))
def test_what_is_accepted_is_always_plain(typed: str) -> None:
    try:
        kept = normalise(typed)
    except PlateTextInvalid:
        return
    assert kept.isascii()
    assert kept.isalnum()
    assert kept == kept.upper()
    assert normalise(kept) == kept


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("ABC123", "ABC-123"),
        ("M1W737", "M1W-737"),
        ("AB1234", "AB1-234"),
        ("12345A", "1234-5A"),
    ],
)
def test_known_forms_get_their_hyphen(kept: str, shown: str) -> None:
    assert pretty(kept) == shown
    assert familiar(kept)
    assert normalise(shown) == kept


def test_unknown_forms_are_shown_as_they_are() -> None:
    assert pretty("XX99YY88") == "XX99YY88"
    assert not familiar("XX99YY88")
    assert pretty(None) == "—"
