"""Plates are searched for with a reason, and watched for by who may."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.ids import CameraId, Login
from app.domain.plate_search import NewWatch
from tests.builders.plates import REASON, sighting
from tests.fakes.desktop import Room, control_room
from tests.fakes.manual_clock import ManualClock
from widgets.common.background import Background
from widgets.plates.plates_page import PlatesPage
from widgets.services import PageContext

_WAIT_MS = 20_000
Open = Callable[[str], PlatesPage]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a room past whose cameras four vehicles drove."""
    made = control_room(tmp_path, ManualClock(), cases=0, cameras=2)
    for place, text in enumerate(("AHK-472", "AHK-4T2", "AHK-47", "XYZ-999")):
        camera_id = made.cameras[place % 2].id
        made.server.plates.add([sighting(camera_id, text, place)])
    return made


@pytest.fixture
def open_page(qtbot: QtBot, room: Room) -> Iterator[Open]:
    background = Background()
    opened: list[PlatesPage] = []

    def made(login: str) -> PlatesPage:
        session = room.server.login(Login(login), f"{login}-opens-sesame")
        context = PageContext(services=room.services, session=session)
        page = PlatesPage(context, background)
        qtbot.addWidget(page)
        page.resize(1310, 742)
        page.show()
        page.activate()
        opened.append(page)
        return page

    yield made
    for page in opened:
        page.close_page()
    background.close()


def search(page: PlatesPage, plate: str, reason: str = REASON) -> None:
    """Type as a person does, and press Enter."""
    page.form._plate.setText(plate)
    page.form._reason.setText(reason)
    QTest.keyClick(page.form._reason, Qt.Key.Key_Return)


def plates_of(page: PlatesPage) -> list[str]:
    return [hit.plate for hit in page.results.hits]


def test_nothing_is_asked_without_a_reason(room: Room, open_page: Open) -> None:
    page = open_page("ana")
    search(page, "AHK472", "")
    assert "why" in page.form.note
    assert room.server.plates.trail == []
    search(page, "A*")
    assert "three letters" in page.form.note
    assert room.server.plates.trail == []


def test_a_search_shows_who_passed(qtbot: QtBot, room: Room, open_page: Open) -> None:
    page = open_page("ana")
    page.form._alike.setChecked(True)
    search(page, "ahk-472")
    qtbot.waitUntil(lambda: bool(page.results.hits), timeout=_WAIT_MS)
    assert plates_of(page) == ["AHK472", "AHK4T2", "AHK47"]
    assert page.results.count_text == "Vehicles: 3"
    model = page.results._list.model
    shown = [
        str(model.data(model.index(1, column))) for column in range(model.columnCount())
    ]
    assert shown[:3] == ["AHK4T2", "look-alike", "90\u00a0%"]
    # The site's time, whatever the workstation's own zone.
    assert shown[-1] == "2026-03-14 10:10:26"
    asked = room.server.plates.trail[0]
    assert (asked.login, asked.subject, asked.reason) == ("ana", "AHK472", REASON)


def test_wildcards_need_no_switch(qtbot: QtBot, open_page: Open) -> None:
    page = open_page("ana")
    search(page, "ahk*2")
    qtbot.waitUntil(lambda: bool(page.results.hits), timeout=_WAIT_MS)
    assert plates_of(page) == ["AHK4T2", "AHK472"]


def test_nobody_passed(qtbot: QtBot, open_page: Open) -> None:
    page = open_page("ana")
    search(page, "QQQ777")
    qtbot.waitUntil(lambda: page.results.count_text != "", timeout=_WAIT_MS)
    assert page.results._list.note.sentence == "No vehicle with such a plate passed."


def test_further_pages_follow(qtbot: QtBot, room: Room, open_page: Open) -> None:
    camera_id: CameraId = room.cameras[0].id
    more = [sighting(camera_id, "AHK-472", 10 + place) for place in range(150)]
    room.server.plates.add(more)
    page = open_page("ana")
    search(page, "AHK472")
    qtbot.waitUntil(lambda: len(page.results.hits) == 100, timeout=_WAIT_MS)
    QTest.keyClick(page.results._list.table, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: len(page.results.hits) == 151, timeout=_WAIT_MS)
    assert len({hit.id for hit in page.results.hits}) == 151
    assert page.results._next.isHidden()


def test_a_refusal_is_said(
    qtbot: QtBot, room: Room, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.plates._MOST_PLATES", 1)
    page = open_page("ana")
    search(page, "AHK*")
    qtbot.waitUntil(lambda: "Too many" in page._errors.sentence, timeout=_WAIT_MS)


def test_a_supervisor_watches_and_ends(
    qtbot: QtBot, room: Room, open_page: Open
) -> None:
    page = open_page("sofia")
    search(page, "AHK472")
    qtbot.waitUntil(lambda: bool(page.results.hits), timeout=_WAIT_MS)
    QTest.keyClick(page.results._list.table, Qt.Key.Key_W)
    form = page.watch.form
    assert form._plate.text() == "AHK-472"
    QTest.keyClick(form._reason, Qt.Key.Key_Return)
    assert "why" in form.note
    form._reason.setText(REASON)
    QTest.keyClick(form._reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.watch.table.rows), timeout=_WAIT_MS)
    (watch,) = page.watch.table.rows
    assert (watch.plate, watch.reason, watch.created_by) == ("AHK472", REASON, "sofia")
    assert form._plate.text() == ""
    page.watch._end.click()
    qtbot.waitUntil(lambda: not page.watch.table.rows, timeout=_WAIT_MS)
    assert room.server.plates.watched_now() == []


def test_an_operator_only_reads_the_watch_list(
    qtbot: QtBot, room: Room, open_page: Open
) -> None:
    watch_for(room, "AHK472")
    page = open_page("ana")
    qtbot.waitUntil(lambda: bool(page.watch.table.rows), timeout=_WAIT_MS)
    assert page.watch.form.isHidden()
    assert page.watch._end.isHidden()
    search(page, "AHK472")
    qtbot.waitUntil(lambda: bool(page.results.hits), timeout=_WAIT_MS)
    assert page.results._watch.isHidden()


def test_a_hit_appears_in_the_list(qtbot: QtBot, room: Room, open_page: Open) -> None:
    watch_for(room, "AHK472")
    page = open_page("ana")
    qtbot.waitUntil(lambda: bool(page.watch.table.rows), timeout=_WAIT_MS)
    room.server.plates.add([sighting(room.cameras[0].id, "AHK-4T2", 60)])
    page.on_change(_Changed())
    qtbot.waitUntil(lambda: bool(page.watch.hits.rows), timeout=_WAIT_MS)
    assert [hit.plate for hit in page.watch.hits.rows] == ["AHK4T2"]


class _Changed:
    topic = "watch_hit"
    row_id = None


def watch_for(room: Room, plate: str) -> None:
    """Have the supervisor watch for a plate, for a day."""
    session = room.server.login(Login("sofia"), "sofia-opens-sesame")
    expires = room.services.clock.now() + timedelta(days=1)
    session.plates.add_watch(NewWatch(plate=plate, reason=REASON, expires=expires))
