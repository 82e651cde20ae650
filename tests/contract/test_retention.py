"""What every `Retention` promises."""

from datetime import timedelta

import pytest

from app.domain.audit import AuditQuery
from app.domain.errors import NotPermitted
from app.domain.hold import NewHold
from app.domain.infraction import InfractionKind, InfractionState
from app.domain.retention import LEAST_CASE_DAYS, MOST_CASE_DAYS
from tests.builders.site import finding, installed_camera
from tests.contract.servers import SiteUnderTest

_KIND, _STATE = InfractionKind.SPEEDING, InfractionState.PENDING
_LATER = timedelta(days=4000)


def _days(site: SiteUnderTest) -> int:
    rules = site.session("admin").retention.rules()
    return next(r.keep_days for r in rules if (r.kind, r.state) == (_KIND, _STATE))


def test_each_type_and_state_has_a_term(site: SiteUnderTest) -> None:
    rules = site.session("ana").retention.rules()
    assert {(r.kind, r.state) for r in rules} == {
        (kind, state) for kind in InfractionKind for state in InfractionState
    }
    assert all(LEAST_CASE_DAYS <= r.keep_days <= MOST_CASE_DAYS for r in rules)


def test_a_term_is_changed_and_leaves_a_trace(site: SiteUnderTest) -> None:
    before = _days(site)
    site.session("admin").retention.set_days(_KIND, _STATE, before - 1)
    assert _days(site) == before - 1
    trail = site.session("aurora").audit
    (act,) = trail.entries(AuditQuery(action="set_case_retention")).entries
    assert (act.login, act.subject) == ("admin", f"{_KIND.value} {_STATE.value}")


@pytest.mark.parametrize("days", [LEAST_CASE_DAYS - 1, MOST_CASE_DAYS + 1])
def test_a_term_has_bounds(site: SiteUnderTest, days: int) -> None:
    before = _days(site)
    with pytest.raises(NotPermitted):
        site.session("admin").retention.set_days(_KIND, _STATE, days)
    assert _days(site) == before


@pytest.mark.parametrize("login", ["ana", "sofia", "teo", "aurora"])
def test_only_an_administrator_changes_and_counts(
    site: SiteUnderTest, login: str
) -> None:
    before = _days(site)
    retention = site.session(login).retention
    with pytest.raises(NotPermitted):
        retention.set_days(_KIND, _STATE, before + 1)
    with pytest.raises(NotPermitted):
        retention.due(site.now())
    assert _days(site) == before


def test_what_is_due_is_counted_and_holds_stay_out(site: SiteUnderTest) -> None:
    retention = site.session("admin").retention
    version = installed_camera(site.session("teo").site)
    first, second = finding(version), finding(version, 1)
    for made in (first, second):
        site.sink.add(made)
    assert retention.due(site.now()) == []
    site.session("sofia").case_store.set_hold(
        first.id, NewHold(reason="an objection is under way")
    )
    (total,) = retention.due(site.now() + _LATER)
    assert (total.kind, total.state) == (second.kind, _STATE)
    assert (total.case_count, total.held_count) == (2, 1)
    assert total.file_count == len(second.evidence)
    assert total.size_bytes == sum(item.size_bytes for item in second.evidence)


def test_a_new_term_erases_nothing_for_a_week(site: SiteUnderTest) -> None:
    retention = site.session("admin").retention
    site.sink.add(finding(installed_camera(site.session("teo").site)))
    retention.set_days(_KIND, _STATE, LEAST_CASE_DAYS)
    assert retention.due(site.now() + timedelta(days=LEAST_CASE_DAYS - 2)) == []
