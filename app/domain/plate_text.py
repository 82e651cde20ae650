"""What makes two plates alike: the same rules as the server's, held equal by a test.

Texts are upper-case letters and digits without hyphen, as `bare` makes them.
"""

import re
from typing import Final

_LOOK_ALIKES: Final = ("0OQD", "1IL", "2Z", "4A", "5S", "6G", "7T", "8B")
_FOLD: Final = str.maketrans({c: group[0] for group in _LOOK_ALIKES for c in group[1:]})
_APART: Final = re.compile(r"[\s\-·.]+")


def bare(text: str) -> str:
    """Return a plate or pattern as it is compared: upper case, without separators."""
    return _APART.sub("", text.upper())


def skeleton(text: str) -> str:
    """Return the text with characters that are taken for each other made one."""
    return text.translate(_FOLD)


def distance(wanted: str, seen: str) -> int | None:
    """Return how far two plates are apart, None when too far to be taken for another.

    0 the same; 1 other characters, but only such as look alike; 2 beside that one
    character more, less or other.
    """
    if wanted == seen:
        return 0
    one, other = skeleton(wanted), skeleton(seen)
    if one == other:
        return 1
    return 2 if _one_edit_apart(one, other) else None


def _one_edit_apart(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    alike = _common_start(shorter, longer) + _common_start(shorter[::-1], longer[::-1])
    return alike >= len(longer) - 1


def _common_start(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text fits a pattern: `?` any one character, `*` any number."""
    parts = (_WILD.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch("".join(parts), text) is not None


_WILD: Final = {"*": ".*", "?": "."}
