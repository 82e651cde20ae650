"""What every `CaseStore` promises of holds on cases."""

from datetime import timedelta

import pytest

from app.domain.errors import NotPermitted, StateConflict
from app.domain.hold import LONGEST_LOCK, Hold, HoldKind, NewHold
from app.domain.ids import HoldId, InfractionId, new_uuid
from tests.builders.site import finding, installed_camera
from tests.contract.servers import SiteUnderTest

_WHY = "an objection is under way"


@pytest.fixture
def case_id(site: SiteUnderTest) -> InfractionId:
    """Store a case and give its identity."""
    made = finding(installed_camera(site.session("teo").site))
    site.sink.add(made)
    return made.id


def _holds(site: SiteUnderTest, case_id: InfractionId) -> tuple[Hold, ...]:
    return site.session("ana").case_store.case(case_id).holds


def test_a_hold_stands_until_another_person_releases_it(
    site: SiteUnderTest, case_id: InfractionId
) -> None:
    sofia, admin = (site.session(name).case_store for name in ("sofia", "admin"))
    sofia.set_hold(case_id, NewHold(reason=f"  {_WHY} "))
    (hold,) = _holds(site, case_id)
    assert (hold.kind, hold.reason, hold.ends) == (HoldKind.HOLD, _WHY, None)
    assert (hold.set_by, hold.infraction_id) == ("sofia", case_id)
    assert admin.holds() == [hold]
    with pytest.raises(StateConflict, match="another person"):
        sofia.release_hold(hold.id, "it is over now")
    admin.release_hold(hold.id, "it is over now")
    assert _holds(site, case_id) == ()
    assert admin.holds() == []
    with pytest.raises(StateConflict, match="over"):
        admin.release_hold(hold.id, "it is over now")


def test_a_lock_and_a_hold_stand_beside_each_other(
    site: SiteUnderTest, case_id: InfractionId
) -> None:
    sofia = site.session("sofia").case_store
    ends = site.now() + timedelta(days=30)
    sofia.set_hold(case_id, NewHold(reason=_WHY, ends=ends))
    sofia.set_hold(case_id, NewHold(reason=_WHY))
    lock, hold = _holds(site, case_id)
    assert (lock.kind, lock.ends) == (HoldKind.LOCK, ends)
    assert hold.kind is HoldKind.HOLD
    for wanted in (NewHold(reason=_WHY), NewHold(reason=_WHY, ends=ends)):
        with pytest.raises(StateConflict, match="held already"):
            sofia.set_hold(case_id, wanted)


@pytest.mark.parametrize("login", ["ana", "teo", "aurora"])
def test_others_neither_hold_nor_release(
    site: SiteUnderTest, case_id: InfractionId, login: str
) -> None:
    site.session("sofia").case_store.set_hold(case_id, NewHold(reason=_WHY))
    (hold,) = _holds(site, case_id)
    store = site.session(login).case_store
    with pytest.raises(NotPermitted):
        store.set_hold(case_id, NewHold(reason=_WHY))
    with pytest.raises(NotPermitted):
        store.release_hold(hold.id, _WHY)
    assert _holds(site, case_id) == (hold,)


def test_a_hold_has_a_reason_and_a_bound(
    site: SiteUnderTest, case_id: InfractionId
) -> None:
    sofia = site.session("sofia").case_store
    now, day = site.now(), timedelta(days=1)
    for wanted in (
        NewHold(reason="  so "),
        NewHold(reason="x" * 201),
        NewHold(reason=_WHY, ends=now - day),
        NewHold(reason=_WHY, ends=now + LONGEST_LOCK + day),
    ):
        with pytest.raises(NotPermitted):
            sofia.set_hold(case_id, wanted)
    assert _holds(site, case_id) == ()


def test_there_is_no_such_case_or_hold(site: SiteUnderTest) -> None:
    sofia = site.session("sofia").case_store
    with pytest.raises(KeyError):
        sofia.set_hold(InfractionId(new_uuid()), NewHold(reason=_WHY))
    with pytest.raises(KeyError):
        sofia.release_hold(HoldId(new_uuid()), _WHY)
