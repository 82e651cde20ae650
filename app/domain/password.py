"""What a password must be like; the server sees only what is made of it."""

import itertools

from app.domain.errors import WeakPassword
from app.domain.ids import Login

LEAST_LENGTH = 12
MOST_LENGTH = 128
_LEAST_DIFFERENT = 5
_COMMON = frozenset(
    {
        "password",
        "contrasena",
        "contraseña",
        "atalaya",
        "qwerty",
        "qwertyuiop",
        "administrator",
        "administrador",
        "iloveyou",
        "letmein",
        "welcome",
        "bienvenido",
    }
)


def require_good(login: Login, password: str) -> None:
    """Raise WeakPassword, with what to do, unless the password is long and not plain.

    Length counts, not signs of every kind: what people add to please such a rule is
    what is tried first.
    """
    plain = password.casefold()
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH or "\0" in password:
        raise WeakPassword("A password has 12 to 128 characters. Take several words.")
    if login.casefold() in plain and len(plain.replace(login.casefold(), "")) < 8:
        raise WeakPassword("This password is little more than the name. Take another.")
    letters = "".join(each for each in plain if each.isalpha())
    if letters in _COMMON or len(set(plain)) < _LEAST_DIFFERENT or _is_a_row(plain):
        raise WeakPassword("This password is among the first that are tried.")


def require_another(login: Login, old: str, new: str) -> None:
    """Raise WeakPassword unless `new` is good and is not what one has already."""
    require_good(login, new)
    if new == old:
        raise WeakPassword("This is the password you have. Take another.")


def _is_a_row(plain: str) -> bool:
    """Tell whether it only counts on, up or down, or repeats a short piece."""
    # Digits go round: 0 comes after 9.
    turn = 10 if plain.isdecimal() else 0x110000
    steps = {(ord(b) - ord(a)) % turn for a, b in itertools.pairwise(plain)}
    if steps <= {1} or steps <= {turn - 1} or steps <= {0}:
        return True
    return any(
        plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5)
    )
