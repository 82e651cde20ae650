"""Which cases a reviewer gets, and in what order."""

from dataclasses import replace

import pytest

from app.domain.clock import NS_PER_S
from app.domain.ids import CameraId, Login, new_uuid
from app.domain.infraction import InfractionKind, InfractionState
from app.ports import CaseStore
from app.review.queue import CaseFilter, count, load, neighbour
from tests.builders.cases import case_of, confirmed
from tests.builders.infractions import CAMERA_ID, OCCURRED, red_light, speeding
from tests.builders.site import camera
from tests.fakes.in_memory import InMemoryServer
from tests.fakes.manual_clock import ManualClock

OTHER = CameraId(new_uuid())


@pytest.fixture
def store() -> CaseStore:
    """Return a store with 250 cases, a minute apart, of two cameras."""
    server = InMemoryServer(ManualClock())
    for camera_id in (CAMERA_ID, OTHER):
        server.cameras[camera_id] = replace(camera(), id=camera_id)
    for place in range(250):
        make = red_light if place % 5 == 0 else speeding
        server.add(
            make(
                camera_id=OTHER if place % 10 == 0 else CAMERA_ID,
                occurred=OCCURRED.shifted(place * 60 * NS_PER_S),
            )
        )
    return server.login(Login("ana"), "ana-opens-sesame").case_store


def test_newest_first_and_no_more_than_asked(store: CaseStore) -> None:
    cases = load(store, CaseFilter(), 120)
    moments = [case.infraction.occurred.wall for case in cases]
    assert len(cases) == 120
    assert moments == sorted(moments, reverse=True)
    assert moments[0] == OCCURRED.shifted(249 * 60 * NS_PER_S).wall


def test_oldest_first_begins_with_the_oldest_of_all(store: CaseStore) -> None:
    cases = load(store, CaseFilter(oldest_first=True), 50)
    assert cases[0].infraction.occurred.wall == OCCURRED.wall
    assert len(cases) == 50


def test_a_camera_is_found_behind_many_others(store: CaseStore) -> None:
    cases = load(store, CaseFilter(camera_id=OTHER), 200)
    assert len(cases) == 25
    assert {case.infraction.camera_id for case in cases} == {OTHER}


def test_all_are_counted_beside_the_page(store: CaseStore) -> None:
    assert count(store, CaseFilter()) == 250
    assert count(store, CaseFilter(camera_id=OTHER)) == 25


def test_filters_narrow_together(store: CaseStore) -> None:
    since = OCCURRED.shifted(100 * 60 * NS_PER_S).wall
    wanted = CaseFilter(kinds=(InfractionKind.RED_LIGHT,), since=since, until=None)
    cases = load(store, wanted, 200)
    assert len(cases) == 30
    assert all(wanted.matches(case) for case in cases)


def test_a_decided_case_leaves_the_pending_filter() -> None:
    case = case_of()
    assert CaseFilter().matches(case)
    assert not CaseFilter().matches(confirmed(case))
    assert CaseFilter(states=()).matches(confirmed(case))
    assert CaseFilter(states=(InfractionState.CONFIRMED,)).matches(confirmed(case))


def test_neighbours_stop_at_the_ends() -> None:
    cases = [case_of(), case_of(), case_of()]
    first, _, last = (case.infraction.id for case in cases)
    assert neighbour(cases, first, 1) == 1
    assert neighbour(cases, first, -1) == 0
    assert neighbour(cases, last, 1) == 2
    assert neighbour(cases, None, 1) == 0
    assert neighbour([], first, 1) == -1
