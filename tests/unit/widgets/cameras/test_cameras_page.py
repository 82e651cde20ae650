"""The cameras page: add, change, switch, remove, and take it back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.camera import Camera, CameraState
from app.domain.clock import SystemClock
from app.domain.errors import DatabaseUnavailable
from app.domain.ids import Login
from app.simulator.server import RtspServer
from tests.builders.two_streams import write_two_clips
from tests.fakes.desktop import Room, control_room
from tests.fakes.in_memory import InMemorySession, InMemorySiteStore
from tests.fakes.manual_clock import ManualClock
from widgets import theme
from widgets.cameras.cameras_page import CamerasPage
from widgets.cameras.entry import CameraEntry
from widgets.cameras.steps import CameraSteps
from widgets.common.background import Background
from widgets.services import PageContext


class KeptSecrets:
    """A secret store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, str]] = {}

    def get(self, reference: str) -> tuple[str, str] | None:
        return self.kept.get(reference)

    def put(self, reference: str, user: str, password: str) -> None:
        self.kept[reference] = (user, password)

    def delete(self, reference: str) -> None:
        self.kept.pop(reference, None)


@pytest.fixture
def secrets() -> KeptSecrets:
    return KeptSecrets()


@pytest.fixture
def room(tmp_path: Path, secrets: KeptSecrets) -> Room:
    made = control_room(tmp_path, ManualClock(), cameras=3, cases=0)
    services = replace(
        made.services, secrets=secrets, discovery_interfaces=("127.0.0.1",)
    )
    return replace(made, services=services)


@pytest.fixture
def teo(room: Room) -> InMemorySession:
    return room.server.login(Login("teo"), "teo-opens-sesame")


@pytest.fixture
def page(room: Room, teo: InMemorySession, qtbot: QtBot) -> Iterator[CamerasPage]:
    theme.apply(theme.Mode.DARK)
    background = Background()
    opened = CamerasPage(PageContext(services=room.services, session=teo), background)
    qtbot.addWidget(opened)
    opened.resize(1300, 800)
    opened.show()
    opened.activate()
    qtbot.waitUntil(lambda: len(opened.lists.camera_rows.rows) == 3)
    qtbot.waitUntil(lambda: opened.searching.searching)
    yield opened
    opened.deactivate()
    opened.close_page()
    background.close()


def cameras(session: InMemorySession) -> dict[str, Camera]:
    return {camera.name: camera for camera in session.site.cameras()}


def leaving(page: CamerasPage) -> list[str]:
    return [row.camera.name for row in page.lists.camera_rows.rows if row.leaving]


def type_in(page: CamerasPage, **texts: str) -> None:
    for name, text in texts.items():
        page.form._fields[name].setText(text)
    page.form.changed.emit()


def test_adding_stores_the_password_apart_and_undo_takes_both_back(
    page: CamerasPage, teo: InMemorySession, secrets: KeptSecrets, qtbot: QtBot
) -> None:
    page.acts.new_button.click()
    url = "rtsp://127.0.0.1:1/a"
    type_in(page, name="Puente", url=url, user="adm", password="s3cret")
    page.acts.save_button.click()
    qtbot.waitUntil(lambda: "Puente" in cameras(teo))
    added = cameras(teo)["Puente"]
    assert added.credential_ref is not None
    assert secrets.get(added.credential_ref) == ("adm", "s3cret")
    assert "s3cret" not in added.url
    qtbot.waitUntil(lambda: page.acts.undo_button.isEnabled())
    assert page.form._fields["password"].text() == ""
    page.acts.undo_button.click()
    qtbot.waitUntil(lambda: "Puente" not in cameras(teo))
    assert secrets.kept == {}


def test_a_wrong_address_is_told_in_a_sentence(
    page: CamerasPage, teo: InMemorySession
) -> None:
    page.acts.new_button.click()
    type_in(page, name="x", url="http//foo")
    page.acts.save_button.click()
    assert "must begin with" in page.form.fault_text
    assert len(cameras(teo)) == 3


def test_an_address_that_nobody_answers_is_told_beside_the_picture(
    page: CamerasPage, qtbot: QtBot
) -> None:
    page.acts.new_button.click()
    type_in(page, url="rtsp://127.0.0.1:9/none")
    page.acts.try_button.click()
    qtbot.waitUntil(lambda: "refuses" in page.preview.sentence, timeout=10_000)


def test_changing_and_taking_it_back(
    page: CamerasPage, teo: InMemorySession, qtbot: QtBot
) -> None:
    page.lists.camera_table.choose_row(0)
    old = page.form.entry
    type_in(page, name="Nuevo nombre")
    page.acts.save_button.click()
    qtbot.waitUntil(lambda: "Nuevo nombre" in cameras(teo))
    qtbot.waitUntil(lambda: page.acts.undo_button.isEnabled())
    page.acts.undo_button.click()
    qtbot.waitUntil(lambda: old.name in cameras(teo))
    assert "Nuevo nombre" not in cameras(teo)


def test_switching_off_and_on(
    page: CamerasPage, teo: InMemorySession, qtbot: QtBot
) -> None:
    page.lists.camera_table.choose_row(1)
    name = page.form.entry.name
    page.acts.switch_button.click()
    qtbot.waitUntil(lambda: not cameras(teo)[name].enabled)
    qtbot.waitUntil(
        lambda: page.lists.camera_rows.rows[1].state is CameraState.DISABLED
    )
    page.acts.switch_button.click()
    qtbot.waitUntil(lambda: cameras(teo)[name].enabled)


def test_removing_waits_and_can_be_taken_back(
    page: CamerasPage, teo: InMemorySession, qtbot: QtBot
) -> None:
    page.lists.camera_table.choose_row(0)
    name = page.form.entry.name
    page.acts.remove_button.click()
    assert leaving(page) == [name]
    page.acts.undo_button.click()
    assert leaving(page) == []
    page.acts.remove_button.click()
    page._runner.finish_removal()
    qtbot.waitUntil(lambda: name not in cameras(teo))
    qtbot.waitUntil(lambda: len(page.lists.camera_rows.rows) == 2)


def test_going_away_removes_what_waits(
    page: CamerasPage, teo: InMemorySession, qtbot: QtBot
) -> None:
    page.lists.camera_table.choose_row(2)
    name = page.form.entry.name
    page.acts.remove_button.click()
    page.deactivate()
    qtbot.waitUntil(lambda: name not in cameras(teo))


def test_a_dark_camera_says_why(page: CamerasPage, room: Room, qtbot: QtBot) -> None:
    camera = page.lists.camera_rows.rows[0].camera
    room.engine.add(
        camera.id, state=CameraState.OFFLINE, message="10.0.0.5 does not answer."
    )
    page.lists.camera_table.choose_row(0)
    page._show_rows()
    assert page.preview.sentence == "10.0.0.5 does not answer."


def test_somebody_without_the_right_only_looks(room: Room, qtbot: QtBot) -> None:
    session = room.server.login(Login("ana"), "ana-opens-sesame")
    background = Background()
    page = CamerasPage(PageContext(services=room.services, session=session), background)
    qtbot.addWidget(page)
    type_in(page, name="x", url="rtsp://10.0.0.5/a")
    assert not page.acts.save_button.isEnabled()
    assert page.form._fields["name"].isReadOnly()
    page.close_page()
    background.close()


class FailingSite(InMemorySiteStore):
    """A site that cannot be written to."""

    def save_camera(self, camera: Camera) -> None:  # noqa: ARG002
        raise DatabaseUnavailable("The server does not answer.")


def test_a_failed_step_leaves_no_secret(
    room: Room, teo: InMemorySession, secrets: KeptSecrets
) -> None:
    steps = CameraSteps(FailingSite(room.server, teo.person), secrets)
    entry = CameraEntry(name="x", url="rtsp://h/a", user="u", password="p")
    with pytest.raises(DatabaseUnavailable):
        steps.add(entry)
    assert secrets.kept == {}


def test_a_stored_password_does_not_follow_to_another_host(
    teo: InMemorySession, secrets: KeptSecrets
) -> None:
    steps = CameraSteps(teo.site, secrets)
    entry = CameraEntry(name="x", url="rtsp://one/a", user="u", password="p")
    camera, _ = steps.add(entry)
    same, _ = steps.change(camera, CameraEntry(name="x", url="rtsp://one/b"))
    assert same.credential_ref == camera.credential_ref
    other, undo = steps.change(same, CameraEntry(name="x", url="rtsp://two/b"))
    assert other.credential_ref is None
    undo()
    assert cameras(teo)["x"] == same


def test_a_second_stream_is_stored_and_both_are_tried(
    page: CamerasPage, teo: InMemorySession, tmp_path: Path, qtbot: QtBot
) -> None:
    clips = write_two_clips(tmp_path, frames=50)
    served = {"north": clips.main, "north/sub": clips.second}
    with closing(RtspServer(served, clock=SystemClock()).start()) as server:
        page.acts.new_button.click()
        assert "spares the computer" in page.streams_note.text()
        first, second = server.url("north"), server.url("north/sub")
        type_in(page, name="Puente", url=first, sub_url=second)
        page.acts.try_button.click()
        qtbot.waitUntil(
            lambda: "They go together" in page.streams_note.text(), timeout=15_000
        )
        assert "640 × 360" in page.streams_note.text()
        assert "320 × 180" in page.streams_note.text()
        page.preview.pause()
    page.acts.save_button.click()
    qtbot.waitUntil(lambda: "Puente" in cameras(teo))
    assert cameras(teo)["Puente"].sub_url == second


def test_a_second_stream_that_does_not_come_is_told(
    page: CamerasPage, qtbot: QtBot
) -> None:
    page.acts.new_button.click()
    type_in(page, url="rtsp://127.0.0.1:9/a", sub_url="rtsp://127.0.0.1:9/b")
    page.acts.try_button.click()
    qtbot.waitUntil(lambda: "refuses" in page.streams_note.text(), timeout=10_000)
