"""What every `CaseStore` promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.config.camera import ConfigurationVersion
from app.domain.case_query import CaseQuery
from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import InfractionId, Login, new_uuid
from app.domain.infraction import (
    Case,
    Infraction,
    InfractionKind,
    InfractionState,
    RejectReason,
    Review,
    Verdict,
)
from app.ports import CaseStore
from tests.builders.infractions import OCCURRED, red_light
from tests.builders.site import finding, installed_camera
from tests.contract.servers import SiteUnderTest

_HOUR = timedelta(hours=1)
_PERIOD = (OCCURRED.wall - _HOUR, OCCURRED.wall + 10 * _HOUR)
Make = Callable[..., Infraction]


@pytest.fixture
def version(site: SiteUnderTest) -> ConfigurationVersion:
    return installed_camera(site.session("teo").site)


@pytest.fixture
def make(site: SiteUnderTest, version: ConfigurationVersion) -> Make:
    """Store a finding and return it."""

    def store(ordinal: int = 0, like: Infraction | None = None) -> Infraction:
        made = finding(version, ordinal, like)
        site.sink.add(made)
        return made

    return store


def confirmation(infraction: Infraction, **changes: Any) -> Review:
    made = Review(
        infraction_id=infraction.id,
        reviewer=Login("somebody else"),
        verdict=Verdict.CONFIRM,
        reason=None,
        comment="",
        plate_text="ABC123",
        decided_at=datetime(2001, 1, 1, tzinfo=UTC),
    )
    return replace(made, **changes)


def rejection(infraction: Infraction, reason: RejectReason) -> Review:
    return confirmation(
        infraction, verdict=Verdict.REJECT, reason=reason, plate_text=None
    )


def identities(cases: list[Case]) -> list[InfractionId]:
    return [case.infraction.id for case in cases]


def test_a_finding_comes_back_whole(site: SiteUnderTest, make: Make) -> None:
    made = [make(0), make(1, red_light())]
    store = site.session("ana").case_store
    assert [store.case(each.id).infraction for each in made] == made
    case = store.case(made[0].id)
    assert case.state is InfractionState.PENDING
    assert case.camera_name == "Av. Arequipa · norte"
    assert (case.reviews, case.notice_number) == ((), None)


def test_the_same_finding_again_changes_nothing(
    site: SiteUnderTest, make: Make
) -> None:
    made = make()
    site.sink.add(made)
    assert identities(site.session("ana").case_store.cases()) == [made.id]


def test_an_unknown_case(site: SiteUnderTest) -> None:
    with pytest.raises(KeyError):
        site.session("ana").case_store.case(InfractionId(new_uuid()))


def test_pages_join_without_gap_or_overlap(site: SiteUnderTest, make: Make) -> None:
    newest_first = [make(n).id for n in range(7)][::-1]
    store = site.session("aurora").case_store
    seen: list[InfractionId] = []
    while page := store.cases(after=seen[-1] if seen else None, limit=3):
        seen += identities(page)
    assert seen == newest_first


def test_pages_join_where_times_are_equal(
    site: SiteUnderTest, version: ConfigurationVersion
) -> None:
    made = [replace(finding(version, n), occurred=OCCURRED) for n in range(5)]
    for each in made:
        site.sink.add(each)
    store = site.session("ana").case_store
    first = identities(store.cases(limit=2))
    rest = identities(store.cases(after=first[-1], limit=9))
    assert first + rest == sorted((each.id for each in made), reverse=True)


def test_after_an_unknown_case_comes_nothing(site: SiteUnderTest, make: Make) -> None:
    make()
    assert site.session("ana").case_store.cases(after=InfractionId(new_uuid())) == []


def test_filters(site: SiteUnderTest, make: Make) -> None:
    speeding, red = make(0), make(60, red_light())
    store = site.session("ana").case_store
    store.decide(rejection(speeding, RejectReason.TEST))
    assert identities(store.cases(CaseQuery(states=(InfractionState.PENDING,)))) == [
        red.id
    ]
    assert identities(store.cases(CaseQuery(kinds=(InfractionKind.SPEEDING,)))) == [
        speeding.id
    ]
    assert identities(store.cases(CaseQuery(since=red.occurred.wall))) == [red.id]
    assert identities(store.cases(CaseQuery(until=red.occurred.wall))) == [speeding.id]


@pytest.mark.parametrize(
    ("text", "hits"),
    [("abc-123", 1), ("C12", 1), ("XYZ", 0), ("' OR 1=1 --", 0), (".*", 0), ("%", 0)],
)
def test_search_by_plate(site: SiteUnderTest, make: Make, text: str, hits: int) -> None:
    make()
    assert len(site.session("ana").case_store.cases(CaseQuery(plate=text))) == hits


def test_a_decision_is_recorded_in_the_name_of_who_is_logged_in(
    site: SiteUnderTest, make: Make
) -> None:
    made = make()
    ana = site.session("ana").case_store
    case = ana.decide(confirmation(made, plate_text="abd-124", comment="sharp"))
    assert case.state is InfractionState.CONFIRMED
    assert case == site.session("sofia").case_store.case(made.id)
    (review,) = case.reviews
    assert (review.reviewer, review.comment) == ("ana", "sharp")
    assert review.decided_at > datetime(2026, 1, 1, tzinfo=UTC)
    assert case.plate_text == "ABD-124"
    assert identities(ana.cases(CaseQuery(plate="abd124"))) == [made.id]
    assert ana.cases(CaseQuery(plate="ABC123")) == []


def test_the_second_reviewer_is_told(site: SiteUnderTest, make: Make) -> None:
    made = make()
    site.session("ana").case_store.decide(confirmation(made))
    with pytest.raises(StateConflict):
        site.session("sofia").case_store.decide(rejection(made, RejectReason.DUPLICATE))
    case = site.session("sofia").case_store.case(made.id)
    assert case.state is InfractionState.CONFIRMED


def test_undo_within_the_minute(site: SiteUnderTest, make: Make) -> None:
    made = make()
    store = site.session("ana").case_store
    store.decide(confirmation(made, plate_text="ZZZ999"))
    case = store.undo(made.id)
    assert (case.state, case.reviews) == (InfractionState.PENDING, ())
    assert case.plate_text == "ABC123"
    assert identities(store.cases(CaseQuery(plate="ABC123"))) == [made.id]
    again = store.decide(rejection(made, RejectReason.OBSTRUCTED))
    assert again.state is InfractionState.REJECTED


def test_undo_after_the_minute(site: SiteUnderTest, make: Make) -> None:
    made = make()
    store = site.session("ana").case_store
    store.decide(confirmation(made))
    site.age_decisions(timedelta(seconds=61))
    with pytest.raises(StateConflict):
        store.undo(made.id)
    assert store.case(made.id).state is InfractionState.CONFIRMED


def test_nobody_undoes_for_another(site: SiteUnderTest, make: Make) -> None:
    made = make()
    site.session("ana").case_store.decide(confirmation(made))
    with pytest.raises(StateConflict):
        site.session("sofia").case_store.undo(made.id)


def test_nothing_to_undo(site: SiteUnderTest, make: Make) -> None:
    made = make()
    with pytest.raises(StateConflict):
        site.session("ana").case_store.undo(made.id)


def test_notices_are_numbered_without_gap(site: SiteUnderTest, make: Make) -> None:
    made = [make(n) for n in range(3)]
    store = site.session("ana").case_store
    for each in made:
        store.decide(confirmation(each))
    numbers = [store.issue_notice(each.id).notice_number for each in made]
    repeated = store.issue_notice(made[1].id)
    assert [n.rpartition("-")[2] for n in numbers if n] == [
        "000001",
        "000002",
        "000003",
    ]
    assert repeated.notice_number == numbers[1]
    assert repeated.state is InfractionState.NOTIFIED
    with pytest.raises(StateConflict):
        store.undo(made[1].id)


def test_only_a_confirmed_case_becomes_a_notice(
    site: SiteUnderTest, make: Make
) -> None:
    pending, rejected = make(0), make(1)
    store: CaseStore = site.session("ana").case_store
    store.decide(rejection(rejected, RejectReason.EXEMPT))
    for each in (pending, rejected):
        with pytest.raises(StateConflict):
            store.issue_notice(each.id)


@pytest.mark.parametrize("login", ["teo", "admin", "aurora"])
def test_who_may_not_decide(site: SiteUnderTest, make: Make, login: str) -> None:
    made = make()
    store = site.session(login).case_store
    with pytest.raises(NotPermitted):
        store.decide(confirmation(made))
    with pytest.raises(NotPermitted):
        store.undo(made.id)
    with pytest.raises(NotPermitted):
        store.issue_notice(made.id)
    case = site.session("ana").case_store.case(made.id)
    assert case.state is InfractionState.PENDING


@pytest.mark.parametrize("login", ["teo", "admin"])
def test_who_may_not_read_cases(site: SiteUnderTest, make: Make, login: str) -> None:
    made = make()
    with pytest.raises(NotPermitted):
        site.session(login).case_store.case(made.id)
    with pytest.raises(NotPermitted):
        site.session(login).case_store.cases()


@pytest.mark.parametrize("login", ["ana", "sofia", "teo", "admin", "aurora"])
def test_everybody_sees_the_figures(
    site: SiteUnderTest, make: Make, login: str
) -> None:
    pending, confirmed, first, second, notified = (
        make(0),
        make(10),
        make(70),
        make(75, red_light()),
        make(80, red_light()),
    )
    make(-100)
    store = site.session("ana").case_store
    store.decide(confirmation(confirmed))
    store.decide(rejection(first, RejectReason.EXEMPT))
    store.undo(first.id)
    store.decide(rejection(first, RejectReason.TEST))
    store.decide(rejection(second, RejectReason.TEST))
    store.decide(confirmation(notified))
    store.issue_notice(notified.id)
    figures = site.session(login).case_store.summary(*_PERIOD)
    speeding, red = InfractionKind.SPEEDING, InfractionKind.RED_LIGHT
    assert figures.by_state == {
        InfractionState.PENDING: 1,
        InfractionState.CONFIRMED: 1,
        InfractionState.REJECTED: 2,
        InfractionState.NOTIFIED: 1,
    }
    assert figures.total == 5
    assert figures.by_kind == {speeding: 3, red: 2}
    assert figures.by_camera == {pending.camera_id: 5}
    assert figures.decided_by_kind == {speeding: 2, red: 2}
    assert figures.rejected_by_kind == {speeding: 1, red: 1}
    assert figures.by_reject_reason == {RejectReason.TEST: 2}
    hours = {(hour.start.hour, hour.kind): hour.count for hour in figures.by_hour}
    assert hours == {(15, speeding): 2, (16, speeding): 1, (16, red): 2}
    assert figures.oldest_pending == pending.occurred.wall
    assert figures.median_decision_s is not None
    assert 0 <= figures.median_decision_s < 60


def test_figures_of_an_empty_period(site: SiteUnderTest) -> None:
    figures = site.session("sofia").case_store.summary(*_PERIOD)
    assert (figures.total, figures.by_hour) == (0, ())
    assert figures.median_decision_s is None
    assert figures.oldest_pending is None


def test_the_oldest_come_first_where_they_are_asked_for(
    site: SiteUnderTest, make: Make
) -> None:
    made = [make(n).id for n in range(5)]
    store = site.session("ana").case_store
    first = store.cases(CaseQuery(oldest_first=True), limit=2)
    rest = store.cases(CaseQuery(oldest_first=True), after=first[-1].infraction.id)
    assert identities(first) + identities(rest) == made


def test_a_camera_s_cases_are_given_alone(site: SiteUnderTest, make: Make) -> None:
    here = make(0)
    other = installed_camera(site.session("teo").site)
    site.sink.add(finding(other, 1))
    store = site.session("ana").case_store
    assert identities(store.cases(CaseQuery(camera_id=here.camera_id))) == [here.id]
    assert store.count(CaseQuery(camera_id=here.camera_id)) == 1


def test_cases_are_counted_up_to_a_bound(site: SiteUnderTest, make: Make) -> None:
    made = [make(n) for n in range(4)]
    store = site.session("ana").case_store
    store.decide(confirmation(made[0]))
    assert store.count() == 4
    assert store.count(at_most=4) == 4
    assert store.count(at_most=2) == 3
    assert store.count(CaseQuery(states=(InfractionState.PENDING,))) == 3
    assert store.count(CaseQuery(plate="BC12", until=made[2].occurred.wall)) == 2
    assert store.count(CaseQuery(kinds=(InfractionKind.RED_LIGHT,))) == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("abc-123", [0, 1]),
        ("BC1", [0, 1]),
        ("C1", [0, 1]),
        ("A8C", []),
        ("ZZZ", []),
        ("?!", []),
        ("ABC123" * 100, []),
    ],
)
def test_a_plate_is_found_by_any_part(
    site: SiteUnderTest, make: Make, typed: str, found: list[int]
) -> None:
    made = [make(0), make(1), make(2)]
    store = site.session("ana").case_store
    store.decide(confirmation(made[1], plate_text="ABC-123"))
    store.decide(confirmation(made[2], plate_text="XYZ 987"))
    ids = [made[n].id for n in reversed(found)]
    assert identities(store.cases(CaseQuery(plate=typed))) == ids
