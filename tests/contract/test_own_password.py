"""What every `Server` promises of one's own password."""

from collections.abc import Iterator

import pytest

from app.domain.errors import LoginRefused, WeakPassword
from app.domain.ids import Login
from tests.contract.servers import SiteUnderTest
from tests.fakes.in_memory import InMemoryServer
from tests.fixtures_db import password_of, passwords_as_before

_ANA = Login("ana")
_NEW = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _as_before(site: SiteUnderTest, request: pytest.FixtureRequest) -> Iterator[None]:
    if isinstance(site.server, InMemoryServer):
        yield
        return
    with passwords_as_before(request.getfixturevalue("database")):
        yield


def test_the_new_one_serves_and_the_old_one_no_more(site: SiteUnderTest) -> None:
    old = password_of("ana")
    site.server.change_password(_ANA, old, _NEW)
    site.server.login(_ANA, _NEW).close()
    with pytest.raises(LoginRefused):
        site.server.login(_ANA, old)


@pytest.mark.parametrize("new", ["short", "ana-ana-ana-ana", "", "x" * 129])
def test_a_weak_one_is_not_taken(site: SiteUnderTest, new: str) -> None:
    with pytest.raises(WeakPassword):
        site.server.change_password(_ANA, password_of("ana"), new)
    site.server.login(_ANA, password_of("ana")).close()


def test_the_same_again_is_no_change(site: SiteUnderTest) -> None:
    same = password_of("ana")
    with pytest.raises(WeakPassword, match="the password you have"):
        site.server.change_password(_ANA, same, same)


def test_whoever_does_not_know_it_does_not_change_it(site: SiteUnderTest) -> None:
    with pytest.raises(LoginRefused):
        site.server.change_password(_ANA, "not-the-password", _NEW)
    with pytest.raises(LoginRefused):
        site.server.change_password(Login("nobody"), "whatever-it-is", _NEW)
    site.server.login(_ANA, password_of("ana")).close()
