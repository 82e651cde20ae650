"""A plate as a person types it, and as it is kept."""

import re
import unicodedata

from app.domain.errors import EnvironmentFault

MIN_CHARACTERS = 4
MAX_CHARACTERS = 9

_SEPARATORS = re.compile(r"[\s\-–—·.]+")
_ALLOWED = re.compile(rf"[A-Z0-9]{{{MIN_CHARACTERS},{MAX_CHARACTERS}}}")
_LETTERS_THEN_DIGITS = re.compile(r"([A-Z][A-Z0-9]{2})([0-9]{3})")
_MOTORCYCLE = re.compile(r"([0-9]{4})([A-Z0-9]{1,2})")
_FORMS = (_LETTERS_THEN_DIGITS, _MOTORCYCLE)


class PlateTextInvalid(EnvironmentFault):
    """What was typed cannot be a number plate."""


def normalise(text: str) -> str:
    """Return upper-case letters and digits without separators.

    Raises PlateTextInvalid for anything that is not 4 to 9 letters and digits.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    bare = _SEPARATORS.sub("", folded)
    if not _ALLOWED.fullmatch(bare):
        raise PlateTextInvalid(
            f"A plate has {MIN_CHARACTERS} to {MAX_CHARACTERS} letters and digits; "
            "type it again."
        )
    return bare


def pretty(text: str | None) -> str:
    """Return the plate with its hyphen where the form is known, a dash for None.

    AB1234 may have been written AB1-234 or, before 2010, AB-1234; the newer is shown.
    A plate that carries its hyphen already is shown alike.
    """
    if not text:
        return "—"
    bare = _SEPARATORS.sub("", text)
    for form in _FORMS:
        match = form.fullmatch(bare)
        if match:
            return f"{match[1]}-{match[2]}"
    return text


def same(one: str | None, other: str | None) -> bool:
    """Tell whether two plates are the same, however they are hyphenated."""
    return _SEPARATORS.sub("", one or "") == _SEPARATORS.sub("", other or "")


def familiar(text: str) -> bool:
    """Tell whether the plate has a form that is issued; others are worth a look."""
    bare = _SEPARATORS.sub("", text)
    return any(form.fullmatch(bare) for form in _FORMS)
