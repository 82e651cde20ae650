"""What number plates look like, as data, and texts that stand on them."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from app.config.paths import RESOURCES

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RARE = {"I": 0.08, "O": 0.3, "Q": 0.3}
"""Letters that many authorities leave out, because digits look like them."""
_SIGNS = {"L": _LETTERS, "N": _DIGITS, "A": _DIGITS + _LETTERS}

Share = Annotated[float, Field(ge=0, le=1)]
Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]


class Layout(BaseModel):
    """One kind of plate; `resources/plates/layouts.toml` explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    weight: float = Field(gt=0)
    aspect: tuple[float, float]
    forms: tuple[Annotated[str, Field(pattern="^[LNA-]+$")], ...] = Field(min_length=1)
    lines: tuple[int, ...] = ()
    marks: str = Field(default=" ", min_length=1)
    band: tuple[Share, Share]
    inset: tuple[Share, Share] = (0.04, 0.96)
    colours: tuple[tuple[Colour, Colour, float], ...] = Field(min_length=1)
    scenery: Share = 0.0
    header: Colour | None = None
    strip: Colour | None = None
    right_strip: Colour | None = None
    strip_words: tuple[str, ...] = ()
    fill: tuple[Share, Share] = (0.8, 1.0)
    picture_at: tuple[Share, Share] | None = None
    stickers: Share = 0.0
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


class _Layouts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    layout: tuple[Layout, ...] = Field(min_length=1)


@cache
def load_layouts(
    path: Path = RESOURCES / "plates" / "layouts.toml",
) -> tuple[Layout, ...]:
    """Read the layouts; raises pydantic's ValidationError when the file is wrong."""
    return _Layouts.model_validate(tomllib.loads(path.read_text("utf-8"))).layout


def draw_layout(layouts: tuple[Layout, ...], rng: np.random.Generator) -> Layout:
    """Return one of the layouts, the usual ones more often."""
    weights = np.array([layout.weight for layout in layouts])
    return layouts[int(rng.choice(len(layouts), p=weights / weights.sum()))]


def draw_text(layout: Layout, rng: np.random.Generator) -> str:
    """Return a text in one of the layout's forms, with `-` where a mark stands."""
    form = layout.forms[int(rng.integers(len(layout.forms)))]
    return "".join(sign if sign == "-" else _drawn(_SIGNS[sign], rng) for sign in form)


def _drawn(signs: str, rng: np.random.Generator) -> str:
    odds = np.array([_RARE.get(sign, 1.0) for sign in signs])
    return signs[int(rng.choice(len(signs), p=odds / odds.sum()))]


def lines_of(layout: Layout, text: str) -> tuple[str, ...]:
    """Return the text as it is printed, line by line; marks at line ends are gone."""
    if not layout.lines:
        return (text,)
    rows, left = [], text
    for count in layout.lines[:-1]:
        end = _after(left, count)
        rows.append(left[:end].strip("-"))
        left = left[end:]
    return (*rows, left.strip("-"))


def _after(text: str, count: int) -> int:
    """Return where in `text` its first `count` signs, marks not counted, end."""
    seen = 0
    for index, sign in enumerate(text):
        seen += sign != "-"
        if seen == count:
            return index + 1
    return len(text)
