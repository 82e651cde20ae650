"""An outage is written as text on a command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.virtual_site import Outage
from app.domain.errors import EnvironmentFault

_SECONDS = st.floats(0, 1e6, allow_nan=False)


@given(st.from_regex(r"[a-z-]{1,20}", fullmatch=True), _SECONDS, _SECONDS)
def test_what_is_written_is_read(key: str, after_s: float, lasting_s: float) -> None:
    outage = Outage(key=key, after_s=after_s, lasting_s=lasting_s)
    assert Outage.parse(str(outage)) == outage


@pytest.mark.parametrize("text", ["", "a", "a:1", "a:b:c", "a:1:2:3"])
def test_anything_else_is_explained(text: str) -> None:
    with pytest.raises(EnvironmentFault, match="CAMERA:AFTER_S:LASTING_S"):
        Outage.parse(text)
