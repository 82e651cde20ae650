"""The forms of Peruvian plates, from the data file."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from ml.plate.grammar import Pattern, load_grammar


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
        'country = "XX"\nstranger = 0.1\n[[pattern]]\nform = "L?"\nweight = 1'
    )
    with pytest.raises(ValidationError):
        load_grammar(path)
