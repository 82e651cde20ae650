"""Footage is analysed in a process of its own, and its findings are shown."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from app.config.paths import PROJECT
from app.config.site_file import load_site_file
from app.domain.clock import SystemClock
from app.domain.errors import ConfigurationInvalid, EvidenceDamaged
from app.domain.ids import Login
from app.runtime.recording import analyse_recording
from tests.builders.recordings import TRUE_KMH, analysis, job, write_recording
from tests.builders.site import camera as some_camera
from tests.fakes.desktop import Room, control_room
from widgets.common.background import Background
from widgets.footage.footage_page import FootagePage, write_site
from widgets.footage.item import FootageState
from widgets.footage.results import load_results, measured_text, moment_text
from widgets.services import PageContext

_WAIT_MS = 30_000
_COMMAND = (sys.executable, "-m", "tests.fakes.analysis_process")


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of a real analysis, one infraction."""
    folder = tmp_path_factory.mktemp("analysed")
    video = write_recording(folder / "a.mp4")
    return analyse_recording(
        analysis(), job(video, folder / "out"), stop=threading.Event()
    ).folder


@pytest.fixture
def room(tmp_path: Path, analysed: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("ATALAYA_TEST_RESULTS", str(analysed))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    made = control_room(tmp_path / "home", SystemClock(), cases=0)
    return replace(made, services=replace(made.services, analyse_command=_COMMAND))


@pytest.fixture
def page(qtbot: QtBot, room: Room) -> Iterator[FootagePage]:
    session = room.server.login(Login("teo"), "teo-opens-sesame")
    background = Background()
    made = FootagePage(PageContext(services=room.services, session=session), background)
    qtbot.addWidget(made)
    made.resize(1310, 742)
    made.show()
    made.activate()
    qtbot.waitUntil(lambda: made.form.camera.count() == 5, timeout=_WAIT_MS)
    yield made
    made.close_page()
    background.close()


def videos(folder: Path, *names: str) -> list[Path]:
    made = [folder / f"{name}.mp4" for name in names]
    for path in made:
        path.write_bytes(b"any")
    return made


def states(page: FootagePage) -> list[FootageState]:
    return [item.state for item in page.queue.items]


def test_footage_is_analysed_and_its_finding_shown(
    qtbot: QtBot, page: FootagePage, tmp_path: Path
) -> None:
    page.form.add_files(videos(tmp_path, "norte"))
    page.form.camera.setCurrentIndex(1)
    page.form.add.click()
    qtbot.waitUntil(lambda: page.results.results is not None, timeout=_WAIT_MS)

    (item,) = page.queue.items
    assert item.state is FootageState.DONE
    assert (item.frames, item.fps, item.infractions) == (100, 31.5, 1)
    assert page.form.videos == ()
    (found,) = page.results.rows.rows
    assert measured_text(found).endswith("km/h")
    assert abs(float(measured_text(found).split()[0]) - TRUE_KMH) < 4
    assert moment_text(found).startswith("+00:0")
    qtbot.waitUntil(lambda: page.results.picture.has_image, timeout=_WAIT_MS)
    assert page.results.clip.isEnabled()
    assert not page.errors.isVisible()


def test_the_camera_s_configuration_in_force_goes_along(
    qtbot: QtBot, page: FootagePage, room: Room, tmp_path: Path
) -> None:
    page.form.add_files(videos(tmp_path, "norte"))
    page.form.camera.setCurrentIndex(2)
    chosen = page.form.wish().camera
    assert chosen is not None
    page.form.add.click()
    qtbot.waitUntil(lambda: len(page.queue.items) == 1, timeout=_WAIT_MS)
    (item,) = page.queue.items
    assert item.site is not None
    (written,) = load_site_file(item.site)
    assert written.name == chosen.name == item.camera_name
    assert written.in_force == page.context.session.site.configuration(chosen.id)


def test_a_start_goes_along_with_its_zone(page: FootagePage, tmp_path: Path) -> None:
    page.form.add_files(videos(tmp_path, "norte"))
    assert page.form.wish().start is None
    page.form.begins.setCurrentIndex(1)
    local = datetime(2026, 3, 14, 10, 9, 26).astimezone()
    page.form.start.setDateTime(QDateTime.fromSecsSinceEpoch(int(local.timestamp())))
    assert page.form.wish().start == local
    page.form.add_files(videos(tmp_path, "sur"))
    assert page.form.wish().start is None, "one start is not that of two files"


def test_one_that_fails_stops_no_other(
    qtbot: QtBot, page: FootagePage, tmp_path: Path
) -> None:
    page.form.add_files(videos(tmp_path, "garbage", "crash", "norte"))
    page.form.add.click()
    ended = [FootageState.FAILED, FootageState.FAILED, FootageState.DONE]
    qtbot.waitUntil(lambda: states(page) == ended, timeout=_WAIT_MS)
    said = [item.sentence for item in page.queue.items]
    assert said[0] == "What garbage.mp4 sends is not video."
    assert said[1] == "The disk is full. Free some space."


def test_what_is_under_way_can_be_cancelled(
    qtbot: QtBot, page: FootagePage, tmp_path: Path
) -> None:
    page.form.add_files(videos(tmp_path, "long", "norte"))
    page.form.add.click()
    qtbot.waitUntil(
        lambda: bool(page.queue.items) and page.queue.items[0].frames == 75,
        timeout=_WAIT_MS,
    )
    assert states(page) == [FootageState.RUNNING, FootageState.WAITING]
    page.queue_panel.cancel.click()
    ended = [FootageState.CANCELLED, FootageState.DONE]
    qtbot.waitUntil(lambda: states(page) == ended, timeout=_WAIT_MS)
    page.queue_panel.cancel.click()
    assert states(page) == [FootageState.DONE]


def test_closing_the_page_ends_the_process(
    qtbot: QtBot, page: FootagePage, tmp_path: Path
) -> None:
    page.form.add_files(videos(tmp_path, "long"))
    page.form.add.click()
    qtbot.waitUntil(
        lambda: bool(page.queue.items) and page.queue.items[0].frames == 75,
        timeout=_WAIT_MS,
    )
    page.close_page()
    # `nothing_survives` fails the test if the process does.


def test_files_can_be_dropped(page: FootagePage, tmp_path: Path) -> None:
    dropped = videos(tmp_path, "norte", "sur")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in [*dropped, dropped[0]]])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(9, 9), action, data, buttons, keys)
    page.dragEnterEvent(entering)
    assert entering.isAccepted()
    page.dropEvent(QDropEvent(QPointF(9, 9), action, data, buttons, keys))
    assert page.form.videos == tuple(dropped)


def test_a_path_that_is_none_is_told(page: FootagePage, tmp_path: Path) -> None:
    page.form.path.setText(str(tmp_path / "gone.mp4"))
    page.form.path.returnPressed.emit()
    assert "gone.mp4" in page.errors.sentence
    assert not page.form.add.isEnabled()


def test_a_camera_without_configuration_is_refused(room: Room, tmp_path: Path) -> None:
    site = room.server.login(Login("teo"), "teo-opens-sesame").site
    bare = some_camera("sin calibrar")
    site.save_camera(bare)
    with pytest.raises(ConfigurationInvalid, match="no configuration yet"):
        write_site(site, bare, tmp_path)
    assert write_site(site, None, tmp_path) is None


@pytest.mark.parametrize("text", ["", "{}", '{"infractions": [{"kind": "speeding"}]}'])
def test_results_that_were_touched_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    (tmp_path / "infractions.json").write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceDamaged, match="cannot be read"):
        load_results(tmp_path)


def test_a_case_never_lies_outside_its_folder(analysed: Path, tmp_path: Path) -> None:
    text = (analysed / "infractions.json").read_text(encoding="utf-8")
    evil = text.replace('"case": "cases/', '"case": "../../etc/')
    assert evil != text
    (tmp_path / "infractions.json").write_text(evil, encoding="utf-8")
    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EvidenceDamaged):
        load_results(tmp_path)
