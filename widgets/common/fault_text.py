"""Faults in the language of the window.

The sentences are made where there is no Qt, in English. Here they are found again by
their fixed words, and what had been filled in is carried over. A sentence that is not
known is shown as it is: a person is never left without the cause.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale

from app.config.paths import RESOURCES

FOLDER: Final = RESOURCES / "translations" / "faults"
_HOLE: Final = "{}"


def told(sentence: str) -> str:
    """Return what a fault says, in the installed language."""
    if not sentence:
        return sentence
    language = QLocale.languageToCode(QLocale().language())
    file = FOLDER / f"{language}.toml"
    for shape, translation in _shapes(file):
        match = shape.fullmatch(sentence)
        if match:
            return _filled(translation, match.groups())
    return sentence


def known_sentences(file: Path) -> frozenset[str]:
    """Return the English sentences that a dictionary has."""
    return frozenset(_read(file))


@cache
def _shapes(file: Path) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the sentences as patterns; those with more fixed words come first."""
    words = _read(file)
    ordered = sorted(words, key=lambda english: -len(english.replace(_HOLE, "")))
    return tuple((_shape(english), words[english]) for english in ordered)


def _shape(english: str) -> re.Pattern[str]:
    fixed = (re.escape(part) for part in english.split(_HOLE))
    return re.compile("(.+?)".join(fixed), re.DOTALL)


def _filled(translation: str, values: tuple[str, ...]) -> str:
    parts = translation.split(_HOLE)
    joined = [parts[0]]
    for part, value in zip(parts[1:], values, strict=True):
        joined += [told(value), part]
    return "".join(joined)


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    return tomllib.loads(file.read_text(encoding="utf-8"))
