"""What an address asks of a server, and what it cannot leave out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from app.domain.errors import DatabaseUnavailable
from db import address

_ELSEWHERE = st.sampled_from(
    ["db", "db.example.org", "10.1.2.3", "fd00::1", "127.0.0.1.example.org"]
)
_HERE = st.sampled_from(["localhost", "127.0.0.1", "::1", "/run/atalaya"])
_WEAK = ("disable", "allow", "prefer", "require", "verify-ca")


@given(st.lists(_HERE), _ELSEWHERE, st.lists(_HERE))
def test_a_server_elsewhere_proves_itself(
    before: list[str], host: str, after: list[str]
) -> None:
    hosts = ",".join([*before, host, *after])
    parameters = address.parse(make_conninfo(host=hosts))
    assert parameters["sslmode"] == "verify-full"
    assert parameters["channel_binding"] == "require"
    for weak in _WEAK:
        with pytest.raises(DatabaseUnavailable, match="stand in for ours"):
            address.parse(make_conninfo(host=hosts, sslmode=weak))


@given(st.lists(_HERE, min_size=1))
def test_this_computer_needs_no_certificate(hosts: list[str]) -> None:
    parameters = address.parse(make_conninfo(host=",".join(hosts)))
    assert "sslmode" not in parameters


@pytest.mark.parametrize("host", ["localhost", "/run/x"])
def test_a_name_of_here_with_a_number_of_elsewhere_is_elsewhere(host: str) -> None:
    parameters = address.parse(make_conninfo(host=host, hostaddr="10.1.2.3"))
    assert parameters["sslmode"] == "verify-full"


def test_a_directory_has_no_bound_passwords() -> None:
    parameters = address.parse("postgresql://db/atalaya?channel_binding=disable")
    assert parameters["sslmode"] == "verify-full"
    assert parameters["channel_binding"] == "disable"
