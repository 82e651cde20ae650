"""What is refused as a password, and that a long one of several words is not."""

import pytest

from app.domain.errors import WeakPassword
from app.domain.ids import Login
from app.domain.password import require_good

_ANA = Login("ana.quispe")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 129,
        "four words\0in a row",
        "ana.quispe2026",
        "ANA.QUISPEana.quispe",
        "contraseña123",
        "Administrator2026",
        "abcdefghijklmnop",
        "9876543210987",
        "aaaaaaaaaaaaaa",
        "abcdabcdabcdabcd",
        "ababababababab",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        require_good(_ANA, password)


@pytest.mark.parametrize(
    "password",
    ["four words in a row", "niño-puente-cobre", "Tr0ub4dor&3x!", "x9Yt-plm2Qa7"],
)
def test_what_is_long_and_not_plain_serves(password: str) -> None:
    require_good(_ANA, password)
