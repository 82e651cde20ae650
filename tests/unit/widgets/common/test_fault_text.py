"""A person reads the cause in the language of the window, whatever was filled in."""

import tomllib
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from installer.fault_sentences import (
    fault_sentences,
    refusals_of,
    sentences_of,
)
from widgets.common import formatting
from widgets.common.fault_text import FOLDER, known_sentences, told

# What only somebody at a terminal can meet stays English.
TERMINAL = ("app/commands", "app/demo", "app/simulator", "ml/evaluate", "ml/train")
SPANISH = FOLDER / "es.toml"


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    """Speak Spanish for a while."""
    before = QLocale()
    formatting.install_locale("es")
    yield
    QLocale.setDefault(before)


def test_what_was_filled_in_is_carried_over() -> None:
    said = "10.0.0.7:554 refuses the user or the password. Enter them again."
    assert told(said).startswith("10.0.0.7:554 rechaza el usuario")
    two = "10.0.0.7:554 answers with RTSP error 461. Check the camera."
    assert told(two) == (
        "10.0.0.7:554 responde con el error RTSP 461. Revise la cámara."
    )


def test_braces_in_what_was_filled_in_do_no_harm() -> None:
    assert told("There is no file {0} {}. Check the address.") == (
        "No existe el archivo {0} {}. Revise la dirección."
    )


def test_the_unknown_is_shown_as_it_is() -> None:
    assert told("A new fault nobody has translated.") == (
        "A new fault nobody has translated."
    )
    assert told("") == ""


def test_english_is_left_alone() -> None:
    formatting.install_locale("en")
    said = "The name or the password is wrong."
    assert told(said) == said


def test_both_languages_fill_in_the_same() -> None:
    words = tomllib.loads(SPANISH.read_text(encoding="utf-8"))
    wrong = [e for e, s in words.items() if e.count("{}") != s.count("{}")]
    assert not wrong


def test_the_finder_reads_every_way_of_writing_a_sentence() -> None:
    source = """
_LOST = "It is " "lost."
def one(x):
    raise StorageFull(f"No room in {x.folder}. " "Free space.") from None
def two():
    return errors.LoginRefused("Wrong.")
def three():
    raise ConfigurationInvalid(_LOST)
def four(text):
    raise StateConflict(text)
def five():
    raise ValueError("not a fault")
"""
    assert list(sentences_of(source)) == [
        "No room in {}. Free space.",
        "Wrong.",
        "It is lost.",
    ]


def test_the_finder_reads_what_the_server_refuses_with() -> None:
    sql = """
        RAISE EXCEPTION 'A case cannot go from % to %.', a, b USING ERRCODE = 'AT001';
        RAISE EXCEPTION
            'It isn''t yours.' USING ERRCODE = 'AT003';
    """
    assert list(refusals_of(sql)) == [
        "A case cannot go from {} to {}.",
        "It isn't yours.",
    ]


def test_every_fault_has_its_spanish() -> None:
    known = known_sentences(SPANISH)
    missing = {
        sentence: str(file)
        for sentence, file in fault_sentences().items()
        if sentence not in known and not str(file).startswith(TERMINAL)
    }
    assert not missing
