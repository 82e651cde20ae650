"""Every mark on the dashboard opens the cases behind it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraState
from app.domain.clock import CaptureTime
from app.domain.ids import Login
from app.domain.infraction import Infraction, InfractionKind, InfractionState
from app.review.queue import CaseFilter
from tests.builders.infractions import red_light, speeding
from tests.fakes.desktop import Room, control_room
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.dashboard.dashboard_page import DashboardPage
from widgets.dashboard.today import change_text, load_today
from widgets.services import PageContext

_WAIT_MS = 20_000


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a room with three cases today and one a week ago; noon, UTC."""
    clock = ManualClock()
    made = control_room(tmp_path, clock, cases=0, cameras=2)
    ages = (timedelta(), timedelta(minutes=61), timedelta(minutes=62))
    for make, age in zip((red_light, speeding, speeding), ages, strict=True):
        _add(made, make(camera_id=made.cameras[0].id), age)
    _add(made, speeding(camera_id=made.cameras[0].id), timedelta(days=7, hours=1))
    return made


def _add(room: Room, finding: Infraction, age: timedelta) -> None:
    wall = room.services.clock.now() - age
    time = CaptureTime(stream_ns=0, monotonic_ns=0, wall=wall)
    room.server.add(replace(finding, occurred=time))


@pytest.fixture
def page(qtbot: QtBot, room: Room) -> Iterator[DashboardPage]:
    """Return the page with its figures loaded."""
    session = room.server.login(Login("sofia"), "sofia-opens-sesame")
    background = Background()
    made = DashboardPage(
        PageContext(services=room.services, session=session), background
    )
    qtbot.addWidget(made)
    made.resize(1310, 742)
    made.show()
    made.activate()
    qtbot.waitUntil(lambda: made.today is not None, timeout=_WAIT_MS)
    yield made
    made.close_page()
    background.close()


def test_today_stands_against_the_same_weekday(room: Room) -> None:
    session = room.server.login(Login("sofia"), "sofia-opens-sesame")
    today = load_today(session, room.services.clock, UTC)
    assert today.day.total == today.pending == 3
    assert today.before.total == today.before_whole.total == 1
    assert today.before.until == room.services.clock.now() - timedelta(days=7)


def test_the_first_figure_counts_and_compares(page: DashboardPage) -> None:
    assert page._total.value == "3"
    assert page._by_state[InfractionState.PENDING].value == "3"
    assert page._by_state[InfractionState.CONFIRMED].value == "0"
    assert page._median.value == "–"


def test_a_figure_opens_its_cases(qtbot: QtBot, page: DashboardPage) -> None:
    with qtbot.waitSignal(page.open_requested) as asked:
        page._by_state[InfractionState.REJECTED].opened.emit()
    assert asked.args is not None
    key, wanted = asked.args
    assert key == "review"
    assert isinstance(wanted, CaseFilter)
    assert wanted.states == (InfractionState.REJECTED,)
    assert page.today is not None
    assert (wanted.since, wanted.until) == (page.today.day.since, page.today.day.until)


def test_a_bar_opens_its_hour(qtbot: QtBot, page: DashboardPage) -> None:
    assert sum(page._hours.today) == 3
    hour = max(h for h, count in enumerate(page._hours.today) if count)
    with qtbot.waitSignal(page.open_requested) as asked:
        page._hours.choose(hour)
    assert asked.args is not None
    wanted = asked.args[1]
    assert wanted.until - wanted.since == timedelta(hours=1)
    assert wanted.since.hour == hour
    with qtbot.assertNotEmitted(page.open_requested):
        page._hours.choose((hour + 1) % 24)


def test_types_and_cameras_open_theirs(
    qtbot: QtBot, room: Room, page: DashboardPage
) -> None:
    with qtbot.waitSignal(page.open_requested) as by_kind:
        page._kinds.opened.emit(InfractionKind.SPEEDING)
    assert by_kind.args is not None
    assert by_kind.args[1].kinds == (InfractionKind.SPEEDING,)
    with qtbot.waitSignal(page.open_requested) as by_camera:
        page._cameras.opened.emit(room.cameras[0].id)
    assert by_camera.args is not None
    assert by_camera.args[1].camera_id == room.cameras[0].id


def test_a_troubled_camera_comes_first(room: Room, page: DashboardPage) -> None:
    assert page._cameras.rows[0].camera.id == room.cameras[0].id
    room.engine.add(room.cameras[1].id, state=CameraState.OFFLINE)
    page._show_health()
    first = page._cameras.rows[0]
    assert first.camera.id == room.cameras[1].id
    assert first.health is not None
    assert first.health.state is CameraState.OFFLINE


@pytest.mark.parametrize(
    ("value", "before", "text"), [(5, 2, "+3"), (2, 5, "−3"), (4, 4, "±0")]
)
def test_changes_carry_their_sign(value: int, before: int, text: str) -> None:
    assert change_text(value, before) == text
