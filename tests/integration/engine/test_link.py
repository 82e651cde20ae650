"""The desktop's link: starts the engine, outlives its death, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from app.config.paths import Paths
from app.domain.camera import CameraState
from app.domain.clock import SystemClock
from app.domain.ids import CameraId
from app.domain.overlay import PreviewFrame
from app.runtime.link import ProcessEngineLink
from app.runtime.segment import run_prefix, shared_folder
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.integration.engine.waiting import wait_until

CAMERA = CameraId(UUID(int=7))
CHILD = "tests.integration.engine.engine_child"
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server.url("norte")
    server.close()


@pytest.fixture
def command(home: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    return [sys.executable, "-m", CHILD, str(home), url]


@pytest.fixture
def link(command: list[str], home: Path) -> Iterator[ProcessEngineLink]:
    run_dir = Paths(home).run
    link = ProcessEngineLink(command, run_dir, SystemClock())
    yield link
    link.close()
    left = {path.name for path in run_dir.iterdir()}
    assert left <= {"engine.lock", "engine.err", "site.json"}
    assert list(shared_folder().glob(f"{run_prefix(run_dir)}*")) == []
    assert not [c for c in psutil.Process().children() if CHILD in c.cmdline()]


def picture(link: ProcessEngineLink) -> PreviewFrame:
    return wait_until(lambda: link.frame(CAMERA), "picture")


def _state(link: ProcessEngineLink) -> CameraState | None:
    status = link.status()
    return status.cameras[0].state if status and status.cameras else None


def test_pictures_come_and_closing_takes_less_than_3_s(link: ProcessEngineLink) -> None:
    assert link.status() is None
    assert "starting" in link.message()

    wait_until(lambda: picture(link).overlay.boxes, "picture with what was found in it")
    wait_until(lambda: _state(link) is CameraState.ONLINE, "status that says so")
    assert link.message() == ""
    pid = link.engine_pid
    assert pid is not None
    began = time.monotonic()
    link.close()
    assert time.monotonic() - began < 3.0
    assert not psutil.pid_exists(pid)


def test_previews_follow_the_size_that_is_asked_for(link: ProcessEngineLink) -> None:
    picture(link)
    link.request_size(CAMERA, 160, 120)

    def small() -> PreviewFrame | None:
        frame = link.frame(CAMERA)
        return frame if frame and frame.image.shape[:2] == (120, 160) else None

    frame = wait_until(small, "small picture")
    assert (frame.source_width_px, frame.source_height_px) == (320, 240)
    pid = link.engine_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: link.frame(CAMERA) is None, "end of the pictures")
    wait_until(small, "small picture of the next engine, that was asked only once")


def test_a_killed_engine_comes_back(link: ProcessEngineLink) -> None:
    before = picture(link)
    pid = link.engine_pid
    assert pid is not None

    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: "restarting" in link.message(), "message")
    assert link.status() is None
    assert link.frame(CAMERA) is None

    after = picture(link)
    assert after.time.wall > before.time.wall
    assert link.engine_pid != pid
    wait_until(lambda: link.message() == "", "all clear")


def test_the_engine_ends_with_the_desktop_that_started_it(
    command: list[str], home: Path
) -> None:
    run_dir = Paths(home).run
    desktop = (
        "import sys, time; from pathlib import Path;"
        "from app.domain.clock import SystemClock;"
        "from app.runtime.link import ProcessEngineLink;"
        f"link = ProcessEngineLink({command!r}, Path({str(run_dir)!r}), SystemClock());"
        "\nwhile link.status() is None: time.sleep(0.05)\n"
        "print(link.engine_pid, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", desktop], stdout=subprocess.PIPE, cwd=PROJECT
    ) as process:
        assert process.stdout is not None
        engine = psutil.Process(int(process.stdout.readline()))
        process.kill()

    engine.wait(10)
    wait_until(
        lambda: not list(shared_folder().glob(f"{run_prefix(run_dir)}*")), "clean-up"
    )


def test_a_running_engine_is_used_and_left_running(
    command: list[str], home: Path
) -> None:
    run_dir = Paths(home).run
    with subprocess.Popen(command, cwd=PROJECT) as service:
        wait_until((run_dir / "engine.json").exists, "service")
        link = ProcessEngineLink(["/bin/false"], run_dir, SystemClock())
        picture(link)
        assert link.engine_pid is None
        link.close()
        assert service.poll() is None
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0


def test_an_engine_that_cannot_start_is_explained(tmp_path: Path) -> None:
    link = ProcessEngineLink(["/bin/false"], tmp_path, SystemClock())
    wait_until(lambda: "restarting" in link.message(), "message")
    assert link.status() is None
    link.close()
