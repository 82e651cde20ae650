"""What every `People` promises."""

import pytest

from app.domain.audit import AuditQuery
from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import Login
from app.domain.people import PersonEntry
from app.domain.person import Role
from tests.contract.servers import SiteUnderTest

_ANA = Login("ana")


def _entry(site: SiteUnderTest, login: str) -> PersonEntry:
    found = site.session("admin").people.people()
    return next(each for each in found if each.login == login)


def test_who_there_is(site: SiteUnderTest) -> None:
    found = site.session("admin").people.people()
    assert [each.login for each in found] == ["admin", "ana", "aurora", "sofia", "teo"]
    assert _entry(site, "ana") == PersonEntry(
        login=_ANA, full_name="Ana Quispe", role=Role.OPERATOR, active=True, sites=None
    )


def test_sites_are_given_and_taken(site: SiteUnderTest) -> None:
    people = site.session("admin").people
    assert [(each.id, each.name) for each in people.sites()] == [(1, "Atalaya")]
    for sites in ((1,), (), None):
        people.set_sites(_ANA, sites)
        assert _entry(site, "ana").sites == sites
    with pytest.raises(NotPermitted):
        people.set_sites(_ANA, [77])
    with pytest.raises(StateConflict):
        people.set_sites(Login("admin"), [1])
    with pytest.raises(KeyError):
        people.set_sites(Login("nobody"), [1])


def test_a_person_is_made_with_a_password_for_once(site: SiteUnderTest) -> None:
    people, eva = site.session("admin").people, Login("eva.contract")
    password = people.add(eva, " Eva Soto ", Role.OPERATOR)
    assert len(password) >= 12
    assert _entry(site, eva) == PersonEntry(
        login=eva,
        full_name="Eva Soto",
        role=Role.OPERATOR,
        active=True,
        sites=None,
        must_change_password=True,
    )
    with pytest.raises(StateConflict):
        people.add(eva, "Eva Soto", Role.OPERATOR)


@pytest.mark.parametrize(
    ("login", "name", "role"),
    [
        ("Eva", "Eva Soto", Role.OPERATOR),
        ("e", "Eva Soto", Role.OPERATOR),
        ("eva'; --", "Eva Soto", Role.OPERATOR),
        ("eva", " E ", Role.OPERATOR),
        ("eva", "E" * 81, Role.OPERATOR),
        ("eva", "Eva Soto", Role.ENGINE),
    ],
)
def test_nobody_is_made_by_halves(
    site: SiteUnderTest, login: str, name: str, role: Role
) -> None:
    with pytest.raises(NotPermitted):
        site.session("admin").people.add(Login(login), name, role)
    found = site.session("admin").people.people()
    assert login not in {each.login for each in found}


def test_a_reset_takes_two(site: SiteUnderTest) -> None:
    people = site.session("admin").people
    for reason in ("", "why", "x" * 201):
        with pytest.raises(NotPermitted):
            people.ask_password_reset(_ANA, reason)
    with pytest.raises(StateConflict):
        people.ask_password_reset(Login("admin"), "forgot it myself")
    with pytest.raises(KeyError):
        people.end_password_reset(_ANA, approve=True)
    assert len(people.ask_password_reset(_ANA, "forgot it on leave")) >= 12
    assert _entry(site, "ana").reset_asked_by == "admin"
    with pytest.raises(StateConflict):
        people.end_password_reset(_ANA, approve=True)
    people.end_password_reset(_ANA, approve=False)
    assert _entry(site, "ana").reset_asked_by is None
    assert not _entry(site, "ana").must_change_password


def test_nobody_else_looks_after_people(site: SiteUnderTest) -> None:
    for login in ("ana", "sofia", "teo", "aurora"):
        people = site.session(login).people
        with pytest.raises(NotPermitted):
            people.people()
        with pytest.raises(NotPermitted):
            people.set_sites(Login("sofia" if login == "ana" else "ana"), [1])
        with pytest.raises(NotPermitted):
            people.set_active(Login("teo" if login == "ana" else "ana"), active=False)
        with pytest.raises(NotPermitted):
            people.add(Login("eva"), "Eva Soto", Role.ADMINISTRATOR)
        with pytest.raises(NotPermitted):
            people.end_sessions(_ANA)
        with pytest.raises(NotPermitted):
            people.sessions()


def test_each_act_is_in_the_trail(site: SiteUnderTest) -> None:
    people = site.session("admin").people
    people.set_sites(_ANA, [1])
    people.lift_lockout(_ANA)
    people.ask_password_reset(_ANA, "forgot it on leave")
    people.end_password_reset(_ANA, approve=False)
    found = site.session("aurora").audit.entries(AuditQuery(login="admin")).entries
    assert [(each.action, each.subject) for each in reversed(found)][-4:] == [
        ("set_sites", "ana"),
        ("lift_lockout", "ana"),
        ("ask_password_reset", "ana"),
        ("end_password_reset", "ana"),
    ]
