"""The models of a workstation are looked after in processes of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.config.paths import PROJECT
from app.domain.clock import SystemClock
from app.domain.ids import Login
from tests.fakes.desktop import Room, control_room
from widgets.common import formatting
from widgets.common.background import Background
from widgets.models.model_work import Action
from widgets.models.models_page import ModelsPage
from widgets.services import DesktopServices, PageContext

_WAIT_MS = 30_000
_COMMAND = (sys.executable, "-m", "tests.fakes.models_process")


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    made = control_room(tmp_path / "home", SystemClock(), cases=0)
    return replace(made, services=replace(made.services, models_command=_COMMAND))


def open_page(qtbot: QtBot, room: Room, services: DesktopServices) -> ModelsPage:
    session = room.server.login(Login("teo"), "teo-opens-sesame")
    context = PageContext(services=services, session=session)
    page = ModelsPage(context, Background())
    qtbot.addWidget(page)
    page.resize(1310, 742)
    page.show()
    page.activate()
    return page


@pytest.fixture
def page(qtbot: QtBot, room: Room) -> Iterator[ModelsPage]:
    made = open_page(qtbot, room, room.services)
    qtbot.waitUntil(lambda: made.current is not None, timeout=_WAIT_MS)
    yield made
    made.close_page()
    made.background.close()


def choose(page: ModelsPage, name: str) -> None:
    names = [row.name for row in page.rows.rows]
    page.table.choose_row(names.index(name))


def rest(qtbot: QtBot, page: ModelsPage) -> None:
    """Wait until nothing is under way and the list was read again."""
    works = (page.work, page.listing)
    qtbot.waitUntil(
        lambda: all(work.action is None for work in works), timeout=_WAIT_MS
    )


def press(qtbot: QtBot, page: ModelsPage, action: Action) -> None:
    page.action_bar.buttons[action].click()
    rest(qtbot, page)


def possible(page: ModelsPage) -> set[Action]:
    return {a for a, button in page.action_bar.buttons.items() if button.isEnabled()}


def shown(page: ModelsPage, name: str) -> list[str]:
    names = [row.name for row in page.rows.rows]
    row, columns = names.index(name), range(page.rows.columnCount())
    return [str(page.rows.data(page.rows.index(row, column))) for column in columns]


def kept(room: Room, **facts: object) -> None:
    """Let the fake command find models as it would have left them."""
    usual = {"used": "atalaya-n", "here": [], "own": [], "forms": {}, "damaged": []}
    file = room.services.paths.root / "models-of-the-test.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(usual | facts), "utf-8")


def test_the_registry_is_shown_with_the_model_in_use_chosen(page: ModelsPage) -> None:
    assert shown(page, "atalaya-n") == [
        "● in use",
        "atalaya-n",
        "Atalaya road users, nano (YOLOv8n)",
        "person, bicycle, motorcycle, car, bus, truck",
        "480\u00a0px",
        "with the program",
        "AGPL-3.0",
        "0.699",
        "cbd57b21a6ce…",
        "the usual one",
    ]
    assert shown(page, "yolo11s")[0] == "○ not here"
    assert shown(page, "yolo11s")[3].endswith("truck, 74 more")
    assert page.current is not None
    assert page.current.used
    assert page.details.text_of("sha256").endswith("73503e66b")
    assert "real vehicle mAP50 0.699" in page.details.text_of("accuracy")


def test_what_is_not_possible_is_grey_and_says_why(page: ModelsPage) -> None:
    assert possible(page) == {Action.OPTIMISE, Action.VERIFY}
    use = page.action_bar.buttons[Action.USE]
    assert use.toolTip() == "It is in use already."
    assert "Fetch: It comes with the program." in page.details.text_of("cannot")
    choose(page, "plate-locator")
    assert possible(page) == {Action.FETCH, Action.VERIFY}
    assert use.toolTip() == "It finds plates, not road users."
    choose(page, "yolo11s")
    assert use.toolTip() == "It is not on this computer."


def test_a_model_is_fetched_and_used(qtbot: QtBot, page: ModelsPage) -> None:
    choose(page, "yolo11s")
    press(qtbot, page, Action.FETCH)
    assert page.strip.sentence == "yolo11s is here, and is the one on record."
    assert page.current is not None
    assert page.current.name == "yolo11s"
    assert shown(page, "yolo11s")[0] == "○ here"
    assert possible(page) == {Action.USE, Action.OPTIMISE, Action.VERIFY}
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    rest(qtbot, page)
    assert shown(page, "yolo11s")[0] == "● in use"
    assert shown(page, "atalaya-n")[0] == "○ here"
    assert "takes it when it starts again" in page.strip.sentence


def test_an_engine_with_a_model_of_its_own_is_told(qtbot: QtBot, room: Room) -> None:
    kept(room, here=["yolo11s"])
    services = replace(room.services, engine_model="atalaya-n")
    page = open_page(qtbot, room, services)
    rest(qtbot, page)
    choose(page, "yolo11s")
    press(qtbot, page, Action.USE)
    assert "started with --model atalaya-n" in page.strip.sentence
    page.close_page()
    page.background.close()


def test_a_fetch_that_fails_says_why_and_is_mended(
    qtbot: QtBot, page: ModelsPage
) -> None:
    choose(page, "gone")
    press(qtbot, page, Action.FETCH)
    assert page.errors.sentence.startswith("The model could not be downloaded.")
    choose(page, "yolo11s")
    press(qtbot, page, Action.FETCH)
    assert not page.errors.isVisible()


def test_progress_is_told_and_can_be_stopped(qtbot: QtBot, page: ModelsPage) -> None:
    choose(page, "long")
    page.action_bar.buttons[Action.FETCH].click()
    qtbot.waitUntil(lambda: page.strip.percent == "75\u00a0%", timeout=_WAIT_MS)
    assert page.strip.sentence == "Fetching long"
    assert possible(page) == set()
    why = page.action_bar.buttons[Action.VERIFY].toolTip()
    assert why.startswith("Something else is under way")
    page.strip.cancel.click()
    assert not page.strip.cancel.isEnabled()
    rest(qtbot, page)
    assert page.strip.sentence == "Cancelled. What was in use stays in use."
    assert Action.FETCH in possible(page)
    assert page.errors.sentence == ""


def test_the_fastest_form_is_shown_with_what_was_measured(
    qtbot: QtBot, page: ModelsPage
) -> None:
    press(qtbot, page, Action.OPTIMISE)
    assert shown(page, "atalaya-n")[-1] == "OpenVINO 8-bit · CPU"
    assert "measured 2026-11-24" in page.details.text_of("form")
    rates = [one.pictures_per_s for one in page.forms.rows.rows]
    assert rates == [15.5, 12.6, 7.2]
    assert "OpenVINO 8-bit · CPU when the engine starts" in page.strip.sentence


def test_a_damaged_model_is_told_until_it_is_fetched_again(
    qtbot: QtBot, room: Room, page: ModelsPage
) -> None:
    kept(room, here=["yolo11s"], damaged=["yolo11s"])
    page.activate()
    rest(qtbot, page)
    press(qtbot, page, Action.VERIFY)
    assert shown(page, "yolo11s")[0] == "▲ damaged"
    assert page.errors.sentence.endswith("yolo11s is not the one on record.")
    assert page.strip.sentence == "Not all models are the ones on record."
    choose(page, "yolo11s")
    assert possible(page) == {Action.FETCH, Action.VERIFY}
    press(qtbot, page, Action.FETCH)
    assert page.errors.sentence == ""
    press(qtbot, page, Action.VERIFY)
    assert shown(page, "yolo11s")[0] == "○ here"
    assert page.details.text_of("here").endswith("● verified")
    assert page.strip.sentence.startswith("All models on this computer")


def test_a_file_is_imported_under_a_name_of_its_own(
    qtbot: QtBot, page: ModelsPage, tmp_path: Path
) -> None:
    file = tmp_path / "Mi Modelo.pt"
    file.write_bytes(b"any")
    page.form.take_file(file)
    assert page.form.name.text() == "mi-modelo"
    assert page.form.reason == "Say by which licence the file may be used."
    page.form.licence.setText("MIT")
    page.form.input_size.setValue(416)
    page.form.bring.click()
    rest(qtbot, page)
    assert page.current is not None
    assert page.current.name == "mi-modelo"
    assert (page.current.licence, page.current.input_size_px) == ("MIT", 416)
    assert page.form.path.text() == ""
    assert Action.USE in possible(page)


@pytest.mark.parametrize(
    ("stem", "sentence"),
    [
        ("hostile", "The model hostile cannot be loaded safely, so it is not loaded."),
        ("crash", "The command for the models ended before its time."),
    ],
)
def test_an_import_that_is_refused_keeps_what_was_typed(
    qtbot: QtBot, page: ModelsPage, tmp_path: Path, stem: str, sentence: str
) -> None:
    file = tmp_path / f"{stem}.pt"
    file.write_bytes(b"any")
    page.form.take_file(file)
    page.form.licence.setText("MIT")
    page.form.bring.click()
    rest(qtbot, page)
    assert page.errors.sentence == sentence
    assert page.form.path.text() == str(file)


@pytest.mark.parametrize(
    ("file", "name", "said"),
    [
        ("", "mine", "Choose a .pt file"),
        ("notes.txt", "mine", "Choose a .pt file"),
        ("mine.pt", "../mine", "The name has small letters"),
        ("mine.pt", "--help", "The name has small letters"),
    ],
)
def test_what_cannot_be_imported_is_said_before(
    page: ModelsPage, tmp_path: Path, file: str, name: str, said: str
) -> None:
    (tmp_path / "notes.txt").write_text("any")
    (tmp_path / "mine.pt").write_text("any")
    page.form.path.setText(str(tmp_path / file) if file else "")
    page.form.name.setText(name)
    page.form.licence.setText("MIT")
    assert page.form.reason.startswith(said)
    assert not page.form.bring.isEnabled()
    page.form.name.returnPressed.emit()
    assert page.work.action is None


def test_a_served_model_is_shown_as_in_use(
    qtbot: QtBot, room: Room, page: ModelsPage
) -> None:
    kept(room, used="http://127.0.0.1:8000/roads")
    page.activate()
    rest(qtbot, page)
    choose(page, "http://127.0.0.1:8000/roads")
    assert shown(page, "http://127.0.0.1:8000/roads")[0] == "● in use"
    assert possible(page) == {Action.VERIFY}


def test_a_served_model_is_chosen_by_its_address(
    qtbot: QtBot, page: ModelsPage
) -> None:
    page.server.address.setText("grpc://127.0.0.1:8001/roads")
    page.server.address.returnPressed.emit()
    assert page.work.action is None
    assert page.server.use.toolTip().startswith("Type an address")
    page.server.address.setText("http://127.0.0.1:8000/roads")
    page.server.use.click()
    rest(qtbot, page)
    assert shown(page, "http://127.0.0.1:8000/roads")[0] == "● in use"
    assert shown(page, "atalaya-n")[0] == "○ here"


def test_a_desktop_without_its_models_says_so(qtbot: QtBot, room: Room) -> None:
    page = open_page(qtbot, room, replace(room.services, models_command=()))
    assert possible(page) == set()
    use = page.action_bar.buttons[Action.USE]
    assert use.toolTip() == "This desktop was started without its models."
    page.close_page()
    page.background.close()


def test_a_command_that_cannot_be_started_is_told(qtbot: QtBot, room: Room) -> None:
    services = replace(room.services, models_command=("/no/such/program",))
    page = open_page(qtbot, room, services)
    qtbot.waitUntil(page.errors.isVisible, timeout=_WAIT_MS)
    said = "The command for the models could not be started."
    assert page.errors.sentence == said
    page.close_page()
    page.background.close()


def test_closing_the_page_ends_the_process(qtbot: QtBot, page: ModelsPage) -> None:
    choose(page, "long")
    page.action_bar.buttons[Action.FETCH].click()
    qtbot.waitUntil(lambda: page.strip.percent == "75\u00a0%", timeout=_WAIT_MS)
    page.close_page()
    # `nothing_survives` fails the test if the process does.


def test_what_the_command_says_is_told_in_spanish(
    qtbot: QtBot, page: ModelsPage
) -> None:
    before = QLocale()
    formatting.install_locale("es")
    choose(page, "long")
    page.action_bar.buttons[Action.FETCH].click()
    qtbot.waitUntil(lambda: page.strip.percent == "75\u00a0%", timeout=_WAIT_MS)
    assert page.strip.sentence == "Descargando long"
    QLocale.setDefault(before)


def test_the_page_loads_no_network() -> None:
    """The window starts without the libraries of the models."""
    heavy = ("ml", "torch", "ultralytics", "openvino", "onnxruntime")
    code = (
        "import sys, widgets.models.models_page\n"
        f"sys.exit(any(name in sys.modules for name in {heavy!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False)
    assert done.returncode == 0
