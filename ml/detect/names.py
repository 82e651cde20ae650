"""Reads the notes that exporters leave beside a network."""

import ast
from typing import Any

from app.domain.errors import ModelMissing

_MAX_CHARS = 20_000
_MAX_SIDE_PX = 4096


def names_in(text: str, key: str | None = None) -> dict[int, str]:
    """Return the names in an exporter's note, such as "{0: 'car', 1: 'bus'}".

    With `key`, the names are that entry of the note. Raises ModelMissing when it is
    anything else: only literals are taken.
    """
    try:
        found: Any = ast.literal_eval(text) if len(text) < _MAX_CHARS else None
        names = found if key is None else found[key]
        named = {int(number): str(name) for number, name in names.items()}
    except (ValueError, SyntaxError, LookupError, TypeError, AttributeError) as error:
        raise _nameless() from error
    except (MemoryError, RecursionError) as error:
        raise _nameless() from error
    if not named or not all(0 <= number < len(named) for number in named):
        raise _nameless()
    return named


def image_size_in(note: str) -> int | None:
    """Return the longer side of "imgsz" in an exporter's note, None without one."""
    try:
        found: Any = ast.literal_eval(note) if len(note) < _MAX_CHARS else None
        size = max(int(side) for side in found["imgsz"])
    except (ValueError, SyntaxError, LookupError, TypeError, AttributeError):
        return None
    return size if 0 < size <= _MAX_SIDE_PX else None


def _nameless() -> ModelMissing:
    return ModelMissing(
        "The model does not name its classes. Export it again from its weights."
    )
