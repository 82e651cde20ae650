"""What number plates of a country look like, as data.

A pattern is written as it is printed on the plate: `L` a letter, `N` a digit, `A`
either, `-` a hyphen, which is not recognised but printed.
"""

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from app.config.paths import RESOURCES
from app.domain.errors import ConfigurationInvalid

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALLOWED = {
    "N": np.array([c.isdigit() for c in ALPHABET]),
    "L": np.array([c.isalpha() for c in ALPHABET]),
    "A": np.ones(len(ALPHABET), np.bool_),
}


@dataclass(frozen=True)
class Pattern:
    """One form of plate; `weight` is how usual it is among all, 0..1."""

    form: str
    weight: float
    never: str = ""
    """Letters that the authority does not use in this form."""

    @cached_property
    def signs(self) -> str:
        """The form without its hyphens."""
        return self.form.replace("-", "")

    @cached_property
    def allowed(self) -> npt.NDArray[np.bool_]:
        """Which characters may stand where, (length, 36)."""
        used = np.array([c not in self.never for c in ALPHABET])
        return np.array([_ALLOWED[sign] & used for sign in self.signs])

    def fits(self, text: str) -> bool:
        """Tell whether a text without hyphen has this form."""
        return self._expression.fullmatch(text) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        # A text is held against all forms of all countries, hundreds of times a plate.
        signs = ("".join(np.array([*ALPHABET])[row]) for row in self.allowed)
        return re.compile("".join(f"[{each}]" for each in signs))

    def printed(self, text: str) -> str:
        """Put the hyphens where this form has them."""
        signs = iter(text)
        return "".join("-" if sign == "-" else next(signs) for sign in self.form)


@dataclass(frozen=True, slots=True)
class Grammar:
    """All forms of a country; `stranger` is the weight of any other text."""

    country: str
    patterns: tuple[Pattern, ...]
    stranger: float
    shapes: tuple[float, ...] = ()
    """Width by height of plates of one line."""

    def of_shape(self, width_by_height: float) -> "Grammar":
        """Return the forms that a plate of this shape may have.

        Another one only for `ANYWHERE`: what is not shaped like the plates of a country
        has hardly one of its forms. Seen from the side a plate is narrower, and boxes
        are rough, so that shapes have to differ much.
        """
        if self.country != ANYWHERE or width_by_height <= 0:
            return self
        step = round(math.log(width_by_height) / _SHAPE_STEP)
        return _anywhere(max(-_MOST_STEPS, min(_MOST_STEPS, step)))

    def weight(self, text: str) -> float:
        """Return how much the grammar speaks for a text, never zero."""
        fitting = [p.weight for p in self.patterns if p.fits(text)]
        return max(fitting, default=self.stranger)

    def conforms(self, text: str) -> bool:
        """Tell whether any form fits."""
        return any(pattern.fits(text) for pattern in self.patterns)

    def printed(self, text: str) -> str:
        """Return the text with the hyphen of its most usual form, if it has one."""
        fitting = [pattern for pattern in self.patterns if pattern.fits(text)]
        if not fitting:
            return text
        return max(fitting, key=lambda pattern: pattern.weight).printed(text)


class _PatternRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    form: str = Field(pattern="^[LNA]+(-[LNA]+)*$")
    weight: float = Field(gt=0, le=1)
    never: str = Field(default="", pattern="^[A-Z]*$")
    note: str = ""


class _GrammarRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    country: str
    stranger: float = Field(gt=0, le=1)
    width_by_height: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    pattern: tuple[_PatternRecord, ...] = Field(min_length=1)


COUNTRIES = ("PE", "AR", "BR", "CL", "CO", "ES", "EU", "US")
ANYWHERE = "ANY"
"""The forms of all countries together, for pictures from who knows where."""


_SHAPE_STEP = 0.05
_MOST_STEPS = 60
_OTHER_SHAPE = math.log(1.6)
_MISSHAPEN = 0.1
"""What is left of the weight of a form whose country's plates are of another shape."""


@cache
def load_grammar(country: str = "PE") -> Grammar:
    """Return the grammar of one of `COUNTRIES`, or of all of them for `ANYWHERE`.

    Raises ConfigurationInvalid for another country.
    """
    if country == ANYWHERE:
        return _together([load_grammar(each) for each in COUNTRIES])
    if country not in COUNTRIES:
        known = ", ".join((*COUNTRIES, ANYWHERE))
        raise ConfigurationInvalid(
            f"There are no number plates of {country} here. Choose one of {known}."
        )
    return read_grammar(RESOURCES / "plates" / f"{country.lower()}.toml")


def read_grammar(path: Path) -> Grammar:
    """Read a grammar; raises pydantic's ValidationError when the file is wrong."""
    record = _GrammarRecord.model_validate(tomllib.loads(path.read_text("utf-8")))
    return Grammar(
        country=record.country,
        patterns=tuple(Pattern(p.form, p.weight, p.never) for p in record.pattern),
        stranger=record.stranger,
        shapes=record.width_by_height,
    )


@cache
def _anywhere(step: int) -> Grammar:
    shape = step * _SHAPE_STEP
    grammars = []
    for grammar in map(load_grammar, COUNTRIES):
        away = min(abs(math.log(known) - shape) for known in grammar.shapes)
        much = 1.0 if away <= _OTHER_SHAPE else _MISSHAPEN
        patterns = tuple(
            replace(pattern, weight=pattern.weight * much)
            for pattern in grammar.patterns
        )
        grammars.append(replace(grammar, patterns=patterns))
    return _together(grammars)


def _together(grammars: Sequence[Grammar]) -> Grammar:
    """Return the forms of all, each as usual as in the country where it is most so."""
    patterns: dict[str, Pattern] = {}
    for pattern in (p for grammar in grammars for p in grammar.patterns):
        known = patterns.get(pattern.form, pattern)
        never = "".join(c for c in pattern.never if c in known.never)
        weight = max(pattern.weight, known.weight)
        patterns[pattern.form] = Pattern(pattern.form, weight, never)
    stranger = float(np.median([grammar.stranger for grammar in grammars]))
    return Grammar(ANYWHERE, tuple(patterns.values()), stranger)
