"""The forms of plates, from the data files."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.domain.errors import ConfigurationInvalid
from ml.plate.grammar import (
    ANYWHERE,
    COUNTRIES,
    Pattern,
    load_grammar,
    read_grammar,
)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("AHK472", "AHK-472"),
        ("M1W737", "M1W-737"),
        ("AB1234", "AB1-234"),
        ("1234AB", "1234-AB"),
        ("12343B", "1234-3B"),
        ("EGA123", "EGA-123"),
        ("ACB0001", "ACB-0001"),
    ],
)
def test_known_forms_get_their_hyphen(text: str, printed: str) -> None:
    """As it stands on the plate."""
    grammar = load_grammar()
    assert grammar.conforms(text)
    assert grammar.printed(text) == printed


@pytest.mark.parametrize("text", ["1AB123", "ABC12D", "AB12", "", "ABCDEFG", "ÑAB123"])
def test_other_texts_are_strangers(text: str) -> None:
    """They weigh little but never nothing, and are printed as they are."""
    grammar = load_grammar()
    assert not grammar.conforms(text)
    assert 0 < grammar.weight(text) < 0.2
    assert grammar.printed(text) == text


def test_the_usual_form_weighs_most() -> None:
    """A car's plate is what is seen most."""
    grammar = load_grammar()
    assert grammar.weight("ABC123") > grammar.weight("1234AB") > grammar.weight("1")


def test_a_form_without_hyphen_is_printed_as_read() -> None:
    """Brazil's new plates have none."""
    assert Pattern("LLLNANN", 1.0).printed("ABC1D23") == "ABC1D23"


def test_a_wrong_file_is_refused(tmp_path: Path) -> None:
    """A sign that means nothing is found when the file is read."""
    path = tmp_path / "xx.toml"
    path.write_text(
        'country = "XX"\nstranger = 0.1\nwidth_by_height = [2.0]\n'
        '[[pattern]]\nform = "L?"\nweight = 1'
    )
    with pytest.raises(ValidationError):
        read_grammar(path)


@pytest.mark.parametrize(
    ("country", "text", "printed"),
    [
        ("AR", "AD054JI", "AD-054-JI"),
        ("AR", "JPU238", "JPU-238"),
        ("BR", "ABC1D23", "ABC1D23"),
        ("BR", "ABC1234", "ABC-1234"),
        ("CL", "BCDF12", "BCDF-12"),
        ("CO", "ABC12D", "ABC-12D"),
        ("ES", "1234BCD", "1234-BCD"),
        ("EU", "BAB1234", "B-AB-1234"),
        ("US", "7ABC123", "7ABC123"),
    ],
)
def test_every_country_has_its_forms(country: str, text: str, printed: str) -> None:
    grammar = load_grammar(country)
    assert grammar.country == country
    assert grammar.conforms(text)
    assert grammar.printed(text) == printed
    assert load_grammar(ANYWHERE).conforms(text)


def test_letters_that_an_authority_does_not_use_do_not_fit() -> None:
    """Spain has had no vowels since 2000, so that no words stand on plates."""
    assert not load_grammar("ES").conforms("1234BAD")
    assert load_grammar("ES").weight("1234BAD") > 0


def test_anywhere_a_form_is_as_usual_as_where_it_is_most_so() -> None:
    """Nothing that one country knows is strange there."""
    anywhere = load_grammar(ANYWHERE)
    for country in COUNTRIES:
        for pattern in load_grammar(country).patterns:
            (same,) = [p for p in anywhere.patterns if p.form == pattern.form]
            assert same.weight >= pattern.weight
            assert set(same.never) <= set(pattern.never)


def test_a_country_without_data_is_named_with_those_that_have_some() -> None:
    with pytest.raises(ConfigurationInvalid, match="PE, AR, BR"):
        load_grammar("ATLANTIS")


def test_a_plate_has_the_forms_of_countries_with_plates_of_its_shape() -> None:
    """A short one is hardly German; where the country is known it stays what it is."""
    anywhere = load_grammar(ANYWHERE)
    short, long = anywhere.of_shape(2.0), anywhere.of_shape(4.6)
    german, american = "MUAB1234", "1ABC234"
    assert short.weight(german) < long.weight(german) == anywhere.weight(german)
    assert long.weight(american) < short.weight(american) == anywhere.weight(american)
    known = load_grammar("US")
    assert known.of_shape(4.6) is known
    assert anywhere.of_shape(0.0) is anywhere
